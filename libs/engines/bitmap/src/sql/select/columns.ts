import type { Space } from '../../space.js'
import type { Field, Table } from '../../store/catalogue.js'
import { hasWords, isMany } from '../../store/catalogue.js'
import { nanosOf } from '../../store/field-options.js'
import { columnOf, dictionaryOf, keysOf } from '../../store/schema.sql.js'
import { idName, typeOf } from '../types.js'
import type { Fragment } from './fragment.js'
import { flatColumn, setColumn } from './sets.js'

const word = (words: string, number: string): string => `(SELECT word FROM ${words} WHERE id = ${number})`

/** `_id` of a table under an alias. */
const recordColumn = (table: Table, alias: string, hasHuge: boolean): Fragment => {
  const number = `${alias}.id`
  if (!table.keyed) return { text: number, type: { name: 'id' }, isUnsigned: hasHuge, isRecord: true, ...(!hasHuge && { least: 0n }) }
  const words = keysOf(table.id)
  return { text: word(words, number), type: { name: 'string' }, coded: { number, words }, isRecord: true }
}

const valueColumn = (field: Field, number: string): Fragment => {
  const { options } = field
  const type = typeOf(field)
  switch (options.type) {
    case 'mutex': return hasWords(field)
      ? { text: word(dictionaryOf(field.id), number), type, coded: { number, words: dictionaryOf(field.id) } }
      : { text: number, type, isUnsigned: true }
    case 'int':
    case 'decimal': return { text: number, type, least: options.min, most: options.max }
    case 'timestamp': return timeColumn(number, nanosOf(options.timeUnit), options.epochNanos)
    default: return { text: number, type }
  }
}

/** Counts of a column begin at its epoch, those of a statement in 1970. */
const timeColumn = (number: string, unit: bigint, epochNanos: bigint): Fragment => {
  const type = { name: 'timestamp' } as const
  if (epochNanos === 0n) return { text: number, type, nanos: unit }
  if (epochNanos % unit === 0n) return { text: `(${number} + ${epochNanos / unit})`, type, nanos: unit }
  return { text: `(${number} * ${unit} + ${epochNanos})`, type, nanos: 1n }
}

export interface TableColumns {
  readonly table: Table
  readonly alias: string
  /** The set column of which each value makes a record, and that value. */
  readonly flat: { readonly column: string; readonly value: string } | undefined
}

/** A column of a table as a statement reads it. `restriction` is on the time views of its values that count. */
export const tableColumn = ({ table, alias, flat }: TableColumns, name: string, hasHuge: () => boolean, restriction: string | undefined): Fragment => {
  if (name === idName) return recordColumn(table, alias, hasHuge())
  const field = fieldNamed(table, name)
  if (flat?.column === name) return flatColumn(field, `${alias}.id`, flat.value, typeOf(field))
  return isMany(field) ? setColumn(field, `${alias}.id`, typeOf(field), restriction) : valueColumn(field, `${alias}.${columnOf(field.id)}`)
}

const fieldNamed = (table: Table, name: string): Field => {
  const field = table.fields.get(name)
  if (!field) throw new Error(`${table.name} has no column ${name}`)
  return field
}

export const tableNamed = (space: Space, name: string): Table => {
  const table = space.catalogue.find(name)
  if (!table) throw new Error(`there is no table ${name}`)
  return table
}
