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
  readonly signal: AbortSignal
  readonly until: number
  readonly go: () => void
  readonly refuse: (problem: Problem) => void
}

interface Line {
  running: number
  /** First come, first served. */
  waiters: Waiter[]
}

const longestSweepMs = 250

const tooMany = (): Problem => new Problem('TooManyQueries', 'Too many statements wait for this database; send fewer at a time.', { retryAfterSeconds: 1 })

const givenUp = (signal: AbortSignal): Problem =>
  signal.reason instanceof Problem ? signal.reason : new Problem('QueryCancelled', 'The request was given up before the statement began.')

/** Gives each database a few turns at a time, first come first served, so that one busy tenant fills its own line and no other's. */
export class Turns {
  private readonly lines = new Map<string, Line>()
  private waitingInAll = 0
  private sweeper: NodeJS.Timeout | undefined

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
    const line: Line = { running: 0, waiters: [] }
    this.lines.set(database, line)
    return line
  }

  private wait(line: Line, signal: AbortSignal): Promise<void> {
    if (signal.aborted) throw givenUp(signal)
    if (line.waiters.length >= this.rules.waiting) this.tidy(line)
    if (line.waiters.length >= this.rules.waiting || this.waitingInAll >= this.rules.waitingInAll) throw tooMany()
    this.waitingInAll++
    // A timer and a listener for each who waits cost more than the rest of this class: one sweep looks after all of them.
    this.sweeper ??= setInterval(() => this.sweep(), Math.min(longestSweepMs, this.rules.waitSeconds * 1000 / 4)).unref()
    return new Promise((go, refuse) => { line.waiters.push({ signal, until: performance.now() + this.rules.waitSeconds * 1000, go, refuse }) })
  }

  private sweep(): void {
    for (const line of this.lines.values()) this.tidy(line)
    if (this.waitingInAll > 0) return
    clearInterval(this.sweeper)
    this.sweeper = undefined
  }

  /** Sends away who has gone or has waited too long. */
  private tidy(line: Line): void {
    const now = performance.now()
    line.waiters = line.waiters.filter((waiter) => this.stays(waiter, now))
  }

  private stays({ signal, until, refuse }: Waiter, now: number): boolean {
    if (!signal.aborted && now < until) return true
    this.waitingInAll--
    refuse(signal.aborted ? givenUp(signal)
      : new Problem('QueryTimeout', `The statement waited ${this.rules.waitSeconds} s for its turn and was given up; it never began.`))
    return false
  }

  /** Hands the turn over to the next in line; a line that nobody stands in is forgotten. */
  private leave(database: string, line: Line): void {
    for (let next = line.waiters.shift(); next; next = line.waiters.shift()) {
      this.waitingInAll--
      if (!next.signal.aborted) return next.go()
      next.refuse(givenUp(next.signal))
    }
    if (--line.running === 0) this.lines.delete(database)
  }
}
