import type pg from 'pg'
import { connect } from './connect.js'
import { passwordOf } from './passwords.js'
import { away, notThere } from './problems.js'
import type { PostgresServer } from './servers.js'

/** A login that can see and end what tenants run, and read none of their data. The provisioner makes it. */
export const wardenRole = 'tenantry_warden'
export const wardenDatabase = 'tenantry_warden'

const callMs = 3_000

const limited = (text: string, values: readonly unknown[]): pg.QueryConfig & { readonly query_timeout: number } => ({ text, values: [...values], query_timeout: callMs })

/** Ends statements from outside, since the connection that runs one cannot be trusted to end it, and measures databases. */
export class Warden {
  private opened: Promise<pg.Client> | undefined
  private last: Promise<unknown> = Promise.resolve()

  constructor(private readonly server: PostgresServer) {}

  /** Asks the server to end what a session runs. */
  async cancel(pid: number): Promise<void> {
    await this.ask('SELECT pg_cancel_backend($1)', [pid])
  }

  /** Ends the session itself, which nothing that runs in it can prevent. */
  async terminate(pid: number): Promise<void> {
    await this.ask('SELECT pg_terminate_backend($1)', [pid])
  }

  /** Throws DatabaseNotFound. */
  async sizeBytes(database: string): Promise<number> {
    const { rows } = await this.ask('SELECT pg_database_size(oid)::float8 AS bytes FROM pg_database WHERE datname = $1', [database])
    const [row] = rows as readonly { readonly bytes: number }[]
    if (!row) throw notThere()
    return row.bytes
  }

  async close(): Promise<void> {
    await (await this.opened?.catch(() => undefined))?.end().catch(() => undefined)
  }

  /** One after the other: each takes a moment, and a session can do no two things at a time. */
  private ask(text: string, values: readonly unknown[]): Promise<pg.QueryResult> {
    const asked = this.last.then(() => this.askNow(text, values))
    this.last = asked.catch(() => undefined)
    return asked
  }

  private async askNow(text: string, values: readonly unknown[]): Promise<pg.QueryResult> {
    try {
      const client = await this.session()
      return await client.query(limited(text, values))
    } catch (error) {
      throw away(error)
    }
  }

  private session(): Promise<pg.Client> {
    this.opened ??= connect(this.server, { user: wardenRole, password: passwordOf(this.server.secret, wardenRole), database: wardenDatabase, settings: { statement_timeout: `${callMs}` } })
      .then((client) => {
        client.once('end', () => { this.opened = undefined })
        return client
      }, (error: unknown) => {
        this.opened = undefined
        throw error
      })
    return this.opened
  }
}
