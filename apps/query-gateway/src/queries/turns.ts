import { Problem } from '@tenantry/contracts'

export interface TurnRules {
  /** Statements of one database that are with the engine at a time. */
  readonly running: number
  /** Statements of one database that may wait for a turn, and of all databases together. */
  readonly waiting: number
  readonly waitingInAll: number
  /** How long a statement may wait before it is refused like one that ran too long. */
  readonly waitSeconds: number
}

interface Waiter {
  readonly go: () => void
}

interface Line {
  running: number
  readonly waiters: Set<Waiter>
}

const tooMany = (): Problem => new Problem('TooManyQueries', 'Too many statements wait for this database; send fewer at a time.', { retryAfterSeconds: 1 })

const givenUp = (signal: AbortSignal): Problem =>
  signal.reason instanceof Problem ? signal.reason : new Problem('QueryCancelled', 'The request was given up before the statement began.')

/** Gives each database a few turns at a time, first come first served, so that one busy tenant fills its own line and no other's. */
export class Turns {
  private readonly lines = new Map<string, Line>()
  private waitingInAll = 0

  constructor(private readonly rules: TurnRules) {}

  /** Runs `work` when it is its turn. Throws TooManyQueries when the line is full; QueryCancelled, QueryTimeout before its turn. */
  async take<T>(database: string, signal: AbortSignal, work: () => Promise<T>): Promise<T> {
    const line = this.lines.get(database) ?? this.open(database)
    if (line.running >= this.rules.running) await this.wait(line, signal)
    else line.running++
    try {
      return await work()
    } finally {
      this.leave(database, line)
    }
  }

  private open(database: string): Line {
    const line: Line = { running: 0, waiters: new Set() }
    this.lines.set(database, line)
    return line
  }

  private wait(line: Line, signal: AbortSignal): Promise<void> {
    if (signal.aborted) throw givenUp(signal)
    if (line.waiters.size >= this.rules.waiting || this.waitingInAll >= this.rules.waitingInAll) throw tooMany()
    const turn = Promise.withResolvers<void>()
    const end = (): void => {
      line.waiters.delete(waiter)
      this.waitingInAll--
      signal.removeEventListener('abort', giveUp)
      clearTimeout(late)
    }
    const late = setTimeout(() => {
      end()
      turn.reject(new Problem('QueryTimeout', `The statement waited ${this.rules.waitSeconds} s for its turn and was given up; it never began.`))
    }, this.rules.waitSeconds * 1000)
    const giveUp = (): void => {
      end()
      turn.reject(givenUp(signal))
    }
    const waiter: Waiter = { go: () => { end(); turn.resolve() } }
    line.waiters.add(waiter)
    this.waitingInAll++
    signal.addEventListener('abort', giveUp, { once: true })
    return turn.promise
  }

  /** Hands the turn over to the next in line; a line that nobody stands in is forgotten. */
  private leave(database: string, line: Line): void {
    const [next] = line.waiters
    if (next) return next.go()
    if (--line.running === 0) this.lines.delete(database)
  }
}
