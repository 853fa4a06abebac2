/**
 * What a column's values are: `whole` → Int, `real` → Float, `truth` → Boolean, `json` → JSON; all others are String. A `text` lies there
 * as text, an `untyped` may be anything and is shown as text, and a `file` is shown by its address.
 */
export type Form = 'whole' | 'real' | 'truth' | 'json' | 'text' | 'untyped' | 'file'

export interface Column {
  readonly name: string
  readonly form: Form
  /** Its type in the database's own words, where these are needed to write or to compare it. */
  readonly type?: string
  /** GraphQL may promise a value. */
  readonly isNotNull: boolean
  /** Whether a NULL may lie there all the same, as SQLite allows in some keys. */
  readonly mayHoldNull: boolean
  /** An insert need not name it. */
  readonly isOmittable: boolean
  /** Nobody may write it. */
  readonly isGenerated: boolean
  /** It is the value of an expression, in a view or generated: no type holds it to anything. */
  readonly isComputed: boolean
  /** What a CHECK lets it be. */
  readonly options?: readonly string[]
}

/** Columns of one table that hold the key of another, pair by pair. */
export interface ForeignKey {
  readonly table: string
  readonly columns: readonly string[]
  readonly to: string
  readonly toColumns: readonly string[]
}

export interface Table {
  readonly name: string
  readonly isView: boolean
  readonly columns: readonly Column[]
  /** The columns that name one row; none for a view. */
  readonly key: readonly string[]
  /** The column that every table without one of its own has as a number of the row. It is the first of `columns`. */
  readonly rowid?: string
}

/** The tables and views of one database, read when they are first asked for. */
export interface Catalogue {
  readonly names: readonly string[]
  /** Whether rows of it can be named and changed: a view has none of that. */
  isTable(name: string): boolean
  /** Undefined for one that cannot be read, as a view cannot whose table is gone. */
  table(name: string): Table | undefined
  /** The foreign keys from and to a table, those that lead to tables of the catalogue. */
  keysOf(name: string): { readonly from: readonly ForeignKey[]; readonly to: readonly ForeignKey[] }
}
