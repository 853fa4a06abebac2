import { randomBytes } from 'node:crypto'
import { mkdir, readFile, readdir, rm, stat } from 'node:fs/promises'
import path from 'node:path'
import { Exit } from '@tenantry/service'
import { syncDirectory, unfinishedPrefix, writeDurably } from './write-file.js'

/** File names of the secrets. Each is 32 random bytes in base64url. */
const names = { sealingKey: 'sealing-key', pepper: 'pepper', internalToken: 'internal-token', natsToken: 'nats-token', postgresPassword: 'postgres-password' } as const
export type SecretName = keyof typeof names
export type Secrets = Readonly<Record<SecretName, string>>

export const secretNames = Object.keys(names) as readonly SecretName[]
export const secretFile = (name: SecretName): string => names[name]

const wellFormed = /^[\w-]{43}$/
const othersRights = 0o007

const isAbsent = (error: unknown): boolean => typeof error === 'object' && error !== null && 'code' in error && error.code === 'ENOENT'

const read = async (file: string): Promise<string | undefined> => {
  try {
    const { mode } = await stat(file)
    if ((mode & othersRights) !== 0) throw new Exit(`The secret ${file} is open to every user of this machine; take that right away (chmod 600), and think of it as known if others work here.`)
    return (await readFile(file, 'utf8')).trim()
  } catch (error) {
    if (isAbsent(error)) return undefined
    if (error instanceof Exit) throw error
    throw new Exit(`The secret ${file} cannot be read; it must be a file that this user has the right to read.`, undefined, error)
  }
}

const refuseGone = (what: string, thing: 'file' | 'folder'): never => {
  throw new Exit(`${what} is missing, and what was sealed with it cannot be opened by another one; restore the ${thing} from a backup.`)
}

const settle = async (file: string, mayMake: boolean): Promise<string> => {
  const found = await read(file)
  if (found !== undefined && !wellFormed.test(found)) throw new Exit(`The secret ${file} is damaged; restore the file from a backup.`)
  if (found !== undefined) return found
  if (!mayMake) return refuseGone(`The secret ${file}`, 'file')
  const made = randomBytes(32).toString('base64url')
  await writeDurably(file, `${made}\n`)
  return made
}

const listed = async (folder: string, mayMake: boolean): Promise<readonly string[]> => {
  if (mayMake) await mkdir(folder, { recursive: true, mode: 0o700 })
  try {
    return await readdir(folder)
  } catch (error) {
    if (isAbsent(error)) return refuseGone(`The folder ${folder} with the secrets of this installation`, 'folder')
    throw new Exit(`The folder ${folder} with the secrets of this installation cannot be read.`, undefined, error)
  }
}

/**
 * Reads the secrets of this installation. They are made only while there is nothing yet that they could have sealed; afterwards a
 * missing one ends the start, because a new one would make the data unreadable for good.
 */
export const settleSecrets = async (dataDir: string, hasRecords: boolean): Promise<Secrets> => {
  const folder = path.join(dataDir, 'secrets')
  const unfinished = (await listed(folder, !hasRecords)).filter((name) => name.startsWith(unfinishedPrefix))
  await syncDirectory(dataDir)
  await Promise.all(unfinished.map((name) => rm(path.join(folder, name), { force: true })))
  const secret = (name: SecretName): Promise<string> => settle(path.join(folder, names[name]), !hasRecords)
  return {
    sealingKey: await secret('sealingKey'),
    pepper: await secret('pepper'),
    internalToken: await secret('internalToken'),
    natsToken: await secret('natsToken'),
    postgresPassword: await secret('postgresPassword'),
  }
}
