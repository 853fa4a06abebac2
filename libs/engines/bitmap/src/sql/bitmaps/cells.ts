import { type DataType, isSet, printDecimal, printType } from '@tenantry/featurebase-sql'
import { nanosOf } from '../../store/field-options.js'
import type { Field } from '../../store/catalogue.js'
import { timeText } from '../../pql/time-text.js'

/** A value as bitmaps know it: a number of a field as the field keeps it, a word, a row's number, or none. */
export type Known = bigint | string | boolean | null

/** How a value is written in an answer; numbers of a time are those of the field that they are from. */
export const knownJson = (value: Known, type: DataType, field: Field | undefined): string => {
  if (value === null) return 'null'
  // A group of a flattened set is a set of one.
  if (isSet(type)) return `[${typeof value === 'string' ? JSON.stringify(value) : String(value)}]`
  if (typeof value === 'string') return JSON.stringify(value)
  if (typeof value === 'boolean') return String(value)
  if (type.name === 'decimal') return printDecimal(value, type.scale)
  if (type.name === 'timestamp' && field?.options.type === 'timestamp') return JSON.stringify(timeText(value * nanosOf(field.options.timeUnit) + field.options.epochNanos))
  if (type.name === 'int' || type.name === 'id') return String(value)
  throw new Error(`${printType(type)} is no number`)
}
