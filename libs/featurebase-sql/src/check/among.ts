import { meaningError } from '../error.js'
import type { Expression } from '../tree.js'
import type { TypedExpression, TypedQuery } from '../typed.js'
import { type DataType, simple } from '../types.js'
import { areComparable, isNumber, takesOrder } from './compatible.js'
import { asMoment, beside, coerced, isUntyped, settled } from './coercion.js'
import { noRangeBound, notEquatable, operatorRefuses, rangeBoundsDiffer } from './messages.js'

type Of<Kind extends Expression['kind']> = Extract<Expression, { readonly kind: Kind }>

const bool = simple('bool')

const firstType = (expressions: readonly TypedExpression[]): DataType | undefined => expressions.find((each) => !isUntyped(each))?.type

/** `operand IN (…)`: each member can be compared with the operand. */
export const applyIn = ({ not, at }: Of<'in'>, operand: TypedExpression, among: readonly TypedExpression[]): TypedExpression => {
  const asked = isUntyped(operand) ? coerced(operand, firstType(among) ?? settled(operand).type) : operand
  const members = among.map((member) => {
    const known = isUntyped(member) ? coerced(member, asked.type) : asMoment(member, asked.type)
    if (!areComparable(asked.type, known.type)) throw notEquatable(asked.at, asked.type, known.type)
    return beside(known, asked)
  })
  return { kind: 'in', not, operand: asked, among: members, type: bool, at: asked.at ?? at }
}

export const applyInQuery = ({ not }: Of<'in'>, operand: TypedExpression, query: TypedQuery): TypedExpression => {
  const [column, ...others] = query.columns
  if (!column || others.length > 0) throw meaningError(operand.at, 'select used as part of IN expression should only return one column')
  const asked = isUntyped(operand) ? coerced(operand, column.type) : operand
  if (!areComparable(asked.type, column.type)) throw notEquatable(asked.at, asked.type, column.type)
  return { kind: 'in', not, operand: asked, among: query, type: bool, at: asked.at }
}

/** A bound that says a time is one, whatever it bounds. */
const bound = (expression: TypedExpression, operand: TypedExpression): TypedExpression => {
  const typed = isUntyped(expression) ? coerced(expression, settled(operand).type) : asMoment(expression, simple('timestamp'))
  if (!takesOrder(typed.type)) throw noRangeBound(typed.at, typed.type)
  return typed
}

/** Numbers bound numbers, and times bound times. */
export const applyBetween = ({ not }: Of<'between'>, operand: TypedExpression, low: TypedExpression, high: TypedExpression): TypedExpression => {
  const asked = isUntyped(operand) ? coerced(operand, firstType([low, high]) ?? settled(operand).type) : operand
  const [from, to] = [bound(low, asked), bound(high, asked)]
  if (!areComparable(from.type, to.type)) throw rangeBoundsDiffer(from.at, from.type, to.type)
  if (!areComparable(asked.type, from.type)) throw operatorRefuses(asked.at, not ? 'not between' : 'between', asked.type)
  const [least, most] = isNumber(asked.type) ? [beside(from, asked), beside(to, asked)] : [from, to]
  return { kind: 'between', not, operand: asked, low: least, high: most, type: bool, at: asked.at }
}
