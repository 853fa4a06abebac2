import { meaningError, type Position } from '../error.js'
import { readTime } from '../functions/times.js'
import type { ColumnDefinition, ColumnOption, Expression } from '../tree.js'
import type { ColumnWish } from '../typed.js'
import { type DataType, isSet } from '../types.js'
import { expected, outOfRange } from './messages.js'
import { columnType } from './type-name.js'

const [lowest, highest] = [-(2n ** 63n), 2n ** 63n - 1n]
const mostInCache = 2n ** 32n - 1n

const refused = (column: ColumnDefinition, option: string): Error =>
  meaningError(column.at, `'${option.toUpperCase()}' constraint cannot be applied to a column of type '${column.type.name.text}'`)

const textOf = (value: Expression): string => {
  if (value.kind === 'string') return value.value
  throw meaningError(value.at, 'string literal expected')
}

const integerOf = (value: Expression): bigint => {
  if (value.kind === 'integer') return value.value
  throw expected(value.at, 'integer literal')
}

/** A bound is an integer, with a sign or without. */
const boundOf = (column: ColumnDefinition, { name, value }: ColumnOption): bigint => {
  if (value.kind !== 'integer' && value.kind !== 'unary') throw refused(column, name)
  const number = value.kind === 'integer' ? value.value : value.operator === '-' ? -integerOf(value.operand) : integerOf(value.operand)
  if (number < lowest || number > highest) throw outOfRange(value.at, String(number))
  return number
}

/** As many units of the column's scale, or as many as there can be. */
const scaled = (bound: bigint, { type }: { readonly type: DataType }): bigint => {
  const number = type.name === 'decimal' ? bound * 10n ** BigInt(type.scale) : bound
  return number < lowest ? lowest : number > highest ? highest : number
}

const timeUnits = { s: 's', ms: 'ms', us: 'us', 'µs': 'us', 'μs': 'us', ns: 'ns' } as const

const timeUnitOf = (value: Expression): ColumnWish['timeUnit'] => {
  const text = textOf(value)
  const unit = Object.entries(timeUnits).find(([name]) => name === text)
  if (!unit) throw meaningError(value.at, `'${text}' is not a valid time unit`)
  return unit[1]
}

const quantumOf = (value: Expression): string => {
  const text = textOf(value)
  if (text === '' || !'YMDH'.includes(text.toUpperCase())) throw meaningError(value.at, `'${text}' is not a valid time quantum`)
  return text.toUpperCase()
}

const duration = /^(?:0|(?:\d+(?:\.\d*)?(?:ns|us|µs|μs|ms|s|m|h))+)$/

/** FeatureBase tells the place of the quantum that it belongs to. */
const ttlOf = (value: Expression, quantumAt: Position): string => {
  if (value.kind !== 'string') throw meaningError(quantumAt, 'string literal expected')
  if (!duration.test(value.value)) throw meaningError(quantumAt, `'${value.value}' is not a valid time duration`)
  return value.value
}

const epochOf = (value: Expression): string => {
  const text = textOf(value)
  if (!text.includes('T') || readTime(text) === undefined) throw meaningError(value.at, `'${text}' is not a valid epoch`)
  return text
}

const cacheSizeOf = (value: Expression): bigint => {
  const size = integerOf(value)
  if (size > mostInCache) throw outOfRange(value.at, String(size))
  return size
}

const cacheTypeOf = (value: Expression): ColumnWish['cacheType'] => {
  const word = value.kind === 'name' ? value.name.text : ''
  return word === 'ranked' || word === 'lru' ? word : 'none'
}

/** What each option can be said of. Bounds are taken for every column and mean something for numbers alone. */
const takes = ({ name }: ColumnOption, type: DataType): boolean => {
  const isQuantum = type.name === 'idsetq' || type.name === 'stringsetq'
  switch (name) {
    case 'min': case 'max': case 'size': case 'ttl': return true
    case 'cachetype': return !isQuantum && (isSet(type) || type.name === 'id' || type.name === 'string')
    case 'timeunit': case 'epoch': return type.name === 'timestamp'
    case 'timequantum': return isQuantum
  }
}

type Options = { -readonly [Key in keyof ColumnWish]?: ColumnWish[Key] }

const put = (options: Options, column: ColumnDefinition, type: DataType, option: ColumnOption, before: ColumnOption | undefined): void => {
  const { name, value } = option
  switch (name) {
    case 'min': options.min = scaled(boundOf(column, option), { type }); return
    case 'max': options.max = scaled(boundOf(column, option), { type }); return
    case 'cachetype': options.cacheType = cacheTypeOf(value); return
    case 'size': options.cacheSize = cacheSizeOf(value); return
    case 'timeunit': options.timeUnit = timeUnitOf(value); return
    case 'epoch': options.epoch = epochOf(value); return
    case 'timequantum': options.timeQuantum = quantumOf(value); return
    case 'ttl': options.ttl = ttlOf(value, before?.value.at ?? value.at)
  }
}

/** What a column is made with, in CREATE TABLE and in ALTER TABLE. */
export const checkColumn = (column: ColumnDefinition): ColumnWish => {
  const type = columnType(column.type)
  const options: Options = {}
  for (const [place, option] of column.options.entries()) {
    if (!takes(option, type)) throw refused(column, option.name)
    put(options, column, type, option, column.options[place - 1])
  }
  const isNumber = type.name === 'int' || type.name === 'decimal'
  return {
    name: column.name.text.toLowerCase(), type, min: isNumber ? options.min : undefined, max: isNumber ? options.max : undefined, cacheType: options.cacheType,
    cacheSize: options.cacheSize, timeUnit: options.timeUnit, epoch: options.epoch, timeQuantum: options.timeQuantum, ttl: options.ttl,
  }
}
