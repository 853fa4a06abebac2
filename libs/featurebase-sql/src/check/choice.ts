import type { Expression } from '../tree.js'
import { readTime } from '../functions/times.js'
import type { TypedExpression } from '../typed.js'
import { type DataType, simple } from '../types.js'
import { areComparable, isAssignable, isCastable } from './compatible.js'
import { asMoment, beside, coerced, constant, isUntyped, settled } from './coercion.js'
import { castRefused, expected, notAssignable, notEquatable } from './messages.js'

type Case = Extract<Expression, { readonly kind: 'case' }>

export interface TypedBranch {
  readonly condition: TypedExpression
  readonly result: TypedExpression
}

const asked = (operand: TypedExpression | undefined, condition: TypedExpression): TypedExpression => {
  if (operand) {
    const value = isUntyped(condition) ? coerced(condition, operand.type) : condition
    if (!areComparable(operand.type, value.type)) throw notEquatable(value.at, operand.type, value.type)
    return beside(asMoment(value, operand.type), operand)
  }
  const holds = isUntyped(condition) ? coerced(condition, simple('bool')) : condition
  if (holds.type.name !== 'bool') throw expected(holds.at, 'boolean expression')
  return holds
}

/** FeatureBase names the two types the other way round here. */
const asResult = (result: TypedExpression, type: DataType): TypedExpression => {
  if (!isAssignable(type, result.type)) throw notAssignable(result.at, type, result.type)
  return coerced(result, type)
}

/** The first result says what all the others are. */
export const applyCase = ({ at }: Case, given: TypedExpression | undefined, branches: readonly TypedBranch[], otherwise: TypedExpression | undefined): TypedExpression => {
  const operand = given && settled(given)
  const conditions = branches.map(({ condition }) => asked(operand, condition))
  const results = branches.map(({ result }) => result)
  const decisive = results.find((result) => !isUntyped(result)) ?? otherwise ?? results[0]
  const type = decisive ? settled(decisive).type : simple('void')
  const typed = results.map((result) => asResult(result, type))
  return {
    kind: 'case', operand, at, type,
    branches: conditions.flatMap((condition, place) => { const result = typed[place]; return result ? [{ condition, result }] : [] }),
    otherwise: otherwise && asResult(otherwise, type),
  }
}

export const applyCast = ({ at }: Extract<Expression, { readonly kind: 'cast' }>, operand: TypedExpression, type: DataType): TypedExpression => {
  if (isUntyped(operand)) return { ...operand, type, at }
  if (!isCastable(operand.type, type)) throw castRefused(operand.at, operand.type, type)
  // A constant is kept in the unit that it needs, where a cast that is run has 64 bits of nanoseconds: 1678 to 2262.
  const moment = operand.kind === 'constant' && typeof operand.value === 'string' && type.name === 'timestamp' ? readTime(operand.value) : undefined
  if (moment !== undefined) return constant(moment, type, at)
  return { kind: 'cast', operand, type, at }
}
