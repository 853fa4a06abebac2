import type { InsertValue, TypedExpression, TypedStatement } from '@tenantry/featurebase-sql'
import type { Space } from '../../space.js'
import { evaluated, selectedValues } from '../values.js'
import { type Given, tableFor, writeRows } from './rows-into.js'

type Insert = Extract<TypedStatement, { kind: 'insert' }>

/** Makes the rows of VALUES or of a query, within a change, and says how many. */
export const insert = (space: Space, { table, columns, rows }: Insert): number => {
  const data = tableFor(space, table)
  return writeRows(space, data, columns, Array.isArray(rows) ? givenRows(space, rows as readonly (readonly InsertValue[])[]) : selectedRows(space, rows as Exclude<typeof rows, readonly unknown[]>))
}

function * selectedRows(space: Space, query: Exclude<Insert['rows'], readonly unknown[]>): Generator<readonly Given[]> {
  // All of them are read first: what is inserted may be in the table that is asked.
  for (const row of [...selectedValues(space, query)]) yield row.map((value) => ({ value }))
}

const isConstant = (expression: TypedExpression): expression is Extract<TypedExpression, { kind: 'constant' }> => expression.kind === 'constant'

function * givenRows(space: Space, rows: readonly (readonly InsertValue[])[]): Generator<readonly Given[]> {
  for (const row of rows) {
    if (row.every(({ value, time }) => isConstant(value) && !time)) yield row.map(({ value }) => ({ value: isConstant(value) ? value.value : null }))
    else yield computedRow(space, row)
  }
}

const computedRow = (space: Space, row: readonly InsertValue[]): readonly Given[] => {
  const expressions = row.flatMap(({ value, time }) => time ? [value, time] : [value])
  const values = expressions.every(isConstant) ? expressions.map(({ value }) => value) : evaluated(space, expressions)
  let at = 0
  return row.map(({ time }) => {
    const value = values[at++] ?? null
    if (!time) return { value }
    const moment = values[at++]
    return { value, time: typeof moment === 'bigint' ? moment : undefined }
  })
}
