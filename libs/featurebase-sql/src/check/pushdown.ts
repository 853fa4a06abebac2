import { conjunctsOf } from '../conjuncts.js'
import { meaningError, nowhere } from '../error.js'
import type { TypedExpression, TypedSelect } from '../typed.js'
import { isSet } from '../types.js'
import { aggregatesOf } from './grouping.js'
import { aggregateRefused } from './messages.js'
import type { Scope } from './scope.js'
import { walk } from './walk.js'

/** What FeatureBase asks its bitmaps for decides some of what it refuses and warns of. */

type Aggregate = Extract<TypedExpression, { readonly kind: 'aggregate' }>

const isId = (expression: TypedExpression): boolean => expression.kind === 'column' && expression.column.toLowerCase() === '_id'
const isBsi = ({ type: { name } }: TypedExpression): boolean => name === 'int' || name === 'decimal' || name === 'timestamp'
const isConstant = ({ kind }: TypedExpression): boolean => kind === 'constant' || kind === 'parameter'

const isEquality = ({ name }: TypedExpression['type']): boolean => !name.endsWith('set') && !name.endsWith('q')

const comparison = (operator: string, left: TypedExpression, right: TypedExpression): boolean => {
  if (left.kind !== 'column' || !isConstant(right)) return false
  return operator === '=' ? isEquality(left.type) : isBsi(left)
}

const comparisons: readonly string[] = ['=', '!=', '<', '<=', '>', '>=']
const setFunctions: readonly string[] = ['SETCONTAINS', 'SETCONTAINSALL', 'SETCONTAINSANY', 'RANGEQ']

/** Whether FeatureBase can ask its bitmaps for what a condition holds of. */
const isPushed = (filter: TypedExpression): boolean => {
  switch (filter.kind) {
    case 'binary':
      if (filter.operator === 'and' || filter.operator === 'or') return isPushed(filter.left) && isPushed(filter.right)
      return comparisons.includes(filter.operator) && comparison(filter.operator, filter.left, filter.right)
    case 'null test': return filter.operand.kind === 'column' && !isId(filter.operand)
    case 'in': return filter.operand.kind === 'column' && !('kind' in filter.among) && filter.among.every(isConstant)
    case 'between': return filter.operand.kind === 'column' && isConstant(filter.low) && isConstant(filter.high)
    case 'call': return setFunctions.includes(filter.name) && filter.arguments[0]?.kind === 'column' && filter.arguments.slice(1).every(isConstant)
    default: return false
  }
}

const isOneTable = ({ from }: TypedSelect, { memberships }: Scope): boolean => from?.kind === 'table' && memberships.count === 0

/** Whether groups are counted by bitmaps: by columns of one table, and by a set only where it is flattened. */
const isGroupedByBitmaps = (select: TypedSelect, scope: Scope): boolean => {
  const flatten = select.from?.kind === 'table' ? select.from.flatten : undefined
  return select.groupBy.length > 0 && isOneTable(select, scope) &&
    select.groupBy.every((key) => key.kind === 'column' && (!isSet(key.type) || key.type.name.endsWith('q') || key.column === flatten))
}

const aggregatesIn = ({ expressions, having }: TypedSelect): readonly Aggregate[] => aggregatesOf([...expressions, ...having ? [having] : []])

const unordered: readonly string[] = ['MIN', 'MAX', 'PERCENTILE']

/** Throws for aggregates that FeatureBase's bitmaps cannot count and that it has no other way for. */
export const checkPushed = (select: TypedSelect, scope: Scope): void => {
  const aggregates = aggregatesIn(select)
  const refused = isGroupedByBitmaps(select, scope) ? aggregates.find(({ name }) => unordered.includes(name)) : undefined
  if (refused) throw aggregateRefused(nowhere, refused.name, 'GROUP BY')
  const percentile = aggregates.find(({ name }) => name === 'PERCENTILE')
  if (!percentile) return
  const isAsked = isOneTable(select, scope) && select.groupBy.length === 0 && (!select.where || isPushed(select.where))
  if (!isAsked) throw meaningError(percentile.at, "Percentile call that can't be pushed down to PQL is not supported")
}

/** RANGEQ says which values of a column are meant: it is no value, and stands in WHERE beside other conditions alone. */
export const checkSpans = ({ expressions, where, groupBy, having, orderBy }: TypedSelect): void => {
  const inWhere = conjunctsOf(where)
  const allowed = new Set(inWhere)
  const all = [...expressions, ...inWhere, ...groupBy, ...having ? [having] : [], ...orderBy.map(({ expression }) => expression)]
  walk(all, 'without queries', (expression) => {
    if (expression.kind === 'call' && expression.name === 'RANGEQ' && !allowed.has(expression)) throw meaningError(nowhere, 'calling ranqeq() usage invalid')
    return true
  })
}

const isAskedAlone = ({ name, argument }: Aggregate): boolean =>
  name !== 'CORR' && name !== 'VAR' && (!argument || argument.kind === 'column' && (isId(argument) || isBsi(argument)))

/** What FeatureBase says of several aggregates that are each a question of their own. */
export const aggregateWarnings = (select: TypedSelect, scope: Scope): readonly string[] => {
  const isPlain = isOneTable(select, scope) && scope.sources.every(({ names }) => names.length === 1)
  if (!isPlain || select.groupBy.length > 0 || select.orderBy.length > 0 || select.where && !isPushed(select.where)) return []
  const aggregates = aggregatesIn(select)
  if (aggregates.length < 2 || !aggregates.every(isAskedAlone)) return []
  return [`Multiple (${aggregates.length}) aggregates referenced in select list will result in multiple aggregate queries being executed.`]
}
