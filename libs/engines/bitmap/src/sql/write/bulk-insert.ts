import { type DataType, type Position, type TypedExpression, type TypedStatement, type Value, asksDatabase, castValue, evaluatorOf, meaningError, printType } from '@tenantry/featurebase-sql'
import { CsvRows } from '../../import/csv.js'
import { JsonRows } from '../../import/ndjson.js'
import { RefusedRow } from '../../import/refused-row.js'
import type { Space } from '../../space.js'
import { rejected } from '../rejected.js'
import { BulkBatch } from './bulk-batch.js'
import { cellOf, cellValue, jsonValue } from './bulk-values.js'
import { pathReader } from './json-path.js'
import { type Given, tableFor, writeRows } from './rows-into.js'

type BulkInsert = Extract<TypedStatement, { kind: 'bulk insert' }>

/** Makes the rows of the text that stands in the statement, within a change: all of them or none. Says how many. */
export const bulkInsert = (space: Space, statement: BulkInsert): number => {
  const data = tableFor(space, statement.table)
  const batch = BulkBatch.of(space, data, statement)
  if (!batch) return writeRows(space, data, statement.columns, bulkRows(statement))
  try {
    for (const cells of csvCells(statement)) batch.add(cells)
    return batch.end()
  } finally {
    batch.free()
  }
}

function * bulkRows(statement: BulkInsert): Generator<readonly Given[]> {
  const { transform, columns, map } = statement
  const take = transform && transformer(transform, statement.tree.at)
  const targets = columns.map(({ type }) => type)
  for (const mapped of statement.format === 'CSV' ? csvRows(statement) : jsonRows(statement)) {
    if (take) yield take(mapped).map(({ value, type }, at) => ({ value: fitted(value, type, targets[at] ?? type) }))
    else yield mapped.map((value, at) => ({ value: fitted(value, map[at]?.type, targets[at]) }))
  }
}

/** A value as its column has it: the checker has allowed the pair. */
const fitted = (value: Value, from: DataType | undefined, to: DataType | undefined): Value => {
  if (value === null || !from || !to || from === to) return value
  const isList = Array.isArray(value)
  if (to.name === 'idset' || to.name === 'idsetq') return isList ? value : [value as bigint]
  if (to.name === 'stringset' || to.name === 'stringsetq') return isList ? value : [value as string]
  return printType(from) === printType(to) ? value : castValue(value, from, to)
}

const textRows = function * <T>(rows: { take(bytes: Buffer): void; end(): void; next(): T | RefusedRow | undefined }, text: string): Generator<T> {
  rows.take(Buffer.from(text))
  rows.end()
  for (let row = rows.next(), number = 1; row !== undefined; row = rows.next(), number += 1) {
    if (row instanceof RefusedRow) return rejected(`[0:0] row ${number}: ${row.message}`)
    yield row
  }
}

/** As many of the rows as are asked for. */
function * limited<T>({ rowsLimit = 0n }: BulkInsert, rows: Iterable<T>): Generator<T> {
  let left = rowsLimit > 0n ? rowsLimit : -1n
  for (const row of rows) {
    yield row
    left -= 1n
    if (left === 0n) return
  }
}

function * csvCells(statement: BulkInsert): Generator<readonly string[]> {
  const rows = textRows(new CsvRows(), statement.source)
  if (statement.headerRow) rows.next()
  yield * limited(statement, rows)
}

function * csvRows(statement: BulkInsert): Generator<readonly Value[]> {
  const { map, tree: { at } } = statement
  const places = map.map(({ from }) => Number(from))
  for (const cells of csvCells(statement)) {
    yield map.map(({ type }, entry) => cellValue(cellOf(cells, places[entry] ?? -1, at), type, at))
  }
}

function * jsonRows(statement: BulkInsert): Generator<readonly Value[]> {
  const { source, map, allowMissingValues, tree: { at } } = statement
  const readers = map.map(({ from }) => pathReader(String(from)))
  for (const row of limited(statement, textRows(new JsonRows(), source))) {
    yield map.map(({ type, from }, entry) => {
      const found = readers[entry]?.(row)
      if (found === undefined && !allowMissingValues) throw meaningError(at, `unknown key ${String(from).replace(/^\$\.?/, '')}`)
      return found === undefined ? null : jsonValue(found, type, at)
    })
  }
}

const nanosInMilli = 1_000_000n

interface TypedValue { readonly value: Value; readonly type: DataType }

/** What TRANSFORM makes of the values of a row. */
const transformer = (transform: readonly TypedExpression[], at: Position): (mapped: readonly Value[]) => readonly TypedValue[] => {
  if (transform.some(asksDatabase)) throw meaningError(at, 'a query cannot stand in TRANSFORM')
  const now = BigInt(Date.now()) * nanosInMilli
  const each = transform.map((expression) => ({ type: expression.type, of: evaluatorOf(expression) }))
  return (mapped) => each.map(({ type, of }) => ({ value: of({ mapped, now }), type }))
}
