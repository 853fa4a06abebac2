import { createHash } from 'node:crypto'
import pg from 'pg'
import { momentType, readMoment } from './moment.js'

type Answer = Pick<pg.QueryResult, 'command' | 'rowCount' | 'rows'>
type Query = (...given: readonly unknown[]) => Promise<Answer>

/** More different texts than a service has; those past them are sent whole each time. */
const mostPrepared = 256

const names = new Map<string, string>()

/** What a text is prepared under, the same in every connection. */
const nameOf = (text: string): string | undefined => {
  const known = names.get(text)
  if (known !== undefined || names.size >= mostPrepared) return known
  const name = createHash('sha256').update(text).digest('base64url').slice(0, 20)
  names.set(text, name)
  return name
}

/** A statement with values is one of the service's own texts, parsed and planned once a connection; without, it is sent as it is. */
const prepared = (given: readonly unknown[]): readonly unknown[] => {
  const [text, values] = given
  const name = typeof text === 'string' && Array.isArray(values) && values.length > 0 ? nameOf(text) : undefined
  return name === undefined ? given : [{ name, text, values }]
}

/**
 * A client for one service's statements:
 * - it ends its connection when one is not answered in time, because a server that hangs, or one behind a network that is gone, never
 *   says so itself. What was under way fails like anything else on a lost connection, and the pool makes a new one, so that no later
 *   transaction finds the remains of an earlier. A session that has lifted its own limit is waited for;
 * - it sends the statement after START TRANSACTION without waiting for an answer to that;
 * - a COMMIT that undid the transaction, because a statement had failed that nobody waited for, is an error.
 */
export const serviceClient = (answerMs: number) => class extends pg.Client {
  constructor(config?: string | pg.ClientConfig) {
    super(config)
    this.setTypeParser(momentType, readMoment)
    let waiting: NodeJS.Timeout | undefined
    let patient = false
    const answered = (): void => {
      clearTimeout(waiting)
      waiting = undefined
    }
    // The method has many shapes, and each is handed on as it came.
    const query = this.query.bind(this) as Query
    const begin = (): Promise<Answer> => {
      // What would follow a transaction that has not begun would be kept bit by bit.
      query('START TRANSACTION').catch(() => this.connection.stream.destroy())
      return Promise.resolve({ command: 'START', rowCount: null, rows: [] })
    }
    const commit = async (): Promise<Answer> => {
      const answer = await query('COMMIT')
      if (answer.command !== 'COMMIT') throw new Error('The transaction was undone: a statement in it had failed.')
      return answer
    }
    let gathering = false
    /** What is sent before the next turn of the event loop leaves as one packet. */
    const gather = (): void => {
      if (gathering) return
      gathering = true
      const { stream } = this.connection
      stream.cork()
      process.nextTick(() => {
        gathering = false
        stream.uncork()
      })
    }
    const watched: Query = (...given) => {
      const [text] = given
      gather()
      if (typeof text === 'string' && /SET statement_timeout\b/.test(text)) patient = !text.includes('RESET')
      if (!patient) waiting ??= setTimeout(() => this.connection.stream.destroy(), answerMs)
      if (text === 'START TRANSACTION') return begin()
      if (text === 'COMMIT') return commit()
      return query(...prepared(given))
    }
    this.query = watched as typeof this.query
    this.on('drain', answered)
    this.once('end', answered)
  }
}
