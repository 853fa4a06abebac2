import { type DatabaseId, type DatabaseTarget, type EngineName, type OrgId, Problem } from '@tenantry/contracts'
import { type Answer, type Engine, type Gone, type QueryAsk, type QueryLanguage, type QueryPort, languageNames } from '@tenantry/engines-contract'
import type { Targets } from '../targets/targets.js'
import type { DatabaseMeter, DatabaseMeters } from './database-meters.js'
import type { OrgTurns, Visit } from './org-turns.js'
import type { QueryMeter } from './query.meter.js'
import type { Turns } from './turns.js'

export interface Ask extends QueryAsk {
  readonly language: QueryLanguage
  readonly orgId: OrgId
  readonly databaseId: DatabaseId
  /** Where the database was when the request came, if that was known. */
  readonly target?: DatabaseTarget
}

/** Whoever asked. Where they are gone because they were turned away, `refusal` says so: it is what they are answered. */
export interface Asker extends Gone {
  readonly refusal: Problem | undefined
}

/** Those that this installation has. */
export type Engines = Readonly<Partial<Record<EngineName, Engine>>>

export interface QueryParts {
  readonly targets: Targets
  readonly engines: Engines
  readonly turns: Turns
  readonly orgTurns: OrgTurns
  readonly meter: QueryMeter
  readonly meters: DatabaseMeters
  /** Told of a database that may have been written to. */
  readonly changed: (databaseId: DatabaseId) => void
}

/**
 * One statement, from the ask to the delivered answer: each line can refuse, none looks back, and only the engine touches data.
 * The database's turn lasts until the answer is delivered, so that slow readers fill their own line; the org's ends with the
 * engine's work, since others wait for it.
 */
export const runQuery = async (ask: Ask, parts: QueryParts, gone: Asker, deliver: (answer: Answer) => Promise<void> | void): Promise<void> => {
  const { targets, turns, orgTurns, meter, meters } = parts
  const began = performance.now()
  let own: DatabaseMeter | undefined
  try {
    const target = (ask.target ? targets.peekAgain(ask.target) : targets.peek(ask.orgId, ask.databaseId)) ?? await targets.find(ask.orgId, ask.databaseId)
    own = meters.of(ask.databaseId)
    own.inFlight++
    const visit = orgTurns.enter(ask.orgId, ask.text)
    try {
      // A turn that is there is not awaited: most are, and each wait is a round through the event loop's queue.
      const turn = turns.begin(ask.databaseId, gone)
      if (turn) await turn
      try {
        const answer = await runInTurn(target, ask, parts, gone, visit, began)
        const tookMs = performance.now() - began
        meter.answered(target.engine, tookMs, answer)
        own.succeed(tookMs / 1_000, answer)
        const delivered = deliver(answer)
        if (delivered) await delivered
      } finally {
        turns.end(ask.databaseId)
      }
    } finally {
      orgTurns.leave(visit)
    }
  } catch (error) {
    const said = isCancelled(error) ? gone.refusal ?? error : error
    meter.refused(said)
    own?.refuse(said)
    throw said
  } finally {
    if (own) own.inFlight--
  }
}

export const isCancelled = (error: unknown): boolean => error instanceof Problem && error.code === 'QueryCancelled'

const runInTurn = async (target: DatabaseTarget, ask: Ask, parts: QueryParts, gone: Gone, visit: Visit, began: number): Promise<Answer> => {
  const turn = parts.orgTurns.begin(visit, gone, ask.limits.seconds * 1_000 - (performance.now() - began))
  if (turn) await turn
  try {
    return await speaking(ask.language, engineOf(target, parts.engines)).run(target, withTimeLeft(ask, performance.now() - began), gone)
  } catch (error) {
    throw await meant(error, ask, parts)
  } finally {
    parts.orgTurns.end(visit)
    if (ask.access === 'write') parts.changed(ask.databaseId)
  }
}

/** What was spent waiting is no longer there for running. */
const withTimeLeft = (ask: Ask, waitedMs: number): Ask =>
  waitedMs < 50 ? ask : { ...ask, limits: { ...ask.limits, seconds: Math.max(0.05, ask.limits.seconds - waitedMs / 1000) } }

/** The engine's refusal as the caller shall hear it. Throws what the owner of the record says where that is more. */
const meant = async (error: unknown, ask: Ask, parts: QueryParts): Promise<unknown> => {
  if (!(error instanceof Problem) || error.code !== 'DatabaseNotFound') return error
  // The engine does not have it (any more): what is remembered here is old, and the owner of the record says what is so.
  parts.targets.forget(ask.orgId, ask.databaseId)
  await parts.targets.find(ask.orgId, ask.databaseId)
  return new Problem('EngineUnavailable', 'The database cannot be reached at the moment; try again shortly.', { cause: error, retryAfterSeconds: 1 })
}

/** The engine that a database lives in. Throws EngineUnavailable where this gateway was not told of it. */
export const engineOf = ({ engine: name }: DatabaseTarget, engines: Engines): Engine => {
  const engine = engines[name]
  if (!engine) throw new Problem('EngineUnavailable', `The servers of ${name} databases are not known to this gateway; ask its operator.`, { retryAfterSeconds: 10 })
  return engine
}

/** The engine's port for a language. Throws LanguageNotSupported. */
export const speaking = (language: QueryLanguage, engine: Engine): QueryPort => {
  const port = engine[language]
  if (!port) throw new Problem('LanguageNotSupported', `This database does not speak ${languageNames[language]}.`)
  return port
}
