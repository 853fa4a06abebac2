import { randomUUID } from 'node:crypto'
import type { StatementSync } from 'node:sqlite'
import type { Answer } from '@tenantry/engines-contract'
import type { Connection } from './connection.js'

const noFields = Buffer.from('[]')

/**
 * Tells whether anything was committed since it was asked before. SQLite counts for a connection what all others commit, and nobody
 * writes through one that only reads; the count says nothing to another connection, so that each has a name of its own.
 */
export class Changes {
  private readonly name = randomUUID()
  private readonly counted: StatementSync

  constructor(private readonly connection: Connection) {
    this.counted = this.trusted(() => connection.database.prepare('PRAGMA data_version'))
  }

  tell(): Answer {
    const began = process.hrtime.bigint()
    const row = this.trusted(() => this.counted.get())
    return { fields: noFields, data: Buffer.from(JSON.stringify(`${this.name}.${String(row?.['data_version'])}`)), rows: 0, micros: Number((process.hrtime.bigint() - began) / 1000n) }
  }

  /** SQLite may prepare a statement anew when it runs it, and asks the authorizer again. */
  private trusted<T>(work: () => T): T {
    const { gate } = this.connection
    gate.trusted = true
    try {
      return work()
    } finally {
      gate.trusted = false
    }
  }
}
