import type { Bitmap, Column } from '@tenantry/bitmaps'
import type { Call } from '@tenantry/pql'
import { type Field, hasWords, isMany, isNumeric } from '../store/catalogue.js'
import { type At, at, namedField } from './at.js'
import { Places, bigColumns, columnsOf, eachColumn } from './columns.js'
import { checkSize, recordText } from './json.js'
import { numberText } from './number-text.js'
import { refuse } from './refused.js'
import { sorted } from './sort.js'
import { foreignKeys, wordJson } from './words.js'

/** Some fields of some records, as a table. */
export const extractJson = (call: Call, here: At): string => {
  const [filter, ...lists] = call.children
  if (!filter) return refuse('missing column filter in Extract')
  const fields = lists.map((child) => fieldOfRows(child, here))
  const order = filter.name === 'Sort' ? sorted(filter, at(filter, here)).map(({ record }) => record) : undefined
  const row = order ? here.space.bitmaps.of(bigColumns(order)) : here.row(filter, here)
  checkSize(here, row.count() * (fields.length + 12))
  const records = order ?? columnsOf(row)
  const places = new Places(records, order === undefined)
  const values = fields.map((field) => valuesOf(here, field, row, places))
  const columns = records.map((record, place) => `{"column":${recordText(here, here.data.table, record)},"rows":[${values.map((list) => list[place] ?? 'null').join(',')}]}`)
  return `{"fields":[${fields.map((field) => `{"name":${JSON.stringify(field.name)},"type":"${typeOf(here, field)}"}`).join(',')}],"columns":[${columns.join(',')}]}`
}

const fieldOfRows = (child: Call, here: At): Field => {
  if (child.name !== 'Rows') return refuse(`child call of Extract is "${child.name}" but expected "Rows"`)
  return namedField(child, here)
}

const typeOf = (here: At, field: Field): string => {
  const { options } = field
  if (isMany(field)) return hasWords(field) ? '[]string' : '[]uint64'
  if (options.type === 'mutex') return hasWords(field) ? 'string' : 'uint64'
  if (options.type !== 'int') return options.type
  return options.foreignIndex === undefined ? 'int64' : foreignKeys(here, field) ? 'string' : 'uint64'
}

/** The values of a field as the answer has them, each at its record's place; nothing where there is no value. */
const valuesOf = (here: At, field: Field, row: Bitmap, places: Places): readonly (string | undefined)[] =>
  isNumeric(field) ? numbers(here, field, row, places) : isMany(field) ? lists(here, field, row, places) : names(here, field, row, places)

const numbers = (here: At, field: Field, row: Bitmap, places: Places): readonly (string | undefined)[] => {
  const values: (string | undefined)[] = Array.from({ length: places.size })
  const { slices } = here.data.index.numbers(field)
  const keys = foreignKeys(here, field)
  const last = row.max()
  places.start()
  const put = (column: Column, value: bigint): void => {
    const place = places.of(column)
    if (place !== undefined) values[place] = keys ? wordJson(keys, value) : numberText(field, value)
  }
  if (typeof last === 'bigint') {
    eachColumn(row, (column) => {
      const value = slices.get(column)
      if (value !== undefined) put(column, value)
    })
    return values
  }
  for (let from = 0; ;) {
    const page = slices.page(from, 32_768, row)
    page.columns.forEach((column, at) => put(column, page.values[at] ?? 0n))
    const end = page.columns.at(-1)
    if (end === undefined || end === last) return values
    from = end + 1
  }
}

const nameText = ({ space }: At, field: Field, id: Column): string => {
  if (field.options.type === 'bool') return String(id === 1)
  return hasWords(field) ? wordJson(space.words(field), id) : String(id)
}

const names = (here: At, field: Field, row: Bitmap, places: Places): readonly (string | undefined)[] => {
  const values: (string | undefined)[] = Array.from({ length: places.size })
  eachRow(here, field, row, places, (text, column) => {
    const place = places.of(column)
    if (place !== undefined) values[place] = text
  })
  return values
}

const lists = (here: At, field: Field, row: Bitmap, places: Places): readonly (string | undefined)[] => {
  const values: (string[] | undefined)[] = Array.from({ length: places.size })
  places.start()
  eachColumn(here.data.index.sets(field).touched().and(row), (column) => {
    const place = places.of(column)
    if (place !== undefined) values[place] = []
  })
  eachRow(here, field, row, places, (text, column) => {
    const place = places.of(column)
    if (place !== undefined) (values[place] ??= []).push(text)
  })
  return values.map((list) => list && `[${list.join(',')}]`)
}

/** The text of each row of a field that one of the records has, ascending by row, with that record. */
const eachRow = (here: At, field: Field, row: Bitmap, places: Places, visit: (text: string, column: Column) => void): void => {
  for (const { id, bitmap } of here.data.index.sets(field).rows()) {
    here.space.bitmaps.scope(() => {
      const had = bitmap.and(row)
      if (had.max() === undefined) return
      const text = nameText(here, field, id)
      places.start()
      eachColumn(had, (column) => visit(text, column))
    })
  }
}
