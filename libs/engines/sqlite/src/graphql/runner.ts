import { graphqlAnswerTooLong } from '@tenantry/engines-contract'
import type { QueryLimits } from '@tenantry/engines-contract'
import type { Ask, Found, Runner, SqlFault } from '@tenantry/graphql-sql'
import type { Connection } from '../connection.js'
import { refusalOf } from '../problems.js'
import { plainStatements } from './statements.js'

type Row = readonly unknown[]

const tooBig = 18
const isTooBig = (error: unknown): boolean => typeof error === 'object' && error !== null && 'errcode' in error && error.errcode === tooBig

/** Runs GraphQL's statements on one connection, for one request. Each passes the connection's authorizer like a caller's own. */
export class SqliteRunner implements Runner {
  private bytes = 0

  constructor(
    private readonly connection: Connection,
    private readonly limits: QueryLimits,
    private readonly inTransaction: <T>(work: () => T) => T,
    private readonly Fault: typeof SqlFault,
  ) {}

  run({ wants, text, values }: Ask): Found {
    // What is refused is refused for this statement's own reasons.
    this.connection.gate.begin()
    const statements = plainStatements(this.connection)
    try {
      const statement = statements.get(text)
      if (wants === 'change') return { rows: [], changes: Number(statement.run(...values).changes) }
      // The statement gives arrays, as it was told to; its type knows only the default.
      if (wants === 'rows') return { rows: this.all(statement.iterate(...values) as Iterable<unknown> as Iterable<Row>), changes: 0 }
      const row = statement.get(...values) as Iterable<unknown> | undefined as Row | undefined
      this.count(row)
      return { rows: row ? [row] : [], changes: 0 }
    } catch (error) {
      statements.forget(text)
      throw this.told(error)
    }
  }

  transaction<T>(work: () => T): T {
    try {
      return this.inTransaction(work)
    } catch (error) {
      throw this.told(error)
    }
  }

  private all(rows: Iterable<Row>): readonly Row[] {
    const found: Row[] = []
    for (const row of rows) {
      this.count(row)
      found.push(row)
    }
    return found
  }

  private count(row: Row | undefined): void {
    const value = row?.[0]
    this.bytes += typeof value === 'string' ? value.length : 0
    if (this.bytes > this.limits.answerBytes) throw graphqlAnswerTooLong(this.limits)
  }

  /** A statement's own fault is the caller's to read; what else went wrong goes its way. */
  private told(error: unknown): unknown {
    if (isTooBig(error)) return graphqlAnswerTooLong(this.limits)
    if (typeof error !== 'object' || error === null || !('errcode' in error)) return error
    const refusal = refusalOf(error, this.connection.gate.seen.deniedBecause)
    return refusal.code === 'EngineRejectedQuery' ? new this.Fault(refusal.message) : refusal
  }
}
