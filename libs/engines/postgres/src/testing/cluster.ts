import { randomBytes, randomUUID } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import type { DatabaseId } from '@tenantry/contracts'
import { startPostgres } from '@tenantry/embedded'
import type { Target } from '@tenantry/engines-contract'
import { connectPostgres, type PostgresEngine, type PostgresOptions } from '../engine.js'
import type { PostgresServer } from '../servers.js'

export interface Cluster {
  readonly server: PostgresServer
  readonly postgres: PostgresEngine
  newTarget(): Target
  /** Another client of the same server. */
  again(options?: Partial<PostgresOptions>): PostgresEngine
  close(): Promise<void>
}

/** A server of its own for a suite: what it is prepared with is seen by all databases of a server. */
export const cluster = async (options: Partial<PostgresOptions> = {}): Promise<Cluster> => {
  const folder = await mkdtemp(path.join(tmpdir(), 'tenantry-tenants-'))
  const started = await startPostgres({ dataDir: path.join(folder, 'postgres'), password: 'test', durable: false })
  const server: PostgresServer = { name: 'local', url: started.url('postgres'), secret: randomBytes(32).toString('base64url'), tls: 'off' }
  const opened: PostgresEngine[] = []
  const again = (more: Partial<PostgresOptions> = {}): PostgresEngine => {
    const made = connectPostgres({ servers: [server], ...options, ...more })
    opened.push(made)
    return made
  }
  return {
    server,
    postgres: again(),
    again,
    newTarget: () => ({ databaseId: randomUUID() as DatabaseId, generation: 1, engine: 'postgres', node: 'local', limits: { storageBytes: 100_000_000 } }),
    async close() {
      await Promise.all(opened.map((one) => one.close()))
      await started.stop()
      await rm(folder, { recursive: true, force: true, maxRetries: 5 })
    },
  }
}
