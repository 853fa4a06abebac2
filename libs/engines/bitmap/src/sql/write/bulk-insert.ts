import { type DataType, type Position, type TypedExpression, type TypedStatement, type Value, asksDatabase, castValue, evaluatorOf, meaningError, printType } from '@tenantry/featurebase-sql'
import { CsvRows } from '../../import/csv.js'
import { JsonRows } from '../../import/ndjson.js'
import { RefusedRow } from '../../import/refused-row.js'
import type { Space } from '../../space.js'
import { rejected } from '../rejected.js'
import { cellValue, jsonValue } from './bulk-values.js'
import { pathReader } from './json-path.js'
import { type Given, tableFor, writeRows } from './rows-into.js'

type BulkInsert = Extract<TypedStatement, { kind: 'bulk insert' }>

/** Makes the rows of the text that stands in the statement, within a change: all of them or none. Says how many. */
export const bulkInsert = (space: Space, statement: BulkInsert): number => writeRows(space, tableFor(space, statement.table), statement.columns, bulkRows(statement))

function * bulkRows(statement: BulkInsert): Generator<readonly Given[]> {
  const { transform, columns, map, rowsLimit } = statement
  const take = transform && transformer(transform, statement.tree.at)
  const targets = columns.map(({ type }) => type)
  let rows = 0n
  for (const mapped of statement.format === 'CSV' ? csvRows(statement) : jsonRows(statement)) {
    if (rowsLimit !== undefined && rowsLimit > 0n && rows >= rowsLimit) return
    rows += 1n
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

function * csvRows({ source, map, headerRow, tree: { at } }: BulkInsert): Generator<readonly Value[]> {
  const places = map.map(({ from }) => Number(from))
  let isHeader = headerRow
  for (const cells of textRows(new CsvRows(), source)) {
    if (isHeader) isHeader = false
    else {
      yield map.map(({ type }, entry) => {
        const cell = cells[places[entry] ?? -1]
        if (cell === undefined) throw meaningError(at, `map index ${places[entry]} out of range`)
        return cellValue(cell, type, at)
      })
    }
  }
}

function * jsonRows({ source, map, allowMissingValues, tree: { at } }: BulkInsert): Generator<readonly Value[]> {
  const readers = map.map(({ from }) => pathReader(String(from)))
  for (const row of textRows(new JsonRows(), source)) {
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
