import type { Column } from './catalogue.js'
import type { Sql, SqlValue } from './plan/sql.js'

/** Where a cell is: what its address is made of, for one that is not shown itself. */
export interface Place {
  readonly table: string
  /** The number of its row; undefined where rows have none. */
  readonly rowid: Sql | undefined
}

/**
 * How one kind of database spells what every statement is made of. JSON is made by the database itself, as text: a value that GraphQL cannot
 * show as it is becomes a mark (see `answer/marks.ts`), and whoever reads the answer looks for marks alone.
 */
export interface Dialect {
  placeholder(at: number): string
  /** A value as JSON text, never NULL. */
  cell(column: Column, value: Sql, place: Place): Sql
  /** A value as JSON text with all its digits. */
  exact(value: Sql): Sql
  /** A number as JSON text. */
  number(value: Sql): Sql
  /** Texts one after the other; a NULL is none. */
  concat(parts: readonly Sql[]): Sql
  /** The JSON texts of a column `o` of `rows` as a JSON array, a mark when there are more than `most`. */
  array(rows: Sql, most: number): Sql
  /** The same, and how many there are, as the two columns of one row. */
  countedArray(rows: Sql): Sql
  /** What is compared: the column itself, or what it is shown as. */
  compared(column: Column, value: Sql): Sql
  same(value: Sql, other: Sql): Sql
  different(value: Sql, other: Sql): Sql
  like(value: Sql, pattern: unknown): Sql
  likeAnyCase(value: Sql, pattern: unknown): Sql
  /** Whether the value is one of a list, which may be a slot. */
  among(column: Column, value: Sql, list: unknown): Sql
  /** Whether such a list speaks of rows without a value. */
  holdsNull(list: unknown): Sql
  bound(column: Column, value: unknown): Sql
  /** A number of rows, as `as` has it. */
  count(value: unknown, as: Convert): Sql
  /** What stands behind a key of an order. A missing value is smaller than all others, which not every database thinks by itself. */
  direction(isDescending: boolean, mayBeMissing: boolean): Sql
  /** Where a row stands, as one text, the part of such a text, and a value as it is compared with that. */
  cursor(values: readonly Sql[]): Sql
  placed(value: Sql): Sql
  cursorPart(cursor: unknown, at: number): Sql
}

export type Convert = (value: unknown) => SqlValue
