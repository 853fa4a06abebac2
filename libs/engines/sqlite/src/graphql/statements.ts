import type { StatementSync } from 'node:sqlite'
import type { Connection } from '../connection.js'

const mostKept = 128
const longestKept = 16 * 1024

/** Prepared statements of one connection that are run as they are; the least recently used is forgotten first. */
export class PlainStatements {
  private readonly kept = new Map<string, StatementSync>()

  constructor(private readonly connection: Connection) {}

  get(text: string): StatementSync {
    const known = this.kept.get(text)
    if (known) {
      this.kept.delete(text)
      this.kept.set(text, known)
      return known
    }
    const made = this.connection.database.prepare(text)
    made.setReturnArrays(true)
    if (text.length <= longestKept) this.kept.set(text, made)
    const [oldest] = this.kept.size > mostKept ? this.kept.keys() : []
    if (oldest !== undefined) this.kept.delete(oldest)
    return made
  }

  forget(text: string): void {
    this.kept.delete(text)
  }
}

const ofConnection = new WeakMap<Connection, PlainStatements>()

export const plainStatements = (connection: Connection): PlainStatements => {
  const known = ofConnection.get(connection)
  if (known) return known
  const made = new PlainStatements(connection)
  ofConnection.set(connection, made)
  return made
}
