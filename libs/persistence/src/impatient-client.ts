import pg from 'pg'

type Query = (...given: readonly unknown[]) => unknown

/**
 * A client that ends its connection when a statement is not answered in time: a server that hangs, or one behind a network that
 * is gone, never says so itself. What was under way fails like anything else on a lost connection, and the pool makes a new one,
 * so that no later transaction finds the remains of an earlier. A session that has lifted its own limit is waited for.
 */
export const impatientClient = (answerMs: number) => class extends pg.Client {
  constructor(config?: string | pg.ClientConfig) {
    super(config)
    let waiting: NodeJS.Timeout | undefined
    let patient = false
    const answered = (): void => {
      clearTimeout(waiting)
      waiting = undefined
    }
    // The method has many shapes, and each is handed on as it came.
    const query = this.query.bind(this) as Query
    const watched: Query = (...given) => {
      const [text] = given
      if (typeof text === 'string' && /SET statement_timeout\b/.test(text)) patient = !text.includes('RESET')
      if (!patient) waiting ??= setTimeout(() => this.connection.stream.destroy(), answerMs)
      return query(...given)
    }
    this.query = watched as typeof this.query
    this.on('drain', answered)
    this.once('end', answered)
  }
}
