import type { StatementSync } from 'node:sqlite'
import { EngineRefusal } from '@tenantry/engines-contract'
import type { QueryLimits } from '@tenantry/engines-contract'
import type { Runner, SqlValue, SqlFault } from '@tenantry/graphql-sql'
import type { Connection } from '../connection.js'
import { refusalOf } from '../problems.js'
import { plainStatements } from './statements.js'

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

  one(text: string, values: readonly SqlValue[]): readonly unknown[] | undefined {
    const row = this.doing(text, (statement) => statement.get(...values)) as Iterable<unknown> | undefined
    const found = row === undefined ? undefined : row as readonly unknown[]
    this.counted(found?.[0])
    return found
  }

  all(text: string, values: readonly SqlValue[]): readonly unknown[] {
    return this.doing(text, (statement) => {
      const found: unknown[] = []
      for (const row of statement.iterate(...values) as Iterable<unknown> as Iterable<readonly unknown[]>) {
        this.counted(row[0])
        found.push(row[0])
      }
      return found
    })
  }

  change(text: string, values: readonly SqlValue[]): number {
    return this.doing(text, (statement) => Number(statement.run(...values).changes))
  }

  transaction<T>(work: () => T): T {
    try {
      return this.inTransaction(work)
    } catch (error) {
      throw this.told(error)
    }
  }

  private doing<T>(text: string, work: (statement: StatementSync) => T): T {
    // What is refused is refused for this statement's own reasons.
    this.connection.gate.begin()
    try {
      return work(plainStatements(this.connection).get(text))
    } catch (error) {
      plainStatements(this.connection).forget(text)
      throw this.told(error)
    }
  }

  private counted(value: unknown): void {
    this.bytes += typeof value === 'string' ? value.length : 0
    if (this.bytes > this.limits.answerBytes) throw this.tooLarge()
  }

  private tooLarge(): EngineRefusal {
    return new EngineRefusal('AnswerTooLarge', `The answer is longer than ${this.limits.answerBytes} bytes; ask for fewer rows or fields.`)
  }

  /** A statement's own fault is the caller's to read; what else went wrong goes its way. */
  private told(error: unknown): unknown {
    if (isTooBig(error)) return this.tooLarge()
    if (typeof error !== 'object' || error === null || !('errcode' in error)) return error
    const refusal = refusalOf(error, this.connection.gate.seen.deniedBecause)
    return refusal.code === 'EngineRejectedQuery' ? new this.Fault(refusal.message) : refusal
  }
}
