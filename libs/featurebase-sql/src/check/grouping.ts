import type { TypedExpression, TypedSelect } from '../typed.js'
import { ungrouped, ungroupedInHaving } from './messages.js'
import { nameOf } from './names.js'
import type { Scope } from './scope.js'
import { numberShapes } from './shapes.js'
import { walk } from './walk.js'

const isAggregate = ({ kind }: TypedExpression): boolean => kind === 'aggregate'

/** The aggregates of a query's own level, each but once. */
export const aggregatesOf = (roots: readonly TypedExpression[]): readonly Extract<TypedExpression, { readonly kind: 'aggregate' }>[] => {
  const numberOf = numberShapes()
  const found = new Map<number, Extract<TypedExpression, { readonly kind: 'aggregate' }>>()
  walk(roots, 'without queries', (expression) => {
    if (expression.kind !== 'aggregate') return true
    const number = numberOf(expression)
    if (!found.has(number)) found.set(number, expression)
    return false
  })
  return [...found.values()]
}

/** The first column of the query's own sources that stands neither in an aggregate nor in what is grouped by. */
const firstUngrouped = (roots: readonly TypedExpression[], grouped: (expression: TypedExpression) => boolean, own: ReadonlySet<number>): TypedExpression | undefined => {
  let found: TypedExpression | undefined
  walk(roots, 'with queries', (expression) => {
    if (found || isAggregate(expression) || grouped(expression)) return false
    if (expression.kind === 'column' && own.has(expression.source)) found = expression
    return true
  })
  return found
}

/** Throws where a query of groups asks for what a group has not. HAVING is looked at first, as FeatureBase does. */
export const checkGrouping = ({ expressions, groupBy, having, orderBy }: TypedSelect, scope: Scope): void => {
  const numberOf = numberShapes()
  const keys = new Set(groupBy.map(numberOf))
  const kinds = new Set(groupBy.map(({ kind }) => kind))
  const isGrouped = (expression: TypedExpression): boolean => kinds.has(expression.kind) && keys.has(numberOf(expression))
  const own = new Set(scope.sources.map(({ id }) => id))
  const inHaving = having && firstUngrouped([having], isGrouped, own)
  if (inHaving) throw ungroupedInHaving(nameOf(inHaving, scope))
  const found = firstUngrouped([...expressions, ...orderBy.map(({ expression }) => expression)], isGrouped, own)
  if (found) throw ungrouped(nameOf(found, scope))
}
