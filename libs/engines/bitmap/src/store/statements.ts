import type { DatabaseSync, StatementSync } from 'node:sqlite'

/** Statements by their text, prepared once. There are a few for each table and field. */
export class Statements {
  private readonly prepared = new Map<string, StatementSync>()

  constructor(private readonly database: DatabaseSync, private readonly most = 2_000) {}

  get(sql: string): StatementSync {
    const known = this.prepared.get(sql)
    if (known) return known
    if (this.prepared.size >= this.most) this.prepared.clear()
    const statement = this.database.prepare(sql)
    this.prepared.set(sql, statement)
    return statement
  }

  /** Runs one that answers nothing, and says whether it changed anything. */
  run(sql: string, ...values: readonly (number | bigint | null | Uint8Array)[]): boolean {
    const statement = this.get(sql)
    // Node tells the last row's id with every run, and refuses to make a number of one past 2^53.
    statement.setReadBigInts(true)
    return statement.run(...values).changes !== 0n
  }

  /** Lets go of one that has failed: it would tell of it again when it is run the next time. */
  drop(sql: string): void {
    this.prepared.delete(sql)
  }

  clear(): void {
    this.prepared.clear()
  }
}
