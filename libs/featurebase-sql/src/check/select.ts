import type { Expression, Select } from '../tree.js'
import type { TypedExpression, TypedSelect } from '../typed.js'
import { settled } from './coercion.js'
import { checkExpression } from './expression.js'
import { aggregatesOf, checkGrouping } from './grouping.js'
import { checkItems } from './items.js'
import { expected } from './messages.js'
import { condition } from './operators.js'
import { checkLimits, checkOrder } from './order.js'
import { aggregateWarnings, checkPushed, checkSpans } from './pushdown.js'
import type { Around, Scope, ScopeSource } from './scope.js'
import { type CheckedSource, checkSource, dragons } from './sources.js'

export interface CheckedSelect {
  readonly query: TypedSelect
  /** What FeatureBase says of it where it is the statement itself. */
  readonly warnings: readonly string[]
}

const scopeOf = (around: Around, sources: readonly ScopeSource[]): Scope =>
  ({ ...around, sources, mapped: undefined, noAggregates: undefined, memberships: { count: 0 } })

const within = (scope: Scope, clause: string): Scope => ({ ...scope, noAggregates: clause })

const checkFrom = ({ from }: Select, around: Around): CheckedSource | undefined => from && checkSource(from, around,
  (on, sources) => condition(checkExpression(on, within(scopeOf(around, sources), 'ON'))))

/** A column, or what is made of columns; a constant groups nothing. */
const checkKey = (expression: Expression, scope: Scope): TypedExpression => {
  const typed = settled(checkExpression(expression, within(scope, 'GROUP BY')))
  if (typed.kind === 'constant' || typed.kind === 'parameter') throw expected(typed.at, 'column reference')
  return typed
}

/** Its parts are looked at in FeatureBase's order, because the first that is wrong is what it says. */
export const checkSelect = (select: Select, around: Around): CheckedSelect => {
  const from = checkFrom(select, around)
  const scope = scopeOf(around, from?.sources ?? [])
  const items = checkItems(select.items, scope)
  const limits = checkLimits(select, scope)
  const having = select.having && condition(checkExpression(select.having, scope))
  const where = select.where && condition(checkExpression(select.where, within(scope, 'WHERE')))
  const groupBy = select.groupBy.map((key) => checkKey(key, scope))
  const orderBy = checkOrder(select.orderBy, items, scope)
  const expressions = items.map(({ expression }) => expression)
  const query: TypedSelect = {
    kind: 'select', distinct: select.distinct, columns: items.map(({ name, type }) => ({ name, type })), expressions, from: from?.typed, where, groupBy, having, orderBy,
    grouped: groupBy.length > 0 || aggregatesOf([...expressions, ...having ? [having] : []]).length > 0, ...limits,
  }
  around.work.later.push(() => { checkSpans(query) })
  if (query.grouped) {
    around.work.later.push(() => { checkGrouping(query, scope) })
    around.work.later.push(() => { checkPushed(query, scope) })
  }
  const joins = Array.from({ length: scope.memberships.count }, () => dragons)
  return { query, warnings: [...from?.warnings ?? [], ...joins, ...query.grouped ? aggregateWarnings(query, scope) : []] }
}
