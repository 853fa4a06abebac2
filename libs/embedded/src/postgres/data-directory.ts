import { execFile } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { mkdir, open, readFile, readdir, rename, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { promisify } from 'node:util'
import { CannotStart } from '../cannot-start.js'
import { dyingWithUsNotRoot } from '../confine.js'
import type { PostgresBinaries } from './find.js'

const run = promisify(execFile)
const initdbSeconds = 120

const syncDirectory = async (directory: string): Promise<void> => {
  const handle = await open(directory, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

const versionOf = async (dataDir: string): Promise<string | undefined> => {
  try {
    return (await readFile(path.join(dataDir, 'PG_VERSION'), 'utf8')).trim()
  } catch {
    return undefined
  }
}

const isEmptyOrMissing = async (directory: string): Promise<boolean> => {
  try {
    return (await readdir(directory)).length === 0
  } catch {
    return true
  }
}

const removeUnfinished = async (dataDir: string): Promise<void> => {
  const parent = path.dirname(dataDir)
  const unfinished = (await readdir(parent)).filter((name) => name.startsWith(`${path.basename(dataDir)}.unfinished-`))
  await Promise.all(unfinished.map((name) => rm(path.join(parent, name), { recursive: true, force: true, maxRetries: 5 })))
}

export interface NewCluster {
  readonly dataDir: string
  readonly password: string
  readonly durable: boolean
  readonly signal?: AbortSignal | undefined
}

/** Fills a folder beside the real one and renames it when it is whole: a kill at any moment leaves nothing or everything. */
const createCluster = async (binaries: PostgresBinaries, { dataDir, password, durable, signal }: NewCluster): Promise<void> => {
  await mkdir(path.dirname(dataDir), { recursive: true, mode: 0o700 })
  await removeUnfinished(dataDir)
  const unfinished = `${dataDir}.unfinished-${randomBytes(4).toString('hex')}`
  const passwordFile = `${unfinished}.password`
  await writeFile(passwordFile, password, { mode: 0o600 })
  try {
    const [command = '', ...args] = await dyingWithUsNotRoot([
      binaries.initdb, '-D', unfinished, '--username=postgres', `--pwfile=${passwordFile}`, '--auth=scram-sha-256', '--encoding=UTF8',
      '--locale-provider=builtin', '--locale=C.UTF-8', '--data-checksums', ...(durable ? [] : ['--no-sync']),
    ])
    await run(command, args, { timeout: initdbSeconds * 1_000, killSignal: 'SIGKILL', ...(signal && { signal }) })
    await rm(dataDir, { recursive: true, force: true })
    await rename(unfinished, dataDir)
    if (durable) await syncDirectory(path.dirname(dataDir))
  } catch (cause) {
    signal?.throwIfAborted()
    const said = typeof cause === 'object' && cause !== null && 'stderr' in cause ? String(cause.stderr).trim() : String(cause)
    throw new CannotStart(`Postgres could not make its files in ${dataDir}: ${said}`, cause)
  } finally {
    await rm(passwordFile, { force: true })
    await rm(unfinished, { recursive: true, force: true, maxRetries: 5 })
  }
}

/** Makes the data directory when there is none; refuses one of another version, and a folder that holds something else. */
export const ensureCluster = async (binaries: PostgresBinaries, cluster: NewCluster): Promise<void> => {
  const version = await versionOf(cluster.dataDir)
  if (version === binaries.major) return
  if (version !== undefined) {
    throw new CannotStart(
      `The data in ${cluster.dataDir} is of Postgres ${version} and this program brings Postgres ${binaries.major}: start it with the release that wrote the data.`)
  }
  if (!await isEmptyOrMissing(cluster.dataDir)) {
    throw new CannotStart(`The folder ${cluster.dataDir} is not empty and holds no Postgres data: move it away, or restore it from a backup.`)
  }
  await createCluster(binaries, cluster)
}
