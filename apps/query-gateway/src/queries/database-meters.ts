import { type DatabaseId, Problem, type ProblemCode } from '@tenantry/contracts'
import type { Answer } from '@tenantry/engines-contract'
import { bucketOf } from '@tenantry/service'

/** Upper bounds in seconds; one more counts what took longer. */
export const latencyBounds = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30] as const

/** What this process has seen of one database since it began to count. */
export interface DatabaseCounts {
  readonly answered: number
  readonly seconds: number
  /** How many took at most the bound of the same place and more than the one before. */
  readonly latencies: ArrayLike<number>
  readonly rows: number
  readonly bytes: number
  readonly refusals: ReadonlyMap<ProblemCode, number>
  readonly inFlight: number
}

export class DatabaseMeter implements DatabaseCounts {
  answered = 0
  seconds = 0
  readonly latencies = new Float64Array(latencyBounds.length + 1)
  rows = 0
  bytes = 0
  readonly refusals = new Map<ProblemCode, number>()
  inFlight = 0
  used = true

  succeed(seconds: number, { rows, data }: Pick<Answer, 'rows' | 'data'>): void {
    this.answered++
    this.seconds += seconds
    const bucket = bucketOf(latencyBounds, seconds)
    this.latencies[bucket] = (this.latencies[bucket] ?? 0) + 1
    this.rows += rows
    this.bytes += data.length
  }

  refuse(error: unknown): void {
    const code = error instanceof Problem ? error.code : 'InternalError'
    this.refusals.set(code, (this.refusals.get(code) ?? 0) + 1)
  }
}

/**
 * Counts what each database does, for a bounded number of databases: when there are more, one that was not used since the last
 * look is forgotten, and begins at zero when it comes back. Only databases that are there are counted.
 */
export class DatabaseMeters {
  private readonly meters = new Map<DatabaseId, DatabaseMeter>()

  constructor(private readonly most = 10_000) {}

  /** The meter of a database, from zero if there is none. */
  of(id: DatabaseId): DatabaseMeter {
    const known = this.meters.get(id)
    if (known) {
      known.used = true
      return known
    }
    const made = new DatabaseMeter()
    this.meters.set(id, made)
    if (this.meters.size > this.most) this.forgetOne()
    return made
  }

  /** What is known of a database, without counting it as used. */
  read(id: DatabaseId): DatabaseCounts {
    return this.meters.get(id) ?? new DatabaseMeter()
  }

  get size(): number {
    return this.meters.size
  }

  /** Those that were used since the last look, or are at work, go behind the others: each is passed over once at most. */
  private forgetOne(): void {
    for (let looks = this.meters.size; looks > 0; looks--) {
      const [oldest] = this.meters
      if (!oldest) return
      const [id, meter] = oldest
      this.meters.delete(id)
      if (looks > 1 && (meter.used || meter.inFlight > 0)) {
        meter.used = false
        this.meters.set(id, meter)
      } else return
    }
  }
}
