import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { deriveKey } from '@tenantry/secrets'
import { Exit } from '@tenantry/service'
import { z } from 'zod'
import { type Secrets, secretFile, secretNames } from './secrets.js'
import { writeDurably } from './write-file.js'

/** Tells whether a secret is the one that this data was made with, and nothing else about it. */
export const marksName = 'secret-marks.json'
const schema = z.record(z.string(), z.string())

const markOf = (secret: string, name: string): string => deriveKey(Buffer.from(secret, 'base64url'), `mark ${name}`).toString('base64url')

const isAbsent = (error: unknown): boolean => typeof error === 'object' && error !== null && 'code' in error && error.code === 'ENOENT'

const readMarks = async (file: string): Promise<Readonly<Record<string, string>> | undefined> => {
  try {
    return schema.parse(JSON.parse(await readFile(file, 'utf8')))
  } catch (error) {
    if (isAbsent(error)) return undefined
    throw new Exit(`${file} cannot be read, and it tells which secrets belong to this data; restore it from a backup, or remove it if you are sure of the secrets.`, undefined, error)
  }
}

/** Throws Exit when a secret is not the one that an earlier start worked with. */
export const checkMarks = async (dataDir: string, secrets: Secrets): Promise<void> => {
  const marks = await readMarks(path.join(dataDir, marksName))
  for (const name of marks ? secretNames : []) {
    const mark = marks?.[secretFile(name)]
    if (mark !== undefined && mark !== markOf(secrets[name], secretFile(name))) {
      throw new Exit(`The secret ${path.join(dataDir, 'secrets', secretFile(name))} is not the one that this data was made with; restore the file from a backup.`)
    }
  }
}

/** Remembers the secrets once everything has started with them. Twice is once. */
export const rememberMarks = async (dataDir: string, secrets: Secrets): Promise<void> => {
  const file = path.join(dataDir, marksName)
  const text = `${JSON.stringify(Object.fromEntries(secretNames.map((name) => [secretFile(name), markOf(secrets[name], secretFile(name))])))}\n`
  const known = await readFile(file, 'utf8').catch(() => undefined)
  if (known !== text) await writeDurably(file, text)
}
