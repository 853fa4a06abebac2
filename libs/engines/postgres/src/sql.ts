import type { Answer, Gone, QueryAsk, QueryPort, Target } from '@tenantry/engines-contract'
import { Problem } from '@tenantry/contracts'
import type pg from 'pg'
import { cancelled, connectProblem, rejected, statementProblem, timedOut } from './problems.js'
import type { Session, SessionKey, Sessions } from './sessions.js'
import { type Rows, Statement } from './statement.js'
import { fieldsJson, strangers } from './types.js'
import type { Warden } from './warden.js'
import { namesOf } from './names.js'

/** What statements of one server go through. */
export interface QueryServer {
  readonly sessions: Sessions
  readonly warden: Warden
}

const lookMs = 50
const graceMs = 300

const checked = (text: string): void => {
  if (text.trim() === '') throw rejected('The statement is empty.')
  if (text.includes('\0')) throw rejected('The statement holds a NUL character, at which the server would stop reading.')
}

/** SQL of a tenant, as a role of its own and for no longer than it may take. */
export const sqlPort = (serverFor: (target: Target) => QueryServer): QueryPort => ({
  async run(target, ask, gone) {
    if (gone.aborted) throw cancelled()
    checked(ask.text)
    const began = performance.now()
    const server = serverFor(target)
    const key: SessionKey = { database: namesOf(target).database, access: ask.access }
    const watched = new Watched(gone, began + ask.limits.seconds * 1_000)
    const session = await taken(server, key, watched, ask.limits.seconds)
    try {
      const { rows, plan } = await runOn(session, server, ask, watched)
      const named = await namesFor(session, rows)
      return answerOf(rows, named, plan, performance.now() - began)
    } finally {
      void putBack(server, key, session)
    }
  },
})

const answerOf = (rows: Rows, named: ReadonlyMap<number, string>, plan: Buffer | undefined, tookMs: number): Answer =>
  ({ fields: fieldsJson(rows.columns, named), data: rows.data, rows: rows.rows, micros: Math.round(tookMs * 1_000), ...(plan && { plan }) })

/** Tells that nobody waits any more, or that the time is over. */
class Watched implements Gone {
  constructor(private readonly gone: Gone, private readonly until: number) {}

  get aborted(): boolean {
    return this.gone.aborted || this.isLate
  }

  get isLate(): boolean {
    return performance.now() >= this.until
  }
}

/** Calls `ended` once nobody waits any more; what this gives back ends the looking. */
const watch = (watched: Watched, ended: () => void): (() => void) => {
  const timer = setInterval(() => {
    if (!watched.aborted) return
    clearInterval(timer)
    ended()
  }, lookMs)
  return () => clearInterval(timer)
}

const endedBecause = (watched: Watched, seconds: number, cause?: unknown): Problem => watched.isLate ? timedOut(seconds, cause) : cancelled(cause)

const taken = async ({ sessions }: QueryServer, key: SessionKey, watched: Watched, seconds: number): Promise<Session> => {
  const asked = sessions.take(key, watched)
  const { promise: late, reject } = Promise.withResolvers<never>()
  const stop = watch(watched, () => reject(endedBecause(watched, seconds)))
  let here = true
  // Whoever has gone meanwhile leaves what comes too late to the next.
  asked.then((session) => { if (!here) sessions.give(key, session) }, () => undefined)
  try {
    return await Promise.race([asked, late])
  } catch (error) {
    here = false
    throw watched.aborted ? endedBecause(watched, seconds, error) : connectProblem(error)
  } finally {
    stop()
  }
}

const runOn = async (session: Session, server: QueryServer, ask: QueryAsk, watched: Watched): Promise<{ readonly rows: Rows; readonly plan: Buffer | undefined }> => {
  const one = (text: string): Promise<Rows> => within(session, server, new Statement(text, ask.params ?? [], ask.limits, ask.access === 'read'), watched, ask.limits.seconds)
  const plan = ask.plan ? await planOf(one, ask.text) : undefined
  return { rows: await one(ask.text), plan }
}

/** What the server means to do; null for what it makes no plan of. A fault of the statement is told by running it. */
const planOf = async (one: (text: string) => Promise<Rows>, text: string): Promise<Buffer> => {
  try {
    const [[plan] = []] = JSON.parse((await one(`EXPLAIN (FORMAT JSON) ${text}`)).data.toString()) as readonly unknown[][]
    return Buffer.from(JSON.stringify(plan ?? null))
  } catch (error) {
    if (error instanceof Problem && error.code === 'EngineRejectedQuery') return Buffer.from('null')
    throw error
  }
}

/** Runs it to its end, or ends it: first in good, then with its session. */
const within = async (session: Session, { warden }: QueryServer, statement: Statement, watched: Watched, seconds: number): Promise<Rows> => {
  const { client } = session
  const rest = resting(client)
  const { promise: ended, reject } = Promise.withResolvers<never>()
  let cancelSent = false
  const stop = watch(watched, () => {
    cancelSent = true
    // A cancel that comes late would hit the next statement of the session, so there is none.
    session.broken = true
    const pid = pidOf(client)
    void endIt(warden, pid, statement).finally(() => reject(endedBecause(watched, seconds)))
  })
  try {
    client.query(statement)
    return await Promise.race([statement.done, ended])
  } catch (error) {
    if (isBroken(client)) session.broken = true
    if (!session.broken) await Promise.race([rest.reached, ended.catch(() => undefined)])
    throw cancelSent ? endedBecause(watched, seconds, error) : statementProblem(error, seconds)
  } finally {
    stop()
    rest.forget()
  }
}

/** Tells when the server is done with what it was sent, which after a fault is later than the fault; or when the session has ended. */
const resting = (client: pg.Client): { readonly reached: Promise<void>; forget(): void } => {
  const { promise, resolve } = Promise.withResolvers<undefined>()
  const reached = (): void => resolve(undefined)
  for (const event of ['drain', 'end']) client.once(event, reached)
  return { reached: promise, forget: () => { for (const event of ['drain', 'end']) client.off(event, reached) } }
}

const endIt = async (warden: Warden, pid: number, statement: Statement): Promise<void> => {
  const over = statement.done.then(() => true, () => true)
  const { promise: late, resolve } = Promise.withResolvers<false>()
  const timer = setTimeout(resolve, graceMs, false)
  try {
    await warden.cancel(pid)
    if (!await Promise.race([over, late])) await warden.terminate(pid)
  } catch {
    // The server cannot be asked: it ends what has lost its session by itself within a second.
  } finally {
    clearTimeout(timer)
  }
}

const pidOf = (client: object): number => 'processID' in client && typeof client.processID === 'number' ? client.processID : 0

const isBroken = (client: Session['client']): boolean => 'connection' in client && (client.connection as { stream?: { destroyed?: boolean } }).stream?.destroyed === true

const namesFor = async ({ client }: Session, { columns }: Rows): Promise<ReadonlyMap<number, string>> => {
  const wanted = strangers(columns)
  if (wanted.length === 0) return new Map()
  if (client.getTransactionStatus() !== 'I') return new Map()
  const { rows } = await client.query<{ oid: number; name: string }>({ text: 'SELECT oid::int8::float8 AS oid, pg_catalog.format_type(oid, NULL) AS name FROM pg_catalog.pg_type WHERE oid = ANY ($1::oid[])', values: [wanted] })
  return new Map(rows.map(({ oid, name }) => [oid, name]))
}

// All that DISCARD ALL does but forgetting plans; and what a session of a writer works as comes last, since the reset ends it.
const resetText = (roles: string | undefined): string =>
  `ROLLBACK; CLOSE ALL; SET SESSION AUTHORIZATION DEFAULT; RESET ALL; DEALLOCATE ALL; UNLISTEN *; SELECT pg_catalog.pg_advisory_unlock_all(); DISCARD TEMP; DISCARD SEQUENCES${roles === undefined ? '' : `; SET ROLE ${roles}`}`

/** What a session begins with, and comes back to after each statement. */
export const resetOf = ({ database, access }: SessionKey): string => resetText(access === 'write' ? `"${database}_o"` : undefined)

const limited = (text: string): pg.QueryConfig & { readonly query_timeout: number } => ({ text, query_timeout: 5_000 })

/** Takes away what a statement may have left in the session; one that cannot be cleaned is closed. */
const putBack = async ({ sessions }: QueryServer, key: SessionKey, session: Session): Promise<void> => {
  try {
    if (!session.broken) await session.client.query(limited(resetOf(key)))
  } catch {
    session.broken = true
  } finally {
    sessions.give(key, session)
  }
}
