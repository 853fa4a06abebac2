import { type Value, floorDivided, isInt64, nowhere } from '@tenantry/featurebase-sql'
import type { Column } from '@tenantry/bitmaps'
import type { Space } from '../../space.js'
import type { Field, Table } from '../../store/catalogue.js'
import { decimalText } from '../../store/decimal.js'
import { leastInt, mostInt, nanosOf } from '../../store/field-options.js'
import { columnOf } from '../../store/ids.js'
import { type View, standardView, viewsOfTime } from '../../store/time-quantum.js'
import type { FieldValue } from '../../table-data.js'
import { rejected } from '../rejected.js'
import { idName } from '../types.js'

const place = `[${nowhere.line}:${nowhere.column}]`
const nanosInMilli = 1_000_000n

/** Which value of which row it is, for what is said of one that does not fit. */
export interface Cell {
  readonly column: string
  /** From 1. */
  readonly row: number
}

const outOfRange = ({ column, row }: Cell, text: string): never => rejected(`${place} inserting value into column '${column}', row ${row}, value '${text}' out of range`)

const idIn = (value: bigint, cell: Cell): Column => value >= 0n ? columnOf(value) : outOfRange(cell, String(value))

const numberIn = (field: Field, value: bigint, cell: Cell): bigint => {
  const { options } = field
  const [min, max] = 'min' in options ? [options.min, options.max] : [leastInt, mostInt]
  if (value >= min && value <= max) return value
  return outOfRange(cell, options.type === 'decimal' ? decimalText(value, options.scale) : String(value))
}

const instantIn = (field: Field, nanos: bigint, cell: Cell): bigint => {
  const { options } = field
  if (options.type !== 'timestamp') throw new Error(`${options.type} counts no time`)
  const since = nanos - options.epochNanos
  const unit = nanosOf(options.timeUnit)
  const count = floorDivided(since, unit)
  return isInt64(count) ? count : outOfRange(cell, String(nanos))
}

const viewsFor = (field: Field, time: bigint | undefined): readonly View[] => {
  const { options } = field
  if (options.type !== 'time') return [standardView]
  const views = time === undefined ? [] : viewsOfTime(Number(time / nanosInMilli), options.timeQuantum)
  return options.noStandardView ? views : [standardView, ...views]
}

/** A value that was looked at already, and gets its words' numbers when it is written. */
export type Ready = FieldValue | (() => FieldValue)

export const written = (value: Ready): FieldValue => typeof value === 'function' ? value() : value

/**
 * How the store keeps a value of a column; words become numbers, which are made when there are none. `time` is the moment of a value with
 * a time quantum, in nanoseconds. Throws EngineRefusal for what is out of the column's range, before anything is written.
 */
export const storedValue = (space: Space, field: Field, value: Exclude<Value, null>, cell: Cell, time?: bigint): Ready => {
  const { options } = field
  switch (options.type) {
    case 'bool': return value === true ? 1 : 0
    case 'mutex': return typeof value === 'bigint' ? idIn(value, cell) : () => space.words(field).findOrMake(String(value))
    case 'set':
    case 'time': return members(space, field, Array.isArray(value) ? value as readonly (bigint | string)[] : [value as bigint | string], cell, viewsFor(field, time))
    case 'timestamp': return instantIn(field, value as bigint, cell)
    case 'int':
    case 'decimal': return numberIn(field, value as bigint, cell)
  }
}

const members = (space: Space, field: Field, list: readonly (bigint | string)[], cell: Cell, views: readonly View[]): Ready => {
  const looked = list.map((one) => typeof one === 'bigint' ? idIn(one, cell) : one)
  return () => ({ values: looked.map((one) => typeof one === 'string' ? space.words(field).findOrMake(one) : one), views })
}

/** The record that a value of `_id` names, once it is written. */
export const recordOf = (space: Space, table: Table, value: Value, row: number): () => Column => {
  if (typeof value === 'bigint') {
    const record = idIn(value, { column: idName, row })
    return () => record
  }
  if (typeof value === 'string') return () => space.keys(table).findOrMake(value)
  return rejected(`${place} row ${row} has no ${idName}`)
}
