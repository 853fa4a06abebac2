import { randomBytes } from 'node:crypto'
import { mkdir, readFile, readdir, rm } from 'node:fs/promises'
import path from 'node:path'
import { Exit } from '@tenantry/service'
import { syncDirectory, unfinishedPrefix, writeDurably } from './write-file.js'

/** File names of the secrets. Each is 32 random bytes in base64url. */
const names = { sealingKey: 'sealing-key', pepper: 'pepper', internalToken: 'internal-token', natsToken: 'nats-token', postgresPassword: 'postgres-password' } as const
type SecretName = keyof typeof names
export type Secrets = Readonly<Record<SecretName, string>>

const wellFormed = /^[\w-]{43}$/

const read = async (file: string): Promise<string | undefined> => {
  try {
    return (await readFile(file, 'utf8')).trim()
  } catch (error) {
    if (typeof error === 'object' && error !== null && 'code' in error && error.code === 'ENOENT') return undefined
    throw new Exit(`The secret ${file} cannot be read; give this user the right to read it.`, undefined, error)
  }
}

const refuseGone = (file: string): never => {
  throw new Exit(`The secret ${file} is missing, and what was sealed with it cannot be opened by another one; restore the file from a backup.`)
}

const settle = async (file: string, mayMake: boolean): Promise<string> => {
  const found = await read(file)
  if (found !== undefined && !wellFormed.test(found)) throw new Exit(`The secret ${file} is damaged; restore the file from a backup.`)
  if (found !== undefined) return found
  if (!mayMake) return refuseGone(file)
  const made = randomBytes(32).toString('base64url')
  await writeDurably(file, `${made}\n`)
  return made
}

/**
 * Reads the secrets of this installation. They are made only while there is nothing yet that they could have sealed; afterwards a
 * missing one ends the start, because a new one would make the data unreadable for good.
 */
export const settleSecrets = async (dataDir: string, hasRecords: boolean): Promise<Secrets> => {
  const folder = path.join(dataDir, 'secrets')
  await mkdir(folder, { recursive: true, mode: 0o700 })
  await syncDirectory(dataDir)
  const unfinished = (await readdir(folder)).filter((name) => name.startsWith(unfinishedPrefix))
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
