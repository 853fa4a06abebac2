import { randomUUID } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import { type DatabaseId, type DatabaseTarget, type OrgId, Problem } from '@tenantry/contracts'
import type { Answer, Gone, QueryLimits, QueryParameter, QueryPort } from '@tenantry/engines-contract'
import { type Asker, type QueryParts, engineOf, isCancelled, speaking } from '../queries/run-query.js'
import type { ImportPlaces } from './import-places.js'
import type { BodyPieces } from './body-pieces.js'

export interface ImportAsk {
  readonly orgId: OrgId
  readonly databaseId: DatabaseId
  /** What the engine reads: the table, the format, and how rows are meant. */
  readonly options: object
  readonly limits: QueryLimits
}

export interface ImportParts extends QueryParts {
  readonly places: ImportPlaces
}

/** What became of the rows, as the engine tells it. */
export interface ImportReport {
  readonly imported: number
  readonly rejected: number
  readonly errors: readonly { readonly row: number; readonly message: string }[]
}

/** What came of it: all good rows are kept, or a bad one has kept all from it. */
export interface ImportOutcome {
  readonly kept: boolean
  readonly report: ImportReport
}

/** Keeping an import writes all of it to its place. */
const endSeconds = 300
const abortSeconds = 5
const askAgainMs = 100
const nobody: Gone = { aborted: false }

interface EngineSaid {
  readonly left?: boolean
  readonly failed?: ImportReport
}

/**
 * Streams rows into a table: the engine is given them in pieces, each in a turn of the database's and the org's like a statement, and the
 * next is read when it has worked on all of one. Whatever ends it before its end is told to the engine, which takes everything back.
 */
export const runImport = async (ask: ImportAsk, parts: ImportParts, gone: Asker, body: () => BodyPieces): Promise<ImportOutcome> => {
  const began = performance.now()
  try {
    const target = await parts.targets.find(ask.orgId, ask.databaseId)
    const own = parts.meters.of(ask.databaseId)
    own.inFlight++
    try {
      const { outcome, answer } = await parts.places.during(ask.orgId, () => new RunningImport(target, ask, parts, gone).run(body))
      const tookMs = performance.now() - began
      parts.meter.answered(target.engine, tookMs, answer)
      own.succeed(tookMs / 1_000, answer)
      return outcome
    } catch (error) {
      own.refuse(error)
      throw error
    } finally {
      own.inFlight--
    }
  } catch (error) {
    const said = isCancelled(error) ? gone.refusal ?? error : error
    parts.meter.refused(said)
    throw said
  }
}

class RunningImport {
  private readonly name = randomUUID()
  private readonly port: QueryPort
  private pieces = 0

  constructor(private readonly target: DatabaseTarget, private readonly ask: ImportAsk, private readonly parts: QueryParts, private readonly gone: Asker) {
    this.port = speaking('import', engineOf(target, parts.engines))
  }

  async run(body: () => BodyPieces): Promise<{ readonly outcome: ImportOutcome; readonly answer: Answer }> {
    const { seconds } = this.ask.limits
    await this.say(['begin', this.name, JSON.stringify(this.ask.options)], seconds)
    try {
      const bad = await this.giveAll(body())
      if (bad) return bad
    } catch (error) {
      await this.abort()
      throw nothingKept(error)
    }
    const answer = await this.end(seconds)
    return outcomeOf(answer) ?? { outcome: { kept: true, report: read<ImportReport>(answer) }, answer }
  }

  private async end(seconds: number): Promise<Answer> {
    try {
      return await this.patiently(() => this.say(['end', this.name], Math.max(seconds, endSeconds)))
    } catch (error) {
      throw sayingSo(error)
    }
  }

  private async giveAll(body: BodyPieces): Promise<{ readonly outcome: ImportOutcome; readonly answer: Answer } | undefined> {
    try {
      return await this.give(body)
    } finally {
      body.release()
    }
  }

  private async give(body: BodyPieces): Promise<{ readonly outcome: ImportOutcome; readonly answer: Answer } | undefined> {
    for (let piece = await body.next(); piece !== undefined; piece = await body.next()) {
      for (let bytes = piece, left = true; left; bytes = Buffer.alloc(0)) {
        const number = this.pieces++
        const given = bytes
        const answer = await this.patiently(() => this.say(['rows', this.name, number], this.ask.limits.seconds, given))
        const bad = outcomeOf(answer)
        if (bad) return bad
        left = read<EngineSaid>(answer).left === true
      }
    }
    return undefined
  }

  /** An import waits where a statement would be refused because many wait already: it has begun, and its client cannot begin it again at once. */
  private async patiently(say: () => Promise<Answer>): Promise<Answer> {
    const until = performance.now() + this.ask.limits.seconds * 1_000
    for (;;) {
      try {
        return await say()
      } catch (error) {
        const isCrowded = error instanceof Problem && error.kind === 'rateLimited'
        if (!isCrowded || performance.now() > until) throw error
        await delay(askAgainMs)
      }
    }
  }

  /** Tells the engine one thing, in a turn like a statement's. */
  private async say(params: readonly QueryParameter[], seconds: number, bytes?: Buffer, gone: Gone = this.gone): Promise<Answer> {
    const { turns, orgTurns } = this.parts
    const { orgId, databaseId, limits } = this.ask
    const visit = orgTurns.enter(orgId, '')
    try {
      await turns.begin(databaseId, gone)
      try {
        await orgTurns.begin(visit, gone, seconds * 1_000)
        try {
          return await this.port.run(this.target, { text: '', params, access: 'write', limits: { ...limits, seconds }, ...(bytes && { bytes }) }, gone)
        } finally {
          orgTurns.end(visit)
        }
      } finally {
        turns.end(databaseId)
      }
    } finally {
      orgTurns.leave(visit)
    }
  }

  private async abort(): Promise<void> {
    try {
      await this.say(['abort', this.name], abortSeconds, undefined, nobody)
    } catch {
      // An engine that does not hear of it takes the import back by itself after a while, or has ended with it.
    }
  }
}

const read = <T>({ data }: Answer): T => JSON.parse(data.toString()) as T

const outcomeOf = (answer: Answer): { readonly outcome: ImportOutcome; readonly answer: Answer } | undefined => {
  const { failed } = read<EngineSaid>(answer)
  return failed && { outcome: { kept: false, report: failed }, answer }
}

/** Before its end nothing of an import is kept, whatever a statement's failure leaves open. */
const nothingKept = (error: unknown): unknown => error instanceof Problem && error.code === 'EngineUnavailable'
  ? new Problem('EngineUnavailable', 'The engine ended under the import, and nothing of it was kept; send it again.', { cause: error, retryAfterSeconds: 1 })
  : sayingSo(error)

/** What the engine refuses it also takes back, in the last turn too. */
const sayingSo = (error: unknown): unknown => error instanceof Problem && (error.code === 'StorageFull' || error.code === 'EngineRejectedQuery')
  ? new Problem(error.code, `${error.message} Nothing of the import was kept.`, { cause: error, ...(error.retryAfterSeconds !== undefined && { retryAfterSeconds: error.retryAfterSeconds }) })
  : error
