import { int64 } from '@tenantry/featurebase-sql'
import { type Fraction, percentileOf } from '../../percentile.js'

/** The largest integer whose square is not more. */
const rootOf = (square: bigint): bigint => {
  if (square < 2n) return square
  let guess = 1n << BigInt(Math.ceil(square.toString(2).length / 2))
  for (;;) {
    const next = (guess + square / guess) >> 1n
    if (next >= guess) return guess
    guess = next
  }
}

const ascending = (one: bigint, other: bigint): number => one < other ? -1 : one > other ? 1 : 0

/** How many of ascending values are less, or not more. */
const countBelow = (values: readonly bigint[], bound: bigint, orEqual: boolean): number => {
  let [low, high] = [0, values.length]
  while (low < high) {
    const middle = (low + high) >> 1
    const value = values[middle] ?? 0n
    if (value < bound || orEqual && value === bound) low = middle + 1
    else high = middle
  }
  return low
}

/** The percentile of values, as PQL has it; nothing of none. */
export const percentile = (gathered: readonly bigint[], nth: Fraction): bigint | null => {
  const values = gathered.toSorted(ascending)
  const [least, most] = [values[0], values.at(-1)]
  if (least === undefined || most === undefined) return null
  return percentileOf({
    least, most, many: values.length, countLess: (than) => countBelow(values, than, false), countMore: (than) => values.length - countBelow(values, than, true),
  }, nth)
}

export interface Variance {
  readonly count: bigint
  readonly sum: bigint
  readonly squares: bigint
  /** Digits that the result has more than twice those of the values; fewer, when it is negative. */
  readonly shift: bigint
}

/** Of all values, and not of a sample. */
export const variance = ({ count, sum, squares, shift }: Variance): bigint | null => {
  if (count === 0n) return null
  const over = (count * squares - sum * sum) * 10n ** (shift > 0n ? shift : 0n)
  return int64(over / (count * count * 10n ** (shift < 0n ? -shift : 0n)))
}

export interface Correlation {
  readonly count: bigint
  readonly left: bigint
  readonly right: bigint
  readonly leftSquares: bigint
  readonly rightSquares: bigint
  readonly products: bigint
  /** Of the result. */
  readonly scale: bigint
}

/** Pearson's; nothing where one side is always the same. */
export const correlation = ({ count, left, right, leftSquares, rightSquares, products, scale }: Correlation): bigint | null => {
  const under = (count * leftSquares - left * left) * (count * rightSquares - right * right)
  if (under === 0n) return null
  const over = count * products - left * right
  const magnitude = rootOf(over * over * 10n ** (2n * scale) / under)
  return over < 0n ? -magnitude : magnitude
}
