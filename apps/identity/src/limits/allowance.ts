import { Recent } from './recent.js'

const mostCallers = 50_000

interface Bucket {
  readonly left: number
  readonly atMs: number
}

/** So many of something for each caller within a time; what was used comes back evenly over that time. */
export class Allowance {
  private readonly buckets: Recent<Bucket>

  constructor(private readonly many: number, private readonly withinMs: number, most = mostCallers) {
    this.buckets = new Recent(most)
  }

  /** Milliseconds until the caller has one again; 0 when there is one now. */
  waitMs(caller: string, nowMs: number): number {
    return Math.max(0, Math.ceil((1 - this.left(caller, nowMs)) * this.withinMs / this.many))
  }

  use(caller: string, nowMs: number): void {
    this.buckets.set(caller, { left: Math.max(0, this.left(caller, nowMs) - 1), atMs: nowMs })
  }

  private left(caller: string, nowMs: number): number {
    const bucket = this.buckets.get(caller)
    return bucket ? Math.min(this.many, bucket.left + (nowMs - bucket.atMs) * this.many / this.withinMs) : this.many
  }
}
