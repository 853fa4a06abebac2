import { type TypedStatement } from '@tenantry/featurebase-sql'
import type { Space } from '../space.js'
import { type SqlAnswer, told } from './answer.js'
import { planOf } from './bitmaps/answer.js'

/** How a statement that is no query is run: as it says. */
export const statementPlan = ({ kind }: TypedStatement): object => ({ _op: kind })

/** What EXPLAIN answers: one row, the plan as JSON. Nothing is run. */
export const planText = (space: Space, statement: TypedStatement): SqlAnswer => told([['plan', 'string']], [[JSON.stringify(plannedFor(space, statement))]])

const plannedFor = (space: Space, statement: TypedStatement): object => {
  if (statement.kind !== 'query') return statementPlan(statement)
  const plan = planOf(space, statement.query)
  switch (plan.kind) {
    case 'bitmaps': return { _op: 'Bitmaps', answers: plan.how }
    case 'records': return { _op: 'SQLite', over: { _op: 'Bitmaps', answers: 'records' }, filters: plan.rest !== undefined }
    case 'sqlite': return { _op: 'SQLite' }
  }
}
