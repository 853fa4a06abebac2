import type { Dialect } from '../dialect.js'
import type { Fragments } from '../limits/measure.js'
import type { TenantSchema } from '../schema/schema.js'
import type { TableApi } from '../schema/table-api.js'
import type { Variables } from './inputs.js'
import { type Sql, quoted, raw, sql } from './sql.js'

/** What every part of a plan must know. */
export interface Planning {
  readonly schema: TenantSchema
  readonly dialect: Dialect
  readonly fragments: Fragments
  readonly variables: Variables
  /** A name for one more table of the statement. */
  alias(): Sql
}

export const planning = (schema: TenantSchema, dialect: Dialect, fragments: Fragments, variables: Variables): Planning => {
  let count = 0
  return { schema, dialect, fragments, variables, alias: () => raw(`t${count++}`) }
}

/** A row of a table inside a statement, by the name that the table has there. */
export interface Row {
  readonly api: TableApi
  readonly alias: Sql
  /** What its columns are called where they are those of a select. */
  readonly renamed?: (column: string) => string
}

export const cellOf = ({ alias, renamed }: Row, column: string): Sql => sql`${alias}.${quoted(renamed ? renamed(column) : column)}`

export const rowidOf = (row: Row): Sql | undefined => row.api.table.rowid === undefined ? undefined : cellOf(row, row.api.table.rowid)

/** The other end of a relation: its table in this statement, and what ties its rows to the row. */
export const joined = (plan: Planning, row: Row, { table, on }: { readonly table: string; readonly on: readonly (readonly [string, string])[] }): { readonly other: Row; readonly tie: Sql } => {
  const other: Row = { api: plan.schema.api(table), alias: plan.alias() }
  const ties = on.map(([own, its]) => sql`${cellOf(other, its)}=${cellOf(row, own)}`)
  return { other, tie: ties.reduce((all, tie) => sql`${all} AND ${tie}`) }
}

export const tableAs = ({ api, alias }: Row): Sql => sql`${quoted(api.table.name)} AS ${alias}`
