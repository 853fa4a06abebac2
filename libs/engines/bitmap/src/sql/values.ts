import { type TypedExpression, type TypedQuery, type TypedSelect, type Value, asksDatabase, evaluatorOf } from '@tenantry/featurebase-sql'
import type { Space } from '../space.js'
import { valuesOfQuery } from './select/answer.js'
import { prepareQuery } from './select/prepare.js'

/** The rows of a query as values. Nothing may change the database meanwhile. */
export const selectedValues = (space: Space, query: TypedQuery): Generator<readonly Value[]> => valuesOfQuery(space, prepareQuery(space, query), { now: Date.now() })

/** What expressions without columns give. Those that ask no table have no need of a statement. */
export const evaluated = (space: Space, expressions: readonly TypedExpression[]): readonly Value[] => {
  if (expressions.some(asksDatabase)) return selected(space, expressions)
  const around = { now: BigInt(Date.now()) * nanosInMilli }
  return expressions.map((expression) => evaluatorOf(expression)(around))
}

const nanosInMilli = 1_000_000n

const selected = (space: Space, expressions: readonly TypedExpression[]): readonly Value[] => {
  const query: TypedSelect = {
    kind: 'select', distinct: false, columns: expressions.map(({ type }) => ({ name: '', type })), expressions, from: undefined, where: undefined,
    groupBy: [], grouped: false, having: undefined, orderBy: [], limit: undefined, offset: undefined,
  }
  return [...selectedValues(space, query)][0] ?? []
}
