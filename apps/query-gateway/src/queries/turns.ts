import { Problem } from '@tenantry/contracts'
import type { Gone } from '@tenantry/engines-contract'
import { type Waiter, givenUp, longestSweepMs, whoStays } from './waiter.js'

export interface TurnRules {
  /** Statements of one database that are with the engine at a time. */
  readonly running: number
  /** Statements of one database that may wait for a turn, and of all databases together. */
  readonly waiting: number
  readonly waitingInAll: number
  /** How long a statement may wait before it is refused like one that ran too long. */
  readonly waitSeconds: number
}

interface Line {
  running: number
  /** First come, first served. */
  waiters: Waiter[]
}

const tooMany = (): Problem => new Problem('TooManyQueries', 'Too many statements wait for this database; send fewer at a time.', { retryAfterSeconds: 1 })

/** Gives each database a few turns at a time, first come first served, so that one busy tenant fills its own line and no other's. */
export class Turns {
  private readonly lines = new Map<string, Line>()
  private waitingInAll = 0
  private sweeper: NodeJS.Timeout | undefined

  constructor(private readonly rules: TurnRules) {}

  /** Takes a turn, at once where there is one (undefined) or later; `end` must follow. Throws TooManyQueries, QueryCancelled, QueryTimeout. */
  begin(database: string, gone: Gone): Promise<void> | undefined {
    const line = this.lines.get(database) ?? this.open(database)
    if (line.running >= this.rules.running) return this.wait(line, gone)
    line.running++
    return undefined
  }

  /** Hands the turn over to the next in line; a line that nobody stands in is forgotten. */
  end(database: string): void {
    const line = this.lines.get(database)
    if (!line) return
    for (let next = line.waiters.shift(); next; next = line.waiters.shift()) {
      this.waitingInAll--
      if (!next.gone.aborted) return next.go()
      next.refuse(givenUp())
    }
    if (--line.running === 0) this.lines.delete(database)
  }

  private open(database: string): Line {
    const line: Line = { running: 0, waiters: [] }
    this.lines.set(database, line)
    return line
  }

  private wait(line: Line, gone: Gone): Promise<void> {
    if (gone.aborted) throw givenUp()
    if (line.waiters.length >= this.rules.waiting) this.tidy(line)
    if (line.waiters.length >= this.rules.waiting || this.waitingInAll >= this.rules.waitingInAll) throw tooMany()
    this.waitingInAll++
    // A timer and a listener for each who waits would cost more than the rest of this class.
    this.sweeper ??= setInterval(() => this.sweep(), Math.min(longestSweepMs, this.rules.waitSeconds * 1000 / 4)).unref()
    return new Promise((go, refuse) => { line.waiters.push({ gone, until: performance.now() + this.rules.waitSeconds * 1000, go, refuse }) })
  }

  private sweep(): void {
    for (const line of this.lines.values()) this.tidy(line)
    if (this.waitingInAll > 0) return
    clearInterval(this.sweeper)
    this.sweeper = undefined
  }

  /** Sends away who has gone or has waited too long. */
  private tidy(line: Line): void {
    const staying = whoStays(line.waiters, () => new Problem('QueryTimeout', `The statement waited ${this.rules.waitSeconds} s for its turn and was given up; it never began.`))
    this.waitingInAll -= line.waiters.length - staying.length
    line.waiters = staying
  }
}
