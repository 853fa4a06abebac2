import type { TypedQuery } from '@tenantry/featurebase-sql'
import type { QueryLimits } from '@tenantry/engines-contract'
import type { Space } from '../space.js'
import type { SqlAnswer } from './answer.js'
import { type Plan, planOf } from './bitmaps/answer.js'
import { answerQuery } from './select/answer.js'
import { type PreparedQuery, prepareQuery } from './select/prepare.js'

/** A query that was understood, and how it is run. Good as long as the catalogue's version stays. */
export class Query {
  readonly plan: Plan
  private whole: PreparedQuery | undefined
  private partial: PreparedQuery | undefined

  constructor(private readonly space: Space, private readonly query: TypedQuery) {
    this.plan = planOf(space, query)
  }

  run(limits: QueryLimits): SqlAnswer {
    return (this.plan.kind === 'bitmaps' ? this.plan.run(limits) : this.plan.kind === 'records' ? this.overRecords(this.plan, limits) : undefined) ?? this.overAll(limits)
  }

  private overRecords({ source, rest, records }: Extract<Plan, { kind: 'records' }>, limits: QueryLimits): SqlAnswer | undefined {
    const { space, query } = this
    const chosen = records()
    if (!chosen || query.kind !== 'select') return undefined
    this.partial ??= prepareQuery(space, { ...query, where: rest }, { only: source })
    return { ...answerQuery(space, this.partial, limits, { now: Date.now(), records: chosen }), plan: { _op: 'SQLite', sql: this.partial.sql, over: { _op: 'Bitmaps', answers: 'records', records: chosen.length } } }
  }

  private overAll(limits: QueryLimits): SqlAnswer {
    this.whole ??= prepareQuery(this.space, this.query)
    return { ...answerQuery(this.space, this.whole, limits, { now: Date.now() }), plan: { _op: 'SQLite', sql: this.whole.sql } }
  }
}
