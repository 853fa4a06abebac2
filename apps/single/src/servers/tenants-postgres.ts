import { access } from 'node:fs/promises'
import path from 'node:path'
import { type Postgres, startPostgres } from '@tenantry/embedded'
import { deriveKey } from '@tenantry/secrets'
import type { Logger } from '@tenantry/service'
import { type KeptServer, keepRunning } from './keep-running.js'

/** The Postgres that tenants' databases live on: never the one of our own records. */
export interface TenantsPostgres {
  readonly port: number
  /** As the services are told of it. */
  url(): string
  readonly secret: string
  /** Starts the server, once; who calls meanwhile waits for the same start. */
  start(): Promise<void>
  pid(): number | undefined
  stop(): Promise<void>
}

export interface TenantsPostgresOptions {
  readonly dataDir: string
  /** The installation's secret for its own Postgres; the ones of this server are derived from it. */
  readonly secret: string
  /** Clients of tenants remember it: the server listens there or not at all. */
  readonly port: number
  readonly durable?: boolean
  readonly logger: Logger
}

const user = 'postgres'

const settings = {
  // Tenants' own sessions and the gateway's; some are kept for whoever ends statements.
  max_connections: '150',
  reserved_connections: '4',
  superuser_reserved_connections: '8',
  lock_timeout: '10s',
  max_wal_size: '1GB',
  // What tenants write does not belong into logs.
  log_min_error_statement: 'panic',
  log_statement: 'none',
} as const

const folderOf = (dataDir: string): string => path.join(dataDir, 'tenants-postgres')

const isThere = async (file: string): Promise<boolean> => await access(file).then(() => true, () => false)

const derived = (secret: string, purpose: string): string => deriveKey(Buffer.from(secret, 'base64url'), `tenants postgres ${purpose}`).toString('base64url')

/** The server for tenants on this machine: there from the start when it holds databases, and otherwise when the first one is asked for. */
export const tenantsPostgres = async (options: TenantsPostgresOptions): Promise<TenantsPostgres> => {
  const { dataDir, secret, port, logger, durable = true } = options
  const folder = folderOf(dataDir)
  const password = derived(secret, 'superuser')
  const stopping = new AbortController()
  let kept: Promise<KeptServer<Postgres>> | undefined
  let running: KeptServer<Postgres> | undefined

  const launch = (signal: AbortSignal): Promise<Postgres> => startPostgres({
    dataDir: folder, password, durable, port, exactPort: true, settings, signal,
    onLog: (line) => logger.trace({ line }, 'tenants postgres'),
  })
  const begin = async (): Promise<KeptServer<Postgres>> => {
    running = await keepRunning('tenants postgres', await launch(stopping.signal), launch, logger)
    return running
  }
  const start = async (): Promise<void> => {
    if (stopping.signal.aborted) throw new Error('The server is being stopped.')
    kept ??= begin()
    try {
      await kept
    } catch (error) {
      kept = undefined
      throw error
    }
  }

  if (await isThere(folder)) await start()
  return {
    port,
    url: () => `postgres://${user}:${encodeURIComponent(password)}@127.0.0.1:${port}/postgres`,
    secret: derived(secret, 'logins'),
    start,
    pid: () => running?.pid(),
    stop: async () => {
      stopping.abort(new Error('stopping'))
      await (await kept?.catch(() => undefined))?.stop()
    },
  }
}
