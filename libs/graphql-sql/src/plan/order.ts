import { GraphQLError } from 'graphql'
import { decided, isInputs } from './inputs.js'
import { type Planning, type Row, cellOf, joined, tableAs } from './scope.js'
import { type Sql, join, nothing, sql } from './sql.js'

/** One key of an order, smallest first or not. */
export interface OrderKey {
  readonly value: Sql
  readonly isDescending: boolean
  readonly mayBeMissing: boolean
}

/** The keys of an `order_by`, in their order; without one rows come as they were numbered. */
export const orderOf = (plan: Planning, row: Row, given: unknown): readonly OrderKey[] => {
  if (given === undefined || given === null) return byNumber(row)
  const keys = (decided(given) as readonly unknown[]).flatMap((each) => keysOf(plan, row, each))
  return keys.length === 0 ? byNumber(row) : keys
}

const byNumber = (row: Row): readonly OrderKey[] => {
  const { rowid } = row.api.table
  return rowid === undefined ? [] : [{ value: cellOf(row, rowid), isDescending: false, mayBeMissing: false }]
}

const keysOf = (plan: Planning, row: Row, given: unknown): readonly OrderKey[] => {
  const entries = isInputs(given) ? Object.entries(given) : []
  if (entries.length === 0) throw new GraphQLError('Error: Order must not be empty')
  return entries.flatMap(([name, direction]) => {
    const column = row.api.columns.get(name)
    if (column) return direction === null ? [] : [{ value: cellOf(row, column.name), isDescending: decided(direction) === 'DESC', mayBeMissing: !column.isNotNull }]
    const relation = row.api.relations.get(name)
    if (!relation || direction === null) return []
    const { other, tie } = joined(plan, row, relation)
    return keysOf(plan, other, direction).map(({ value, isDescending }) => ({ value: sql`(SELECT ${value} FROM ${tableAs(other)} WHERE ${tie} LIMIT 1)`, isDescending, mayBeMissing: true }))
  })
}

/** The same order with the row's key behind it, so that no two rows stand in one place. */
export const withKey = (row: Row, keys: readonly OrderKey[]): readonly OrderKey[] => {
  const { key, rowid } = row.api.table
  const more = (rowid === undefined ? key : [rowid]).map((column) => ({ value: cellOf(row, column), isDescending: false, mayBeMissing: false }))
  return [...keys, ...more.filter(({ value }) => !keys.some((known) => known.value.text === value.text))]
}

export const orderSql = ({ dialect }: Planning, keys: readonly OrderKey[]): Sql =>
  keys.length === 0 ? nothing : sql` ORDER BY ${join(keys.map(({ value, isDescending, mayBeMissing }) => sql`${value}${dialect.direction(isDescending, mayBeMissing)}`), ',')}`

/** What stands behind a cursor. A missing value is smaller than all others, as the order has it. */
export const behind = ({ dialect }: Planning, keys: readonly OrderKey[], cursor: unknown): Sql => {
  const steps = keys.map(({ value: key, isDescending }, at) => {
    const value = dialect.placed(key)
    const part = dialect.cursorPart(cursor, at)
    const equal = keys.slice(0, at).map((before, place) => dialect.same(dialect.placed(before.value), dialect.cursorPart(cursor, place)))
    const past = isDescending
      ? sql`(${value}<${part} OR ${value} IS NULL AND ${part} IS NOT NULL)`
      : sql`(${value}>${part} OR ${part} IS NULL AND ${value} IS NOT NULL)`
    return join([...equal, past], ' AND ')
  })
  return sql`(${join(steps, ' OR ')})`
}
