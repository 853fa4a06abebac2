import { type CallHandler, type ExecutionContext, Inject, Injectable, type NestInterceptor } from '@nestjs/common'
import { callerOf } from '@tenantry/auth'
import { type Deed, type Operation, type Principal, Problem, type ProblemCode, type ProblemKind, problemData, problemFrom } from '@tenantry/contracts'
import { operationOf } from '@tenantry/http'
import { asOneTransaction, send } from '@tenantry/persistence'
import type { Sealer } from '@tenantry/secrets'
import type { FastifyRequest } from 'fastify'
import { type Observable, from, lastValueFrom } from 'rxjs'
import { DataSource, type EntityManager } from 'typeorm'
import { type DoneDeed, type ObjectAt, type Records, entryOf, hashOf, namedObject, objectAt, objectOf } from './entry.js'
import { type KeyedRequest, type Outcome, digestOf, keepOutcome, keyIn, takeKey } from './repeats.js'

export interface DeedRules {
  readonly records: Records
  /** Writes the deed down, or tells of it, in its transaction, with the hash of what its object is by then. */
  readonly keep: (tx: EntityManager, deed: DoneDeed, object: ObjectAt | undefined) => Promise<void> | void
  /** Needed by a service with an answer that shows a secret. */
  readonly sealer?: Sealer
}

export const deedRules = Symbol('deed rules')

interface Doing {
  readonly action: string
  readonly deed: Deed
  readonly caller: Principal
  readonly request: FastifyRequest
  readonly handle: () => Promise<unknown>
}

/**
 * Around every handler that changes something: what it does, the line that says so, and the answer under the caller's
 * Idempotency-Key are one transaction. A handler need not know of it.
 */
@Injectable()
export class DeedsInterceptor implements NestInterceptor {
  constructor(@Inject(deedRules) private readonly rules: DeedRules, private readonly source: DataSource) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const request = context.switchToHttp().getRequest<FastifyRequest>()
    const operation = context.getType() === 'http' ? operationOf(request) : undefined
    if (!operation || operation.method === 'GET' || operation.reads || operation.permission === 'anyone' || operation.deed?.elsewhere) return next.handle()
    return from(this.run(doingOf(operation, request, next)))
  }

  private async run(doing: Doing): Promise<unknown> {
    const key = keyIn(doing.request.headers['idempotency-key'])
    if (key === undefined) return await asOneTransaction(this.source, (tx) => this.done(tx, doing))
    const outcome = await asOneTransaction(this.source, (tx) => this.doneOnce(tx, doing, keyed(doing, key)))
    if ('problem' in outcome) throw problemFrom(outcome.problem)
    return outcome.body
  }

  private async doneOnce(tx: EntityManager, doing: Doing, request: KeyedRequest): Promise<Outcome> {
    const earlier = await takeKey(tx, request, this.rules.sealer)
    if (earlier) return earlier
    send(tx, 'SAVEPOINT deed', [])
    const outcome = await this.done(tx, doing).then((body) => ({ body }), async (error: unknown) => {
      if (!isLasting(error)) throw error
      // Nothing of the deed stays, but the key does, and with it that the answer was a refusal.
      await tx.query('ROLLBACK TO SAVEPOINT deed')
      return { problem: problemData(error) }
    })
    keepOutcome(tx, request, outcome, this.rules.sealer)
    return outcome
  }

  private async done(tx: EntityManager, { action, deed, caller, request, handle }: Doing): Promise<unknown> {
    const named = namedObject(deed, request)
    const at = (id: string | null): ObjectAt | undefined => objectAt(this.rules.records, deed.object, caller.orgId, id)
    // Sent before the handler's first statement, and not waited for.
    const before = hashOf(tx, at(named))
    before.catch(() => undefined)
    const answer = await handle()
    const id = objectOf(deed, named, answer, caller)
    const done = entryOf(caller, action, request, { object_kind: deed.object, object_id: id, before_hash: await before })
    // Last, because it holds the org's chain until the commit.
    await this.rules.keep(tx, done, at(id))
    return answer
  }
}

const doingOf = ({ id, deed }: Operation, request: FastifyRequest, next: CallHandler): Doing => {
  const caller = callerOf(request)
  if (!deed || !caller) throw new Error(`${id} changes something without saying what: give its operation a deed.`)
  return { action: id, deed, caller, request, handle: () => lastValueFrom(next.handle(), { defaultValue: undefined }) }
}

const keyed = ({ action, deed, caller, request: { params, query, body } }: Doing, key: string): KeyedRequest =>
  ({ caller, key, digest: digestOf({ operation: action, params, query, body }), showsSecret: deed.showsSecret ?? false })

const lastingKinds: readonly ProblemKind[] = ['conflict', 'missing', 'forbidden']
const lastingCodes: readonly ProblemCode[] = ['RelatedResourceNotFound']

/** A refusal that came from what the deed found; one of the request itself, or of the moment, is not remembered. */
const isLasting = (error: unknown): error is Problem =>
  error instanceof Problem && (lastingKinds.includes(error.kind) || lastingCodes.includes(error.code))
