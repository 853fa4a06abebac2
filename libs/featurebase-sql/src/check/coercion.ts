import type { Position } from '../error.js'
import { timestampOf } from '../functions/casts.js'
import { readTime } from '../functions/times.js'
import type { TypedExpression, Value } from '../typed.js'
import { type DataType, isSet, simple } from '../types.js'
import { areComparable, isAssignable, isVoid, sameType } from './compatible.js'
import { notAssignable, outOfRange, untypedParameter } from './messages.js'

const [lowest, highest] = [-(2n ** 63n), 2n ** 63n - 1n]
const nanosecondsInSecond = 1_000_000_000n

export const isUntyped = (expression: TypedExpression): expression is Extract<TypedExpression, { readonly kind: 'parameter' }> =>
  expression.kind === 'parameter' && isVoid(expression.type)

/** What nothing more will be known of: a parameter must have found its type. */
export const settled = (expression: TypedExpression): TypedExpression => {
  if (isUntyped(expression)) throw untypedParameter(expression.at, expression.index)
  return expression
}

export const constant = (value: Value, type: DataType, at: Position): TypedExpression => ({ kind: 'constant', value, type, at })

/** A number that 64 bits hold. */
export const numberConstant = (value: bigint, type: DataType, at: Position, text = String(value)): TypedExpression => {
  if (!fits(value)) throw outOfRange(at, text)
  return constant(value, type, at)
}

const fits = (value: bigint): boolean => value >= lowest && value <= highest

/** What `value` is as a `to`, or undefined if it is none exactly. */
const numberAs = (value: bigint, from: DataType, to: DataType): bigint | undefined => {
  const scale = from.name === 'decimal' ? from.scale : 0
  if (to.name === 'decimal') return to.scale >= scale ? value * 10n ** BigInt(to.scale - scale) : undefined
  if (from.name === 'decimal') return undefined
  if (to.name === 'int' || to.name === 'id' && value >= 0n) return value
  return to.name === 'timestamp' ? value * nanosecondsInSecond : undefined
}

const constantAs = (value: Value, from: DataType, to: DataType, at: Position): TypedExpression | undefined => {
  if (value === null || isSet(to) && isSet(from)) return constant(value, to, at)
  if (typeof value === 'bigint') {
    const number = numberAs(value, from, to)
    return number === undefined ? undefined : to.name === 'timestamp' ? constant(number, to, at) : numberConstant(number, to, at)
  }
  if (typeof value !== 'string' || to.name !== 'timestamp') return undefined
  return constant(timestampOf(value), to, at)
}

/** `expression` as a `type` that it can be brought to: a constant at once, anything else when it runs. */
export const coerced = (expression: TypedExpression, type: DataType): TypedExpression => {
  const { type: from, at } = expression
  if (sameType(from, type) || isSet(from) && isSet(type) && expression.kind !== 'constant') return expression
  if (isUntyped(expression)) return { ...expression, type }
  const known = expression.kind === 'constant' ? constantAs(expression.value, from, type, at) : undefined
  return known ?? { kind: 'cast', operand: expression, type, at }
}

/** `expression` as what `type` takes, or FeatureBase's word that it does not. */
export const assigned = (expression: TypedExpression, type: DataType, refusal: typeof notAssignable = notAssignable): TypedExpression => {
  if (!isAssignable(type, expression.type)) throw refusal(expression.at, expression.type, type)
  return coerced(expression, type)
}

/** A text that is compared with a time and says one is one; every other text stays what it is. */
export const asMoment = (expression: TypedExpression, other: DataType): TypedExpression => {
  if (other.name !== 'timestamp' || expression.kind !== 'constant' || typeof expression.value !== 'string') return expression
  const moment = readTime(expression.value)
  return moment === undefined ? expression : constant(moment, simple('timestamp'), expression.at)
}

/** A number that is written beside a column of another kind of number, as one of that kind if it is exact. */
export const beside = (expression: TypedExpression, other: TypedExpression): TypedExpression => {
  if (isUntyped(expression)) return { ...expression, type: settled(other).type }
  if (expression.kind !== 'constant' || typeof expression.value !== 'bigint' || other.kind === 'constant') return expression
  if (!areComparable(expression.type, other.type)) return expression
  const number = numberAs(expression.value, expression.type, other.type)
  return number === undefined || !fits(number) ? expression : constant(number, other.type, expression.at)
}
