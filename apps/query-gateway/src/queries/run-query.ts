import { type DatabaseId, type DatabaseTarget, type EngineName, type OrgId, Problem } from '@tenantry/contracts'
import type { Answer, Engine, SqlAsk, SqlPort } from '@tenantry/engines-contract'
import type { Targets } from '../targets/targets.js'
import type { OrgTurns } from './org-turns.js'
import type { QueryMeter } from './query.meter.js'
import type { Turns } from './turns.js'

export interface Ask extends SqlAsk {
  readonly orgId: OrgId
  readonly databaseId: DatabaseId
}

export type Engines = Readonly<Record<EngineName, Engine>>

export interface QueryParts {
  readonly targets: Targets
  readonly engines: Engines
  readonly turns: Turns
  readonly orgTurns: OrgTurns
  readonly meter: QueryMeter
}

/**
 * One statement, from the ask to the delivered answer: each line can refuse, none looks back, and only the engine touches data.
 * The database's turn lasts until the answer is delivered, so that slow readers fill their own line; the org's ends with the
 * engine's work, since others wait for it.
 */
export const runQuery = async (ask: Ask, parts: QueryParts, signal: AbortSignal, deliver: (answer: Answer) => Promise<void>): Promise<void> => {
  const began = performance.now()
  const waitedMs = (): number => performance.now() - began
  try {
    const target = parts.targets.peek(ask.orgId, ask.databaseId) ?? await parts.targets.find(ask.orgId, ask.databaseId)
    const visit = parts.orgTurns.enter(ask.orgId, ask.text)
    try {
      await parts.turns.take(ask.databaseId, signal, async () => {
        const answer = await parts.orgTurns.take(visit, signal, ask.limits.seconds * 1_000 - waitedMs(), () => runOn(target, withTimeLeft(ask, waitedMs()), parts, signal))
        parts.meter.answered(target.engine, waitedMs(), answer)
        await deliver(answer)
      })
    } finally {
      parts.orgTurns.leave(visit)
    }
  } catch (error) {
    parts.meter.refused(error)
    throw error
  }
}

/** What was spent waiting is no longer there for running. */
const withTimeLeft = (ask: Ask, waitedMs: number): Ask =>
  waitedMs < 50 ? ask : { ...ask, limits: { ...ask.limits, seconds: Math.max(0.05, ask.limits.seconds - waitedMs / 1000) } }

const runOn = async (target: DatabaseTarget, ask: Ask, parts: QueryParts, signal: AbortSignal): Promise<Answer> => {
  try {
    return await speaking(parts.engines[target.engine]).run(target, ask, signal)
  } catch (error) {
    if (!(error instanceof Problem) || error.code !== 'DatabaseNotFound') throw error
    // The engine does not have it (any more): what is remembered here is old, and the owner of the record says what is so.
    parts.targets.forget(ask.orgId, ask.databaseId)
    await parts.targets.find(ask.orgId, ask.databaseId)
    throw new Problem('EngineUnavailable', 'The database cannot be reached at the moment; try again shortly.', { cause: error, retryAfterSeconds: 1 })
  }
}

const speaking = (engine: Engine): SqlPort => {
  if (!engine.sql) throw new Problem('LanguageNotSupported', 'This database does not speak SQL.')
  return engine.sql
}
