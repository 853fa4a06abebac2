import type { Bitmap, Column } from '@tenantry/bitmaps'
import { type Call, valueOf } from '@tenantry/pql'
import { type Field, hasWords, isNumeric } from '../store/catalogue.js'
import { type At, namedField, plain } from './at.js'
import { bigColumns, columnsOf } from './columns.js'
import { checkSize, columnsText, listJson } from './json.js'
import { refuse } from './refused.js'
import { intArgument } from './values.js'

export interface Sorted {
  readonly record: Column
  /** The value as the answer has it. */
  readonly value: string
}

/** The records of a Sort, in its order. An offset past their end leaves none. */
export const sorted = (call: Call, here: At): readonly Sorted[] => {
  const field = namedField(call, here)
  const [child, ...more] = call.children
  if (!child || more.length > 0) return refuse('Sort() only accepts a single bitmap input')
  const row = here.row(child, here)
  const number = (key: string, otherwise: number): number => {
    const value = intArgument(valueOf(call, key)) ?? otherwise
    return value >= 0 ? value : refuse(`Sort(): ${key} must not be negative`)
  }
  const [limit, offset, falls] = [number('limit', row.count()), number('offset', 0), plain(call, 'sort-desc')]
  const isFalling = falls?.kind === 'bool' && falls.value
  const many = Math.max(0, Math.min(limit, row.count() - offset))
  checkSize(here, many * 10)
  if (many === 0) return []
  if (!isNumeric(field)) return byRow(here, field, row, isFalling).slice(offset, offset + many)
  if (typeof row.max() === 'bigint') return exactly(here, field, row, isFalling).slice(offset, offset + many)
  const page = here.data.index.numbers(field).slices.sorted(many, isFalling ? 'largest' : 'smallest', { offset, filter: row })
  return Array.from(page.columns, (record, at) => ({ record, value: String(page.values[at] ?? 0n) }))
}

/** Records whose ids a number may not hold. */
const exactly = ({ data }: At, field: Field, row: Bitmap, isFalling: boolean): Sorted[] => {
  const { slices } = data.index.numbers(field)
  const sign = isFalling ? -1 : 1
  const valued = columnsOf(row).flatMap((record) => {
    const value = slices.get(record)
    return value === undefined ? [] : [{ record, value }]
  })
  return valued.sort((one, other) => one.value < other.value ? -sign : one.value > other.value ? sign : 0).map(({ record, value }) => ({ record, value: String(value) }))
}

/** Records by the one row of a field that each has. */
const byRow = (here: At, field: Field, row: Bitmap, isFalling: boolean): Sorted[] => {
  const { type } = field.options
  if (type !== 'mutex' && type !== 'bool') return refuse(`cannot sort by field ${JSON.stringify(field.name)} of type ${type}`)
  const words = hasWords(field) ? here.space.words(field) : undefined
  const nameOf = (id: Column): string => words ? words.word(Number(id)) ?? '' : String(id)
  const rows = here.data.index.sets(field).rows().map(({ id, bitmap }) => ({ id, name: nameOf(id), had: bitmap.and(row) })).filter(({ had }) => had.count() > 0)
  const valued = rows.reduce((sum, { had }) => sum + had.count(), 0)
  if (type === 'mutex' && valued < row.count()) refuse('could not compare values for sort')
  const sign = isFalling ? -1 : 1
  if (words) rows.sort((one, other) => one.name < other.name ? -sign : sign)
  else rows.sort((one, other) => one.id < other.id ? -sign : sign)
  return rows.flatMap(({ id, name, had }) => {
    const value = type === 'bool' ? String(id === 1) : words ? JSON.stringify(name) : name
    return columnsOf(had).map((record) => ({ record, value }))
  })
}

/** The records of a Sort as a row, whose order is its columns'. */
export const sortedColumns = (call: Call, here: At): Bitmap => here.space.bitmaps.of(bigColumns(sorted(call, here).map(({ record }) => record)))

export const sortJson = (call: Call, here: At): string => {
  const records = sorted(call, here)
  const row = here.space.bitmaps.of(bigColumns(records.map(({ record }) => record)))
  return `{"Row":{"columns":[${columnsText(row)}]},"RowKVs":${listJson(records.map(({ record, value }) => `{"id":${record},"value":${value}}`))}}`
}
