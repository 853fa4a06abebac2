import type { Value } from '../typed.js'
import { type DataType, isSet, printType } from '../types.js'
import { floorDivided, readDecimal, rescale } from './decimals.js'
import { printValue } from './print.js'
import { int64, isInt64, notCastable, notConvertible, resultOutOfRange } from './refuse.js'
import { int, text, truth } from './scalar.js'
import { isWritable, momentOf, nanosInSecond, readTime } from './times.js'

/** Nanoseconds since 1970 of a text that stands where a time is asked for. */
export const timestampOf = (written: string): bigint => readTime(written) ?? notConvertible(written, 'timestamp')

const truths: Readonly<Record<string, boolean>> = {
  1: true, t: true, T: true, TRUE: true, true: true, True: true, 0: false, f: false, F: false, FALSE: false, false: false, False: false,
}

const fromText = (written: string, to: DataType): Value => {
  const refuse = (): never => notCastable(written, printType(to))
  switch (to.name) {
    case 'int':
    case 'id': return /^[+-]?\d{1,19}$/.test(written) && isInt64(BigInt(written.replace('+', ''))) ? BigInt(written.replace('+', '')) : refuse()
    case 'bool': return (Object.hasOwn(truths, written) ? truths[written] : undefined) ?? refuse()
    case 'timestamp': return readTime(written) ?? refuse()
    case 'decimal': {
      const read = readDecimal(written)
      if (!read || read.scale > to.scale) return refuse()
      const unscaled = rescale(read.unscaled, read.scale, to.scale)
      return isInt64(unscaled) ? unscaled : refuse()
    }
    default: return refuse()
  }
}

const ofSeconds = (seconds: bigint): bigint => {
  const nanos = seconds * nanosInSecond
  return isWritable(momentOf(nanos)) ? nanos : resultOutOfRange()
}

const fromWhole = (value: bigint, to: DataType): Value => {
  switch (to.name) {
    case 'bool': return value > 0n
    case 'decimal': return int64(rescale(value, 0, to.scale))
    case 'timestamp': return ofSeconds(value)
    default: return value
  }
}

/** A value as one of another type; the checker has allowed the pair. Throws SqlError for a value that the type has not. */
export const castValue = (value: Value, from: DataType, to: DataType): Value => {
  if (value === null || isSet(to)) return value
  if (to.name === 'string') return printValue(value, from)
  switch (from.name) {
    case 'string': return fromText(text(value), to)
    case 'bool': return to.name === 'bool' ? truth(value) : truth(value) ? 1n : 0n
    case 'decimal': return to.name === 'decimal' ? int64(rescale(int(value), from.scale, to.scale)) : value
    case 'timestamp': return to.name === 'int' ? floorDivided(int(value), nanosInSecond) : value
    default: return fromWhole(int(value), to)
  }
}
