import type { Bitmap } from '@tenantry/bitmaps'
import { type TypedExpression, type TypedSelect, type TypedSource, type TypedStatement, type Value, nowhere, simple } from '@tenantry/featurebase-sql'
import type { Space } from '../../space.js'
import { type Field, isMany } from '../../store/catalogue.js'
import { columnOf } from '../../store/ids.js'
import type { FieldValue, TableData } from '../../table-data.js'
import { predicateOf } from '../bitmaps/predicate.js'
import { rejected } from '../rejected.js'
import { selectedValues } from '../values.js'
import { idName } from '../types.js'
import { tableFor } from './rows-into.js'
import { storedValue, written } from './stored.js'

type Of<K extends TypedStatement['kind']> = Extract<TypedStatement, { kind: K }>

/** More rows than this are not changed by one statement: all of them are held meanwhile. */
const mostRows = 1_000_000

const idOf = (source: TypedSource, data: TableData): TypedExpression =>
  source.kind === 'join' ? rejected('[0:0] one table is needed') : { kind: 'column', source: source.id, column: idName, at: nowhere, type: simple(data.table.keyed ? 'string' : 'id') }

const rowsOf = (space: Space, data: TableData, source: TypedSource, where: TypedExpression | undefined, values: readonly TypedExpression[]): readonly (readonly Value[])[] => {
  const expressions = [idOf(source, data), ...values]
  const query: TypedSelect = {
    kind: 'select', distinct: false, columns: expressions.map(({ type }) => ({ name: '', type })), expressions, from: source, where,
    groupBy: [], grouped: false, having: undefined, orderBy: [], limit: BigInt(mostRows + 1), offset: undefined,
  }
  const rows = [...selectedValues(space, query)]
  return rows.length > mostRows ? rejected(`[0:0] more than ${mostRows} rows would be changed by one statement; name fewer with WHERE`) : rows
}

const recordOf = (space: Space, data: TableData, id: Value | undefined): number | bigint => {
  if (typeof id === 'bigint') return columnOf(id)
  return (typeof id === 'string' ? space.keys(data.table).find(id) : undefined) ?? rejected('[0:0] a row has no _id')
}

/** The records of which a condition holds, all without one; they belong to the scope that is open. */
export const recordsWhere = (space: Space, data: TableData, source: TypedSource, where: TypedExpression | undefined): Bitmap => {
  if (!where) return data.index.all().bitmap
  const predicate = source.kind === 'table' ? predicateOf({ space, data, source: source.id }, where) : undefined
  if (predicate) return predicate.holds()
  const records = rowsOf(space, data, source, where, []).map(([id]) => BigInt(recordOf(space, data, id)))
  return space.bitmaps.of(records)
}

/** Says how many rows there were. */
export const deleteRows = (space: Space, { table, source, where }: Of<'delete'>): number => {
  const data = tableFor(space, table)
  return space.bitmaps.scope(() => {
    const records = recordsWhere(space, data, source, where)
    const count = records.count()
    data.deleteRecords(records)
    return count
  })
}

/** Sets are replaced by an update, and not added to; NULL takes away what there is. Says how many rows were changed. */
export const updateRows = (space: Space, { table, source, assignments, where }: Of<'update'>): number => {
  const data = tableFor(space, table)
  const fields = assignments.map(({ column }): Field => data.field(column.name) ?? rejected(`[0:0] column '${column.name}' not found`))
  const rows = rowsOf(space, data, source, where, assignments.map(({ value }) => value))
  const changes = rows.map(([id, ...values], row) => ({
    record: recordOf(space, data, id),
    values: values.map((value, at) => value === null || fields[at] === undefined ? null : storedValue(space, fields[at], value, { column: fields[at].name, row: row + 1 })),
  }))
  const many = fields.filter(isMany)
  for (const { record, values } of changes) {
    if (many.length > 0) data.putRow(record, many, many.map(() => null))
    data.putRow(record, fields, values.map((value): FieldValue | null => value === null ? null : written(value)))
  }
  return changes.length
}
