import type { TypedExpression, TypedQuery, TypedSelect, Value } from '@tenantry/featurebase-sql'
import type { Space } from '../space.js'
import { valuesOfQuery } from './select/answer.js'
import { prepareQuery } from './select/prepare.js'

/** The rows of a query as values. Nothing may change the database meanwhile. */
export const selectedValues = (space: Space, query: TypedQuery): Generator<readonly Value[]> => valuesOfQuery(space, prepareQuery(space, query), { now: Date.now() })

/** What expressions without columns give. */
export const evaluated = (space: Space, expressions: readonly TypedExpression[]): readonly Value[] => {
  const query: TypedSelect = {
    kind: 'select', distinct: false, columns: expressions.map(({ type }) => ({ name: '', type })), expressions, from: undefined, where: undefined,
    groupBy: [], grouped: false, having: undefined, orderBy: [], limit: undefined, offset: undefined,
  }
  return [...selectedValues(space, query)][0] ?? []
}
