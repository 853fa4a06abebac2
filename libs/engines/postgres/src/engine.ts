import type { Engine } from '@tenantry/engines-contract'
import { Admin } from './admin.js'
import { connect } from './connect.js'
import { credentialsPort } from './credentials.js'
import { lifecycleOf } from './lifecycle.js'
import { metricsPort } from './metrics.js'
import { passwordOf } from './passwords.js'
import { rolesOf } from './names.js'
import { type PostgresServer, type PostgresServers, serverOf } from './servers.js'
import { type SessionRules, Sessions } from './sessions.js'
import { resetOf, sqlPort } from './sql.js'
import { isAwake, keepServer } from './upkeep.js'
import { Warden } from './warden.js'

export interface PostgresOptions {
  readonly servers: PostgresServers
  /** Databases that are made before anybody asks for them, a server. */
  readonly spares?: number
  readonly sessions?: Partial<SessionRules>
  readonly adminSessions?: number
}

/** The servers that databases of tenants live on. */
export interface PostgresEngine {
  readonly engine: Engine
  /** Keeps servers as they shall be: to be called again and again, by the provisioner alone. */
  upkeep(signal: AbortSignal): Promise<void>
  close(): Promise<void>
}

interface Reached {
  readonly server: PostgresServer
  readonly admin: Admin
  readonly warden: Warden
  readonly sessions: Sessions
}

const usualSessions: SessionRules = { perDatabase: 6, inAll: 48, waiting: 64, idleMs: 15_000 }

const reach = (server: PostgresServer, { sessions, adminSessions = 4 }: PostgresOptions): Reached => ({
  server,
  admin: new Admin(server, { sessions: adminSessions, statementSeconds: 30 }),
  warden: new Warden(server),
  sessions: new Sessions({ ...usualSessions, ...sessions }, async (key) => {
    const role = rolesOf(key.database)[key.access]
    const client = await connect(server, { user: role, password: passwordOf(server.secret, role), database: key.database, settings: { statement_timeout: '0' } })
    if (key.access === 'write') await client.query(resetOf(key))
    return client
  }),
})

/** Connects to servers of Postgres, each when it is first needed. */
export const connectPostgres = (options: PostgresOptions): PostgresEngine => {
  const reached = options.servers.map((server) => reach(server, options))
  return {
    engine: {
      name: 'postgres',
      lifecycle: lifecycleOf((target) => serverOf(reached, target).admin),
      sql: sqlPort((target) => serverOf(reached, target)),
      credentials: credentialsPort((target) => serverOf(reached, target).admin),
      metrics: metricsPort((target) => serverOf(reached, target).warden),
    },
    async upkeep(signal) {
      for (const { admin } of reached) if (await isAwake(admin)) await keepServer(admin, options.spares ?? 0, signal)
    },
    async close() {
      for (const { sessions } of reached) sessions.close()
      await Promise.all(reached.flatMap(({ admin, warden }) => [admin.close(), warden.close()]))
    },
  }
}
