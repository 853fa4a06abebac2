import type { SqlValue } from './plan/sql.js'

/** A statement that the database refused: its caller is at fault, and reads `message`. Whatever else goes wrong is thrown as it is. */
export class SqlFault extends Error {}

/** What runs statements. Each call MUST throw SqlFault for what the statement did wrong. */
export interface Runner {
  /** The first row, as its values. */
  one(text: string, values: readonly SqlValue[]): readonly unknown[] | undefined
  /** The first value of each row. */
  all(text: string, values: readonly SqlValue[]): readonly unknown[]
  /** Runs a change and tells how many rows it changed. */
  change(text: string, values: readonly SqlValue[]): number
  /** All or nothing: what `work` throws takes its changes with it. */
  transaction<T>(work: () => T): T
}
