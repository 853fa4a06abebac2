import { meaningError } from '../error.js'
import type { Union } from '../tree.js'
import type { TypedColumn, TypedQuery, TypedUnion } from '../typed.js'
import { coerced } from './coercion.js'
import { commonType } from './compatible.js'
import { columnNotFound, expected, typesDiffer } from './messages.js'
import { checkLimits, placeOf } from './order.js'
import type { Scope } from './scope.js'

/** The columns of both: the names of the first, and the types that both can be brought to. */
const columnsOf = (left: TypedQuery, right: TypedQuery, at: Union['at']): readonly TypedColumn[] => {
  if (left.columns.length !== right.columns.length) {
    throw meaningError(at, `both sides of UNION must have the same count of columns, and have ${left.columns.length} and ${right.columns.length}`)
  }
  return left.columns.map(({ name, type }, place) => {
    const other = right.columns[place]?.type ?? type
    const both = commonType(type, other)
    if (!both) throw typesDiffer(at, type, other)
    return { name, type: both }
  })
}

/** `query` with its columns as `columns` have them. */
const broughtTo = (query: TypedQuery, columns: readonly TypedColumn[]): TypedQuery => {
  const typed = query.columns.map(({ name, type }, place) => ({ name, type: columns[place]?.type ?? type }))
  if (query.kind === 'union') return { ...query, columns: typed, left: broughtTo(query.left, columns), right: broughtTo(query.right, columns) }
  return { ...query, columns: typed, expressions: query.expressions.map((each, place) => coerced(each, typed[place]?.type ?? each.type)) }
}

/** By a name or a place of the answer. */
const order = ({ orderBy }: Union, columns: readonly TypedColumn[]): TypedUnion['orderBy'] => orderBy.map(({ expression, descending, nulls }) => {
  if (expression.kind === 'integer') return { column: placeOf(expression.value, columns.length), descending, nulls }
  if (expression.kind !== 'name') throw expected(expression.at, 'column reference, alias reference or column position')
  const { text, at } = expression.name
  const column = columns.findIndex(({ name }) => name.toLowerCase() === text.toLowerCase())
  if (column < 0) throw columnNotFound(at, text)
  return { column, descending, nulls }
})

export const unite = (union: Union, left: TypedQuery, right: TypedQuery, scope: Scope): TypedUnion => {
  const columns = columnsOf(left, right, union.right.at)
  return {
    kind: 'union', all: union.all, columns, left: broughtTo(left, columns), right: broughtTo(right, columns), orderBy: order(union, columns),
    ...checkLimits({ ...union, top: undefined }, scope),
  }
}
