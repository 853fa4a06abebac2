import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { CannotStart } from '../cannot-start.js'
import { startChild, type Child, type Exit, type StopStep } from '../child.js'
import { dyingWithUsNotRoot } from '../confine.js'
import { freePort } from '../free-port.js'
import { waitFor } from '../wait.js'
import { ensureCluster } from './data-directory.js'
import { findPostgres, type PostgresBinaries } from './find.js'
import { reapPostgres } from './reap.js'
import { postgresArguments } from './settings.js'

export interface PostgresOptions {
  readonly dataDir: string
  /** The password of the superuser `postgres`: what the first start gave stays. */
  readonly password: string
  /** The port to prefer; a free one is taken when it is absent or taken. */
  readonly port?: number
  /** Clients look for the server at `port` and nowhere else: while that is taken the start fails. */
  readonly exactPort?: boolean
  /** False only where the data may be lost with the machine: tests. */
  readonly durable: boolean
  /** Settings of the server that win over the usual ones. */
  readonly settings?: Readonly<Record<string, string>>
  readonly onLog?: (line: string) => void
  /** Replaying the log after a crash may take long; default 120. */
  readonly startSeconds?: number
  readonly signal?: AbortSignal
}

export interface Postgres {
  readonly port: number
  readonly pid: number
  /** Settles when the server has ended, also when nobody asked it to. */
  readonly exited: Promise<Exit>
  url(database: string, user?: string, password?: string): string
  /** Ends sessions and the server; a second call joins the first. */
  stop(): Promise<void>
}

const tries = 5
const stopSteps: readonly StopStep[] = [['SIGINT', 15], ['SIGQUIT', 5]]
const mayPass = /Address already in use|could not create any TCP\/IP sockets|pre-existing shared memory block|lock file "postmaster\.pid" already exists/

const isReady = async (dataDir: string, pid: number): Promise<boolean> => {
  try {
    const lines = (await readFile(path.join(dataDir, 'postmaster.pid'), 'utf8')).split('\n')
    return Number(lines[0]) === pid && lines[7]?.trim() === 'ready'
  } catch {
    return false
  }
}

const launch = async (binaries: PostgresBinaries, options: PostgresOptions, port: number): Promise<Child> => {
  const [command = '', ...args] = await dyingWithUsNotRoot([binaries.postgres, ...postgresArguments(options.dataDir, port, options.durable, options.settings)])
  return startChild(command, args, { ...(options.onLog && { onLog: options.onLog }) })
}

/** Waits until the child is ready; undefined when it gave up for a reason that may pass. The child never outlives a failure. */
const settled = async (child: Child, options: PostgresOptions): Promise<Child | undefined> => {
  const { dataDir, startSeconds = 120, signal } = options
  try {
    const state = await waitFor(async () => {
      if (child.hasExited()) return 'gone'
      return await isReady(dataDir, child.pid) ? 'ready' : undefined
    }, startSeconds, signal)
    if (state === 'ready') return child
    if (state === undefined) throw new CannotStart(`Postgres on ${dataDir} was not ready after ${startSeconds} seconds: ${child.tail()}`)
  } catch (error) {
    await child.stop([])
    throw error
  }
  await child.exited
  if (mayPass.test(child.tail())) return undefined
  throw new CannotStart(`Postgres on ${dataDir} ended at its start: ${child.tail()}`)
}

/** Starts Postgres on `dataDir`, which is made when it is absent. What an earlier run left running there is ended first. */
export const startPostgres = async (asked: PostgresOptions): Promise<Postgres> => {
  const options = { ...asked, dataDir: path.resolve(asked.dataDir) }
  const { dataDir, password, durable, signal } = options
  const binaries = await findPostgres()
  await ensureCluster(binaries, { dataDir, password, durable, signal })
  await reapPostgres(dataDir)

  for (let attempt = 1; attempt <= tries; attempt += 1) {
    const port = options.port && (attempt === 1 || options.exactPort) ? options.port : await freePort()
    const child = await settled(await launch(binaries, options, port), options)
    if (child) return running(child, port, password)
    await reapPostgres(dataDir)
  }
  throw new CannotStart(options.exactPort ? `Postgres on ${dataDir} cannot have port ${options.port}: another program has taken it.` : `Postgres on ${dataDir} found no free port in ${tries} tries.`)
}

const running = (child: Child, port: number, superuserPassword: string): Postgres => ({
  port,
  pid: child.pid,
  exited: child.exited,
  url: (database, user = 'postgres', password = superuserPassword) =>
    `postgres://${encodeURIComponent(user)}:${encodeURIComponent(password)}@127.0.0.1:${port}/${encodeURIComponent(database)}`,
  stop: () => child.stop(stopSteps),
})
