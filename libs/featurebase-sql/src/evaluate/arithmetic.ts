import { divideDecimals, rescale } from '../functions/decimals.js'
import { int64, outOfRange, zeroDivisor } from '../functions/refuse.js'
import { type DataType, scaleOf } from '../types.js'

export type ArithmeticOperator = '+' | '-' | '*' | '/' | '%' | '&' | '|' | '<<' | '>>'

const shifted = (left: bigint, by: bigint, isLeft: boolean): bigint => {
  if (by < 0n) return outOfRange(by)
  if (isLeft) return by > 63n ? 0n : BigInt.asIntN(64, left << by)
  return left >> (by > 63n ? 63n : by)
}

/** Two numbers by an operator, at the scale of the result: its digits past that are cut off. */
export const calculated = (operator: ArithmeticOperator, left: bigint, right: bigint, [from, other, to]: readonly [DataType, DataType, DataType]): bigint => {
  const [one, two, scale] = [scaleOf(from), scaleOf(other), scaleOf(to)]
  switch (operator) {
    case '+': return int64(rescale(left, one, scale) + rescale(right, two, scale))
    case '-': return int64(rescale(left, one, scale) - rescale(right, two, scale))
    case '*': return int64(rescale(left * right, one + two, scale))
    case '/': return divideDecimals({ unscaled: left, scale: one }, { unscaled: right, scale: two }, scale)
    case '%': return right === 0n ? zeroDivisor() : left % right
    case '&': return left & right
    case '|': return left | right
    case '<<':
    case '>>': return shifted(left, right, operator === '<<')
  }
}
