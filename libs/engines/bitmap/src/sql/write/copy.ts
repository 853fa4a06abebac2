import type { Bitmap } from '@tenantry/bitmaps'
import type { TypedStatement } from '@tenantry/featurebase-sql'
import type { Space } from '../../space.js'
import { type Field, type Table, hasWords, isMany } from '../../store/catalogue.js'
import { stored } from '../../store/ids.js'
import { columnOf, dictionaryOf, keysOf, rowsOf, valuesOf } from '../../store/schema.sql.js'
import type { TableData } from '../../table-data.js'
import { rejected } from '../rejected.js'
import { fieldsOf } from '../types.js'
import { recordsWhere } from './change-rows.js'
import { tableFor } from './rows-into.js'

type Copy = Extract<TypedStatement, { kind: 'copy' }>

/** Makes a table like another one, with its rows or some of them, and says how many. */
export const copyTable = (space: Space, { from, to, source, where }: Copy): number => {
  const data = tableFor(space, from)
  const { catalogue } = space
  if (catalogue.find(to) || catalogue.view(to)) rejected(`[0:0] table or view '${to}' already exists`)
  const { keyed, tracks, description } = data.table
  const made = catalogue.createTable({ name: to, keyed, tracks, description })
  const pairs = fieldsOf(data.table).map((field): readonly [Field, Field] => [field, catalogue.createField(made, field.name, field.options)])
  return space.bitmaps.scope(() => {
    const records = recordsWhere(space, data, source, where)
    copyRows(space, data, made, pairs, where ? recordList(records) : undefined)
    note(space, made, pairs, records)
    return records.count()
  })
}

const recordList = (records: Bitmap): string => {
  const parts: string[] = []
  for (const page of records.exactPages()) for (const record of page) parts.push(String(stored(record)))
  return `[${parts.join(',')}]`
}

const copyRows = ({ statements }: Space, { table }: TableData, made: Table, pairs: readonly (readonly [Field, Field])[], records: string | undefined): void => {
  const run = (sql: string, column: string): void => {
    const statement = statements.get(records === undefined ? sql : `${sql} WHERE ${column} IN (SELECT value FROM json_each(?))`)
    statement.setReadBigInts(true)
    statement.run(...records === undefined ? [] : [records])
  }
  const columns = (side: 0 | 1): string => ['id', ...pairs.map((pair) => columnOf(pair[side].id))].join(', ')
  run(`INSERT INTO ${rowsOf(made.id)} (${columns(1)}) SELECT ${columns(0)} FROM ${rowsOf(table.id)}`, 'id')
  if (made.keyed) run(`INSERT INTO ${keysOf(made.id)} (id, word) SELECT id, word FROM ${keysOf(table.id)}`, 'id')
  for (const [from, to] of pairs) {
    if (isMany(from)) run(`INSERT INTO ${valuesOf(to.id)} (record, value, view) SELECT record, value, view FROM ${valuesOf(from.id)}`, 'record')
    if (hasWords(from)) statements.run(`INSERT INTO ${dictionaryOf(to.id)} (id, word) SELECT id, word FROM ${dictionaryOf(from.id)}`)
  }
}

/** Bitmaps of the copy are made of its rows when they are first needed. */
const note = ({ changes, bitmaps }: Space, made: Table, pairs: readonly (readonly [Field, Field])[], records: Bitmap): void => {
  bitmaps.apart(() => {
    changes.noteMany(-made.id, records)
    for (const [, field] of pairs) changes.noteMany(field.id, records)
  })
}
