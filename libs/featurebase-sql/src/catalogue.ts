import type { DataType } from './types.js'

/** What is known of a column, in FeatureBase's words. Bounds of decimals are scaled integers. */
export interface Column {
  readonly name: string
  readonly type: DataType
  /** How finely a timestamp counts. */
  readonly timeUnit?: 's' | 'ms' | 'us' | 'ns' | undefined
  /** Bounds of int and decimal. */
  readonly min?: bigint | undefined
  readonly max?: bigint | undefined
  /** The time quantum of idsetq and stringsetq. */
  readonly timeQuantum?: string | undefined
}

/** A table of the tenant's or one of the system's. `_id` is the first column. */
export interface TableEntry {
  readonly kind: 'table' | 'system table'
  /** As it is kept: in small letters. */
  readonly name: string
  readonly columns: readonly Column[]
}

export interface ViewEntry {
  readonly kind: 'view'
  readonly name: string
  /** The text of its query. */
  readonly text: string
}

/** What the checker asks about a database. Names are given in small letters. */
export interface SqlCatalogue {
  find(name: string): TableEntry | ViewEntry | undefined
}
