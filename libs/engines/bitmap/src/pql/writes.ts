import { EngineRefusal } from '@tenantry/engines-contract'
import { type Call, fieldArguments, valueOf } from '@tenantry/pql'
import type { Space } from '../space.js'
import { type Field, isMany, isNumeric } from '../store/catalogue.js'
import { leastInt, mostInt, readFieldOptions } from '../store/field-options.js'
import { standardView, viewsOfTime } from '../store/time-quantum.js'
import type { TableData } from '../table-data.js'
import { type At, at, fieldAt, plain } from './at.js'
import { refuse } from './refused.js'
import { partialTime } from './time-range.js'
import { numberOf, recordOf, rowOf } from './values.js'

/** Runs a call that writes and answers whether anything changed by it. */
export const write = (call: Call, outer: At): boolean => {
  const here = at(call, outer)
  switch (call.name) {
    case 'Set': return set(call, here)
    case 'Clear': return clear(call, here)
    case 'ClearRow': return clearRow(call, here)
    case 'Store': return store(call, here)
    case 'Delete': return remove(call, here)
    default: return refuse(`unknown call: ${call.name}`)
  }
}

/** The field that is written, and its value. Of several in one call the first is. */
const written = (call: Call): { readonly key: string; readonly value: ReturnType<typeof plainValue> } => {
  const [first] = fieldArguments(call)
  if (!first) return refuse(`${call.name}() argument required: field`)
  return { key: first.key, value: plainValue(call, first.key) }
}

const plainValue = (call: Call, key: string): NonNullable<ReturnType<typeof plain>> => plain(call, key) ?? refuse(`${call.name}() argument required: field`)

const set = (call: Call, here: At): boolean => {
  const { space, data } = here
  const { key, value } = written(call)
  const field = fieldAt(here, key)
  const record = recordOf(space, data.table, plainValue(call, '_col'), true) ?? refuse('Set() column argument \'col\' required')
  if (value.kind === 'null') return refuse(`reading Set() row (${isNumeric(field) ? 'int/decimal' : 'id'}): unexpected value type <nil>, val <nil>`)
  if (isNumeric(field)) return data.setNumber(field, record, ranged(data, field, record, numberOf(space, field, value, true) ?? 0n))
  const row = rowOf(space, field, value, true) ?? refuse('Set() row argument \'row\' required')
  const views = viewsOf(call, field)
  return isMany(field) ? data.addValue(field, record, row, views) : data.setRow(field, record, row)
}

/** In which views a value is set: a time counts for fields of times, and is looked at for all. */
const viewsOf = (call: Call, { options }: Field): readonly number[] => {
  const text = plain(call, '_timestamp')
  const time = text?.kind === 'string' ? partialTime(text.value) ?? refuse(`invalid date: ${text.value}`) : undefined
  if (options.type !== 'time') return [standardView]
  const views = time === undefined ? [] : viewsOfTime(time, options.timeQuantum)
  return options.noStandardView ? views : [standardView, ...views]
}

const ranged = ({ table }: TableData, { name, options }: Field, record: bigint | number, value: bigint): bigint => {
  const { min, max } = 'min' in options ? options : { min: leastInt, max: mostInt }
  const about = `index = ${table.name}, field = ${name}, column ID = ${record}, value ${value}`
  if (value < min) return refuse(`${about} is smaller than min allowed ${min}: value too low for configured field range`)
  return value > max ? refuse(`${about} is larger than max allowed ${max}: value too high for configured field range`) : value
}

const clear = (call: Call, here: At): boolean => {
  const { space, data } = here
  const { key, value } = written(call)
  const field = fieldAt(here, key)
  const record = recordOf(space, data.table, plainValue(call, '_col'))
  if (record === undefined) return false
  // Whatever number it has: which one is given makes no difference.
  if (isNumeric(field)) return data.setNumber(field, record, null)
  if (value.kind === 'null') return refuse(`reading Clear() row: unexpected value type <nil>, val <nil>`)
  const row = rowOf(space, field, value)
  if (row === undefined) return false
  if (isMany(field)) return data.removeValue(field, record, row)
  return data.index.sets(field).row(row)?.has(record) === true && data.setRow(field, record, null)
}

const clearRow = (call: Call, here: At): boolean => {
  const { key, value } = written(call)
  const field = fieldAt(here, key)
  if (isNumeric(field)) return refuse(`can't ClearRow() on a ${field.options.type} field`)
  const row = rowOf(here.space, field, value)
  return row !== undefined && here.data.clearRow(field, row)
}

const store = (call: Call, here: At): boolean => {
  const { space, data } = here
  const { key, value } = written(call)
  const [child] = call.children
  if (!child) return refuse('Store() requires a row')
  const known = data.field(key)
  if (known && known.options.type !== 'set') return refuse(`can't Store() on a ${known.options.type} field`)
  const field = known ?? made(space, data, key, value.kind === 'string')
  const row = rowOf(space, field, value, true) ?? refuse('Store() row argument required')
  space.bitmaps.scope(() => data.setWholeRow(field, row, here.row(child, here)))
  return true
}

/** Store makes the field that it writes to, if there is none: a set without a cache. */
const made = (space: Space, { table }: TableData, name: string, keys: boolean): Field => {
  try {
    return space.catalogue.createField(table, name, readFieldOptions({ type: 'set', keys, cacheType: 'none' }))
  } catch (error) {
    if (error instanceof EngineRefusal && error.code === 'InvalidParameter') return refuse(error.message)
    throw error
  }
}

const remove = (call: Call, here: At): boolean => {
  const [child, ...more] = call.children
  if (!child || more.length > 0 || call.args.length > 0 && valueOf(call, 'index') === undefined) return refuse('Delete() requires exactly one row')
  return here.space.bitmaps.scope(() => here.data.deleteRecords(here.row(child, here)))
}
