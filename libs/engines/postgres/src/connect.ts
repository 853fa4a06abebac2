import pg from 'pg'
import type { PostgresServer } from './servers.js'

export interface Login {
  readonly user: string
  readonly password: string
  readonly database: string
  /** Settings that the session begins with, and comes back to when it is reset. */
  readonly settings?: Readonly<Record<string, string>>
}

const connectMs = 5_000

const always = { TimeZone: 'UTC', DateStyle: 'ISO, MDY', IntervalStyle: 'iso_8601', bytea_output: 'hex', extra_float_digits: '1', client_connection_check_interval: '1s' }

const spell = (settings: Readonly<Record<string, string>>): string =>
  Object.entries(settings).map(([name, value]) => `-c ${name}=${value.replaceAll(/[\\ ]/g, '\\$&')}`).join(' ')

const tlsOf = ({ tls }: PostgresServer): { rejectUnauthorized: boolean } | false => tls === 'off' ? false : { rejectUnauthorized: tls === 'verify' }

const hostOf = (url: URL): string => url.hostname.replaceAll(/^\[|\]$/g, '')

export const addressOf = ({ url }: Pick<PostgresServer, 'url'>): { readonly host: string; readonly port: number } => {
  const parsed = new URL(url)
  return { host: hostOf(parsed), port: Number(parsed.port || '5432') }
}

/** The login of the superuser that the configuration names, and the database that our own records are in. */
export const adminLogin = ({ url }: PostgresServer, database?: string): Login => {
  const { username, password, pathname } = new URL(url)
  return { user: decodeURIComponent(username), password: decodeURIComponent(password), database: database ?? (decodeURIComponent(pathname.slice(1)) || 'postgres') }
}

/** Opens one session. What the server refuses it with, or the system, is thrown as it is. */
export const connect = async (server: PostgresServer, login: Login): Promise<pg.Client> => {
  const client = new pg.Client({
    ...addressOf(server), user: login.user, password: login.password, database: login.database, ssl: tlsOf(server),
    connectionTimeoutMillis: connectMs, keepAlive: true, application_name: 'tenantry', options: spell({ ...always, ...login.settings }),
  })
  // A session that breaks tells whoever uses it next; without a listener it would end this process.
  client.on('error', () => undefined)
  try {
    await client.connect()
    return client
  } catch (error) {
    await client.end().catch(() => undefined)
    throw error
  }
}
