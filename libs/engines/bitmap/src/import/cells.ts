import type { Column } from '@tenantry/bitmaps'
import type { Space } from '../space.js'
import { type Field, type Table, hasWords } from '../store/catalogue.js'
import { type FieldOptions, leastInt, mostInt, nanosOf } from '../store/field-options.js'
import { Written } from '../store/json.js'
import { type View, standardView, viewsOfTime } from '../store/time-quantum.js'
import { truthIn } from '../store/truth.js'
import type { ManyValues } from '../table-data.js'
import { partialTime } from '../pql/time-range.js'
import { instantOf } from './instants.js'
import { readExactly } from './exact-json.js'
import { idOf, integerOf, scaledOf } from './numbers.js'
import type { ImportOptions } from './options.js'
import { quoted, refuseRow } from './refused-row.js'

const standard: readonly View[] = [standardView]

/** A value as a text, where a number or a text stands for it. */
const textOf = (value: unknown): string | undefined => {
  if (typeof value === 'string') return value
  if (typeof value === 'number') return String(value)
  return value instanceof Written ? value.text : undefined
}

const refuseValue = (field: Field, value: unknown, wanted: string): never => refuseRow(`${field.name}: ${quoted(value instanceof Written ? Number(value.text) : value)} is no ${wanted}.`)

/** Reads the record that a row is about. */
export const recordReader = (space: Space, table: Table): (value: unknown) => Column => {
  if (!table.keyed) return (value) => idOf(textOf(value) ?? '') ?? refuseRow(`The id ${quoted(value)} is no integer from 0 to 2^63-1.`)
  const keys = space.keys(table)
  return (value) => typeof value === 'string' && value !== '' ? keys.findOrMake(value) : refuseRow(`The id ${quoted(value)} is no text; the table's ids are texts.`)
}

/** Reads a number of a field whose values are compared: scaled where it is a decimal, counted in its unit where it is a time. */
export const numberReader = (space: Space, field: Field): (value: unknown) => number | bigint => {
  const { options } = field
  const [least, most] = 'min' in options ? [options.min, options.max] : [leastInt, mostInt]
  const isBounded = least > leastInt || most < mostInt
  const read = unboundedReader(space, field, options)
  if (!isBounded) return read
  return (value) => {
    const number = read(value)
    return number >= least && number <= most ? number : refuseRow(`${field.name}: ${quoted(value)} is not between the field's bounds.`)
  }
}

const unboundedReader = (space: Space, field: Field, options: FieldOptions): (value: unknown) => number | bigint => {
  if (options.type === 'decimal') return (value) => scaledOf(textOf(value) ?? '', options.scale) ?? refuseValue(field, value, `decimal of 64 bits with ${options.scale} places`)
  if (options.type === 'timestamp') {
    const unit = nanosOf(options.timeUnit)
    return (value) => {
      const text = textOf(value) ?? ''
      const count = integerOf(text)
      if (count !== undefined) return count
      const nanos = instantOf(text)
      const units = nanos === undefined ? undefined : (nanos - options.epochNanos) / unit
      return units !== undefined && units >= leastInt && units <= mostInt ? units : refuseValue(field, value, 'timestamp, such as 2021-01-05T08:30:00Z or a count of the field\'s unit')
    }
  }
  const foreign = options.type === 'int' && options.foreignIndex !== undefined ? space.catalogue.find(options.foreignIndex) : undefined
  if (foreign?.keyed === true) {
    const keys = space.keys(foreign)
    return (value) => typeof value === 'string' && value !== '' ? keys.findOrMake(value) : refuseValue(field, value, `key of ${foreign.name}`)
  }
  return (value) => integerOf(textOf(value) ?? '') ?? refuseValue(field, value, 'integer of 64 bits')
}

/** Reads the row that one value of a field names; a word is given a number when it comes first. */
export const rowReader = (space: Space, field: Field): (value: unknown) => Column => {
  if (field.options.type === 'bool') {
    return (value) => Number(typeof value === 'boolean' ? value : truthIn(textOf(value) ?? '') ?? refuseValue(field, value, 'true or false'))
  }
  if (!hasWords(field)) return (value) => idOf(textOf(value) ?? '') ?? refuseValue(field, value, 'integer from 0 to 2^63-1')
  const words = space.words(field)
  return (value) => typeof value === 'string' && value !== '' ? words.findOrMake(value) : refuseValue(field, value, 'text')
}

/**
 * Reads one value or a list of a field that may have many; of a field of times also `{"at": …, "values": …}`.
 * In CSV both stand as JSON in a cell, and a list also with the separator between its values.
 */
export const manyReader = (space: Space, field: Field, { format, separator }: Pick<ImportOptions, 'format' | 'separator'>): (value: unknown) => Column | ManyValues => {
  const one = rowReader(space, field)
  const { options } = field
  const timeless = options.type === 'time' && options.noStandardView ? [] : standard
  const list = (values: unknown): readonly Column[] => Array.isArray(values) ? values.map(one) : [one(values)]
  return (given) => {
    const value = format === 'csv' && typeof given === 'string' ? valueIn(given, separator) : given
    if (Array.isArray(value)) return { values: list(value), views: timeless }
    if (typeof value !== 'object' || value === null || value instanceof Written) return timeless === standard ? one(value) : { values: [one(value)], views: timeless }
    if (options.type !== 'time' || !('at' in value) || !('values' in value)) return refuseValue(field, value, options.type === 'time' ? 'value, list, or object with at and values' : 'value or list')
    const views = viewsOfTime(timeOf(field, value.at), options.timeQuantum)
    return { values: list(value.values), views: [...timeless, ...views] }
  }
}

/** What a cell holds: JSON, several values with the separator between them, or one. Between two separators without anything there is no value. */
const valueIn = (cell: string, separator: string | undefined): unknown => {
  const value = cell.startsWith('[') || cell.startsWith('{') ? jsonIn(cell) : cell
  return typeof value === 'string' && separator !== undefined && value.includes(separator) ? value.split(separator).filter((part) => part !== '') : value
}

/** The JSON that a cell holds; a text that only looks like it is itself. */
const jsonIn = (text: string): unknown => {
  try {
    return readExactly(text)
  } catch {
    return text
  }
}

/** Milliseconds since 1970. A number is seconds. */
const timeOf = (field: Field, value: unknown): number => {
  const text = textOf(value) ?? ''
  const nanos = instantOf(text)
  if (nanos !== undefined) return Number(nanos / 1_000_000n)
  const seconds = typeof value === 'string' ? undefined : integerOf(text)
  const millis = seconds === undefined ? partialTime(text) : Number(seconds) * 1_000
  return millis !== undefined && Math.abs(millis) <= 8.64e15 ? millis : refuseValue(field, value, 'time, such as 2021-01-05T08:30:00Z')
}
