import type { Dialect } from '../dialect.js'
import { Slot, type Bound, type Sql, type SqlValue, spelled } from './sql.js'

/** A statement whose text is final; its values are filled in for each request. */
export interface Statement {
  readonly text: string
  readonly values: readonly Bound[]
}

export const statementOf = ({ placeholder }: Dialect, statement: Sql): Statement => ({ text: spelled(statement, placeholder), values: statement.values })

export const valuesOf = ({ values }: Statement, variables: Readonly<Record<string, unknown>>): readonly SqlValue[] =>
  values.map(({ value, as }) => as(value instanceof Slot ? variables[value.name] : value))

/** The variables that a statement cannot do without. */
export const slotsOf = ({ values }: Statement): readonly string[] => values.flatMap(({ value }) => value instanceof Slot ? [value.name] : [])
