import { chmod, mkdir, readFile, readdir, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { Exit } from '@tenantry/service'
import { z } from 'zod'
import { syncDirectory, unfinishedPrefix, writeDurably } from './write-file.js'

/** Grows when an older program could no longer read what a newer one leaves in the directory. */
export const format = 1
const markerName = 'tenantry.json'
const lockName = 'lock'
const pidName = 'pid'
const ownNames = new Set([lockName, `${lockName}-journal`, pidName])

/** Whether a name is of what every start puts there first, before it has made anything that is to be kept. */
export const isOwnName = (name: string): boolean => ownNames.has(name) || name === markerName || name.startsWith(unfinishedPrefix)

const markerSchema = z.object({ program: z.literal('tenantry'), format: z.int().positive() })

export interface DataDirectory {
  readonly path: string
  /** True until something was written here by an earlier start. */
  readonly isNew: boolean
  release(): void
}

const reasonOf = (error: unknown): string => error instanceof Error ? error.message : String(error)

const listed = async (directory: string): Promise<readonly string[]> => {
  try {
    await mkdir(directory, { recursive: true, mode: 0o700 })
    return await readdir(directory)
  } catch (error) {
    throw new Exit(`DATA_DIR ${directory} cannot be used as a folder: ${reasonOf(error)}.`, undefined, error)
  }
}

const markerIn = async (directory: string, names: readonly string[]): Promise<boolean> => {
  if (!names.includes(markerName)) {
    const foreign = names.filter((name) => !isOwnName(name))
    if (foreign.length === 0) return false
    throw new Exit(`DATA_DIR ${directory} holds files that are not Tenantry's (${foreign.slice(0, 3).join(', ')}); choose an empty folder or one that does not exist yet.`)
  }
  const marker = markerSchema.safeParse(await readFile(path.join(directory, markerName), 'utf8').then(JSON.parse).catch(() => undefined))
  if (!marker.success) throw new Exit(`DATA_DIR ${directory} is broken: ${markerName} in it cannot be read; restore the folder from a backup.`)
  if (marker.data.format > format) {
    throw new Exit(`DATA_DIR ${directory} was written by a newer Tenantry (format ${marker.data.format}, this one knows ${format}); start that version.`)
  }
  return true
}

/** Holds the lock for as long as this process lives: the system lets go of it when the process ends, however it ends. */
const lock = async (directory: string): Promise<() => void> => {
  const database = new DatabaseSync(path.join(directory, lockName), { timeout: 0 })
  try {
    database.exec('PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE')
  } catch (error) {
    database.close()
    if (!/locked|busy/i.test(reasonOf(error))) throw new Exit(`DATA_DIR ${directory} is broken: ${lockName} in it is no lock of ours; remove that file.`, undefined, error)
    const pid = await readFile(path.join(directory, pidName), 'utf8').catch(() => 'unknown')
    throw new Exit(`Another Tenantry (process ${pid.trim()}) uses DATA_DIR ${directory}; stop it, or choose another DATA_DIR.`, undefined, error)
  }
  return () => database.close()
}

/** Takes the folder for this process alone. Throws Exit with one sentence when it is in use, foreign, newer or broken. */
export const takeDataDirectory = async (asked: string): Promise<DataDirectory> => {
  const directory = path.resolve(asked)
  await markerIn(directory, await listed(directory))
  const release = await lock(directory)
  try {
    const names = await readdir(directory)
    const isOld = await markerIn(directory, names)
    await Promise.all(names.filter((name) => name.startsWith(unfinishedPrefix)).map((name) => rm(path.join(directory, name), { force: true })))
    if (!isOld) {
      await chmod(directory, 0o700)
      await writeDurably(path.join(directory, markerName), `${JSON.stringify({ program: 'tenantry', format })}\n`)
      await syncDirectory(path.dirname(directory))
    }
    await writeFile(path.join(directory, pidName), `${process.pid}\n`)
    return { path: directory, isNew: !isOld, release }
  } catch (error) {
    release()
    throw error
  }
}
