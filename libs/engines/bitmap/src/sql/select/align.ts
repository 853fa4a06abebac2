import { type DataType, powerOfTen, scaleOf } from '@tenantry/featurebase-sql'
import { leastInt, mostInt } from '../../store/field-options.js'
import type { Builder } from './builder.js'
import { encode } from './codec.js'
import { type Fragment, isShort } from './fragment.js'

const usualNanos = 1_000_000_000n

export const nanosOf = ({ nanos }: Fragment): bigint => nanos ?? usualNanos

const bounded = (value: bigint | undefined, otherwise: bigint): bigint => value ?? otherwise

export const boundsOf = ({ least, most }: Fragment): readonly [bigint, bigint] => [bounded(least, leastInt), bounded(most, mostInt)]

const isWithin = (least: bigint, most: bigint): boolean => least >= leastInt && most <= mostInt

/** Arithmetic that SQLite would make a real of where 64 bits are too few: there, `exactly` refuses it or has the exact result. */
export const checked = (text: string, exactly: string, isSafe: boolean): string => {
  if (isSafe) return text
  return isShort({ text, type: { name: 'int' } }) ? `(CASE typeof(${text}) WHEN 'real' THEN ${exactly} ELSE ${text} END)` : exactly
}

/** Multiplied by a constant that is positive. */
const times = ({ functions }: Builder, fragment: Fragment, factor: bigint): Pick<Fragment, 'text' | 'least' | 'most'> => {
  const [low, high] = boundsOf(fragment)
  const [least, most] = [low * factor, high * factor]
  const isSafe = isWithin(least, most)
  const text = checked(`(${fragment.text} * ${factor})`, `${functions.exact()}('*', ${fragment.text}, ${factor}, 0, 0)`, isSafe)
  return isSafe ? { text, least, most } : { text }
}

/** A number at another scale: exact upwards, cut off downwards. */
export const atScale = (builder: Builder, fragment: Fragment, scale: number): Fragment => {
  const type: DataType = scale === 0 && fragment.type.name !== 'decimal' ? fragment.type : { name: 'decimal', scale }
  const from = scaleOf(fragment.type)
  if (from === scale || fragment.constant === null) return { ...fragment, type }
  if (scale > from) return { type, ...times(builder, fragment, powerOfTen(scale - from)) }
  const factor = powerOfTen(from - scale)
  return { type, text: `(${fragment.text} / ${factor})`, least: (fragment.least ?? leastInt) / factor, most: (fragment.most ?? mostInt) / factor }
}

/** A time as a count of a finer unit. */
export const inUnit = (builder: Builder, fragment: Fragment, nanos: bigint): Fragment => {
  const own = nanosOf(fragment)
  if (own === nanos || fragment.constant === null) return { ...fragment, nanos }
  if (typeof fragment.constant === 'bigint') return { ...fragment, nanos, text: builder.binds.value(encode(fragment.constant, fragment.type, nanos)) }
  return { type: fragment.type, nanos, text: times(builder, fragment, own / nanos).text }
}

const finest = (fragments: readonly Fragment[]): bigint => {
  const all = fragments.filter(({ constant }) => constant !== null).map(nanosOf)
  return all.reduce((one, other) => one < other ? one : other, all[0] ?? usualNanos)
}

const isTime = ({ type }: Fragment): boolean => type.name === 'timestamp'
const isDecimal = ({ type }: Fragment): boolean => type.name === 'decimal'

/** Values that are compared or stand for each other, kept alike. */
export const aligned = (builder: Builder, fragments: readonly Fragment[]): readonly Fragment[] => {
  if (fragments.some(isTime)) {
    const nanos = finest(fragments.filter(isTime))
    return fragments.map((one) => isTime(one) ? inUnit(builder, one, nanos) : one)
  }
  if (!fragments.some(isDecimal)) return fragments
  const scale = Math.max(...fragments.map(({ type }) => scaleOf(type)))
  return fragments.map((one) => one.type.name === 'void' ? one : atScale(builder, one, scale))
}

/** The same kept as a result of this type is; a time in the unit that is given. */
export const resulting = (builder: Builder, fragment: Fragment, type: DataType, nanos = nanosOf(fragment)): Fragment => {
  if (type.name === 'decimal') return { ...atScale(builder, fragment, type.scale), type }
  return type.name === 'timestamp' ? { ...inUnit(builder, fragment, nanos), type } : { ...fragment, type }
}
