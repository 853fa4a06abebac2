import { int64 } from '@tenantry/featurebase-sql'

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

const midpoint = (min: bigint, max: bigint): bigint => min / 2n + max / 2n + (min % 2n + max % 2n) / 2n

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

/** The value that `over / under` percent of the values are below, which need not be one of them: as PQL seeks it. */
export const percentile = (gathered: readonly bigint[], over: bigint, under: bigint): bigint | null => {
  const values = gathered.toSorted(ascending)
  const [least, most] = [values[0], values.at(-1)]
  if (least === undefined || most === undefined) return null
  const many = BigInt(values.length)
  const [below, above] = [Number(many * over / (100n * under)), Number(many * (100n * under - over) / (100n * under))]
  if (above === 0) return most
  if (below === 0) return least
  let [min, max] = [least, most]
  while (min < max) {
    const middle = midpoint(min, max)
    if (countBelow(values, middle, false) > below) max = middle - 1n
    else if (values.length - countBelow(values, middle, true) > above) min = middle + 1n
    else return middle
  }
  return min
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
