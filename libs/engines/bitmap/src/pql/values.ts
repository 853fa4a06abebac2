import type { Column } from '@tenantry/bitmaps'
import type { Argument, Value } from '@tenantry/pql'
import type { Space } from '../space.js'
import { type Field, type Table, hasWords, isNumeric } from '../store/catalogue.js'
import { rescaled } from '../store/decimal.js'
import { nanosOf } from '../store/field-options.js'
import { columnOf } from '../store/ids.js'
import { goText } from './go-text.js'
import { doing, refuse } from './refused.js'

/** For what a value is read: it words what is refused. */
export type Purpose = 'store value' | 'field parameter value'

const invalid = (value: Value, field: Field): never => {
  const { type } = field.options
  const kind = type === 'bool' || isNumeric(field) ? `for ${type} field ${JSON.stringify(field.name)}` : `for field ${JSON.stringify(field.name)} of type ${type}`
  return refuse(`invalid value ${goText(value)} ${kind}`)
}

const refuseWord = (field: Field, purpose: Purpose): never => purpose === 'store value'
  ? refuse(`creating query row keys: cannot create keys on unkeyed field ${JSON.stringify(field.name)}`)
  : refuse(`finding query row keys: cannot find keys on unkeyed field ${JSON.stringify(field.name)}`)

const translating = <T>(purpose: Purpose, work: () => T): T => doing('translating call', () => doing(`validating ${purpose}`, work))

/** Whether texts stand for this field's values: its own words, or records of another table. */
const takesWords = (field: Field): boolean => hasWords(field) || field.options.type === 'int' && field.options.foreignIndex !== undefined

/** Refuses a value that the field cannot have, before anything of the request is run. */
export const checkValue = (field: Field, value: Value, purpose: Purpose): void => {
  if (value.kind === 'null') return
  if (value.kind === 'string' && field.options.type !== 'bool') {
    if (!takesWords(field)) refuseWord(field, purpose)
    return
  }
  translating(purpose, () => { if (!fits(field, value)) invalid(value, field) })
}

const fits = (field: Field, { kind }: Value): boolean => {
  switch (field.options.type) {
    case 'bool': return kind === 'bool'
    case 'int': return kind === 'int'
    case 'decimal': return kind === 'int' || kind === 'decimal'
    case 'timestamp': return kind === 'int' || kind === 'timestamp'
    default: return kind === 'int' && !hasWords(field)
  }
}

/** Which of the field's rows a value names; undefined for a word that the field has not met, unless it is to be made. */
export const rowOf = (space: Space, field: Field, value: Value, make = false): Column | undefined => {
  if (value.kind === 'bool') return value.value ? 1 : 0
  if (value.kind === 'string') return make ? space.words(field).findOrMake(value.value) : space.words(field).find(value.value)
  if (value.kind !== 'int') return refuse(`unexpected value type for row: ${goText(value)}`)
  return value.value < 0n ? invalid(value, field) : columnOf(value.value)
}

/** The number that a value is for the field; undefined for a word of another table that names no record there, unless it is to be made. */
export const numberOf = (space: Space, field: Field, value: Value, make = false): bigint | undefined => {
  const { options } = field
  if (value.kind === 'string' && options.type === 'int') {
    const foreign = space.catalogue.find(options.foreignIndex ?? '')
    if (!foreign?.keyed) return refuse(`foreign index ${JSON.stringify(options.foreignIndex ?? '')} has no keys`)
    const id = make ? space.keys(foreign).findOrMake(value.value) : space.keys(foreign).find(value.value)
    return id === undefined ? undefined : BigInt(id)
  }
  if (options.type === 'decimal' && (value.kind === 'int' || value.kind === 'decimal')) {
    return value.kind === 'int' ? rescaled(value.value, 0, options.scale) : rescaled(value.unscaled, value.scale, options.scale)
  }
  if (options.type === 'timestamp' && value.kind === 'timestamp') return (value.epochNanos - options.epochNanos) / nanosOf(options.timeUnit)
  if (value.kind === 'int') return value.value
  return invalid(value, field)
}

/** The record that a value names; undefined for a key that the table has not met, unless it is to be made. */
export const recordOf = (space: Space, table: Table, value: Value, make = false): Column | undefined => {
  if (value.kind === 'string') {
    if (!table.keyed) return refuse(`${make ? 'creating' : 'finding'} query column keys: cannot ${make ? 'create' : 'find'} keys on unkeyed index ${JSON.stringify(table.name)}`)
    return make ? space.keys(table).findOrMake(value.value) : space.keys(table).find(value.value)
  }
  if (table.keyed) return refuse('translating call: column value must be a string when index \'keys\' option enabled')
  return value.kind === 'int' && value.value >= 0n ? columnOf(value.value) : refuse(`translating call: invalid column value ${goText(value)}`)
}

/** An argument as a whole number; undefined when it is not there. */
export const intArgument = (value: Argument['value'] | undefined): number | undefined => {
  if (value === undefined) return undefined
  return value.kind === 'int' ? Number(value.value) : refuse('an argument must be an integer')
}
