import { type DataType, type TypedExpression, type TypedStatement, type Value, castValue, meaningError, printType } from '@tenantry/featurebase-sql'
import { CsvRows } from '../../import/csv.js'
import { JsonRows } from '../../import/ndjson.js'
import { RefusedRow } from '../../import/refused-row.js'
import type { Space } from '../../space.js'
import { rejected } from '../rejected.js'
import { evaluated } from '../values.js'
import { cellValue, jsonValue } from './bulk-values.js'
import { pathReader } from './json-path.js'
import { type Given, tableFor, writeRows } from './rows-into.js'

type BulkInsert = Extract<TypedStatement, { kind: 'bulk insert' }>

/** Makes the rows of the text that stands in the statement, within a change: all of them or none. */
export const bulkInsert = (space: Space, statement: BulkInsert): void => {
  writeRows(space, tableFor(space, statement.table), statement.columns, bulkRows(space, statement))
}

function * bulkRows(space: Space, statement: BulkInsert): Generator<readonly Given[]> {
  const { transform, columns, map, rowsLimit } = statement
  const take = transform && transformer(space, transform)
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

interface TypedValue { readonly value: Value; readonly type: DataType }

/** What TRANSFORM makes of the values of a row. */
const transformer = (space: Space, transform: readonly TypedExpression[]): (mapped: readonly Value[]) => readonly TypedValue[] => {
  const isSimple = transform.every(({ kind }) => kind === 'mapped' || kind === 'constant')
  return (mapped) => {
    const filled = transform.map((expression) => withMapped(expression, mapped))
    const values = isSimple ? filled.map((one) => one.kind === 'constant' ? one.value : null) : evaluated(space, filled)
    return values.map((value, at) => ({ value, type: transform[at]?.type ?? { name: 'void' } }))
  }
}

/** An expression with the values of a row in it. */
const withMapped = (expression: TypedExpression, mapped: readonly Value[]): TypedExpression => {
  if (expression.kind === 'mapped') return { kind: 'constant', at: expression.at, type: expression.type, value: mapped[expression.index] ?? null }
  return Object.fromEntries(Object.entries(expression).map(([name, part]) => [name, withMappedIn(part, mapped)])) as unknown as TypedExpression
}

const withMappedIn = (part: unknown, mapped: readonly Value[]): unknown => {
  if (Array.isArray(part)) return part.map((one) => withMappedIn(one, mapped))
  if (typeof part !== 'object' || part === null || !('kind' in part)) return part
  return withMapped(part as TypedExpression, mapped)
}
