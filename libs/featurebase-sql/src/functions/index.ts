import type { Value } from '../typed.js'
import type { DataType } from '../types.js'
import { dateFunctions } from './dates.js'
import { formatFunctions } from './format.js'
import type { ScalarFunction } from './scalar.js'
import { setFunctions } from './sets.js'
import { textFunctions } from './texts.js'

export { castValue, timestampOf } from './casts.js'
export { type Decimal, divideDecimals, floorDivided, powerOfTen, printDecimal, readDecimal, rescale } from './decimals.js'
export { nanosOfUnit } from './dates.js'
export { likePattern } from './like.js'
export { printValue } from './print.js'
export { int64, isInt64, outOfRange, zeroDivisor } from './refuse.js'
export { printTime, readTime } from './times.js'

const functions = new Map<string, ScalarFunction>(Object.entries({ ...textFunctions, ...dateFunctions, ...formatFunctions, ...setFunctions }))

/** Whether a function, its name in capitals, is one on values alone. */
export const isScalarFunction = (name: string): boolean => functions.has(name)

/** What a function gives; nothing where it is given nothing. Throws SqlError for values that it refuses. */
export const callFunction = (name: string, values: readonly Value[], types: readonly DataType[]): Value => {
  const called = functions.get(name)
  if (!called) throw new TypeError(`no function ${name}`)
  return values.includes(null) ? null : called(values, types)
}
