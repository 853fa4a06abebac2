import { setTimeout as delay } from 'node:timers/promises'
import { Problem } from '@tenantry/contracts'
import type pg from 'pg'
import { adminLogin, connect } from './connect.js'
import { away, hasState } from './problems.js'
import { prepareServer } from './prepare-server.js'
import type { PostgresServer } from './servers.js'

export interface AdminRules {
  /** Sessions of the superuser at a time. */
  readonly sessions: number
  readonly statementSeconds: number
}

/** The superuser of one server: the only one who makes and ends databases and logins. */
export class Admin {
  private readonly idle: pg.Client[] = []
  private readonly waiting: (() => void)[] = []
  private open = 0
  private prepared: Promise<void> | undefined

  constructor(readonly server: PostgresServer, private readonly rules: AdminRules) {}

  /** Whether the server was reached and made ready before. */
  get isPrepared(): boolean {
    return this.prepared !== undefined
  }

  /** Lends a session in the database of our own records. Throws only Problem. */
  async within<T>(work: (client: pg.Client) => Promise<T>, signal: AbortSignal): Promise<T> {
    await this.prepare(signal)
    return await this.lent(work, signal)
  }

  /** Opens a session in another database for one piece of work. */
  async inDatabase<T>(database: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
    const client = await connect(this.server, this.login(database))
    try {
      return await work(client)
    } finally {
      await client.end().catch(() => undefined)
    }
  }

  async close(): Promise<void> {
    await Promise.all(this.idle.splice(0).map((client) => client.end().catch(() => undefined)))
  }

  private login(database?: string) {
    return { ...adminLogin(this.server, database), settings: { statement_timeout: `${this.rules.statementSeconds}s`, lock_timeout: '5s', synchronous_commit: 'on' } }
  }

  private async lent<T>(work: (client: pg.Client) => Promise<T>, signal: AbortSignal): Promise<T> {
    if (this.open >= this.rules.sessions && this.idle.length === 0) await this.turn(signal)
    const client = this.idle.pop() ?? await this.opened(signal)
    let sound = false
    try {
      const result = await work(client)
      sound = client.getTransactionStatus() === 'I'
      return result
    } catch (error) {
      sound = hasState(error) && client.getTransactionStatus() === 'I'
      throw error instanceof Problem || !isOfConnection(error) ? error : away(error)
    } finally {
      if (sound) this.idle.push(client)
      else await this.dropped(client)
      this.waiting.shift()?.()
    }
  }

  private async turn(signal: AbortSignal): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<undefined>()
    const mine = (): void => resolve(undefined)
    this.waiting.push(mine)
    const giveUp = (): void => {
      const at = this.waiting.indexOf(mine)
      if (at >= 0) this.waiting.splice(at, 1)
      reject(away(signal.reason))
    }
    signal.addEventListener('abort', giveUp, { once: true })
    await promise.finally(() => signal.removeEventListener('abort', giveUp))
    if (this.open >= this.rules.sessions && this.idle.length === 0) await this.turn(signal)
  }

  private async opened(signal: AbortSignal): Promise<pg.Client> {
    this.open += 1
    try {
      const client = await this.connected(signal)
      client.once('end', () => {
        const at = this.idle.indexOf(client)
        if (at < 0) return
        this.idle.splice(at, 1)
        this.open -= 1
      })
      return client
    } catch (error) {
      this.open -= 1
      throw away(error)
    }
  }

  private async dropped(client: pg.Client): Promise<void> {
    this.open -= 1
    await client.end().catch(() => undefined)
  }

  /** Nobody listens where a server is that is started only when it is needed: it is asked for, once. */
  private async connected(signal: AbortSignal): Promise<pg.Client> {
    try {
      return await connect(this.server, this.login())
    } catch (error) {
      const { wake } = this.server
      if (!wake || !hasState(error, 'ECONNREFUSED')) throw error
      const answer = await fetch(wake.url, { method: 'POST', headers: { authorization: `Bearer ${wake.token}` }, signal })
      if (!answer.ok) throw error
      return await connect(this.server, this.login())
    }
  }

  private async prepare(signal: AbortSignal): Promise<void> {
    this.prepared ??= this.lent((client) => prepareServer(client, this), signal).catch((error: unknown) => {
      this.prepared = undefined
      throw error
    })
    await this.prepared
  }
}

const isOfConnection = (error: unknown): boolean => error instanceof Error && (hasState(error, 'ECONNRESET', 'ECONNREFUSED', 'EPIPE', '57P01', '57P02', '57P03') || /Connection terminated|timeout/i.test(error.message))

/** Holds a lock of the server for as long as the work takes. */
export const locked = async <T>(client: pg.Client, name: string, work: () => Promise<T>, signal?: AbortSignal): Promise<T> => {
  for (;;) {
    const { rows } = await client.query<{ held: boolean }>('SELECT pg_try_advisory_lock(hashtextextended($1, 0)) AS held', [name])
    if (rows[0]?.held) break
    if (signal?.aborted) throw away(signal.reason)
    await delay(5, undefined, signal && { signal }).catch((error: unknown) => { throw away(error) })
  }
  try {
    return await work()
  } finally {
    await unlock(client, name)
  }
}

/** A lock that cannot be let go of ends with its session, which is not lent again. */
export const unlock = async (client: pg.Client, name: string): Promise<void> => {
  if (client.getTransactionStatus() === 'I') await client.query('SELECT pg_advisory_unlock(hashtextextended($1, 0))', [name])
}
