/** How often something may be done: so many times at once, and what was used comes back evenly over so many seconds. */
export interface Rate {
  readonly many: number
  readonly withinSeconds: number
}

/** One holder's bucket, as the last take left it. */
export interface Bucket {
  /** When it is full again. */
  readonly wholeAt: number
  /** 0 when the last take was given; otherwise how long it is until one will be. */
  readonly waitMs: number
}

interface Held extends Bucket {
  wholeAt: number
  waitMs: number
}

/**
 * Token buckets of many holders. A bucket is one moment, that at which it is full again, so nothing ticks. Who took nothing for as
 * long as a bucket takes to fill has a full one, and that is as good as none: two generations of that length are all that is
 * remembered. Past `max` holders in one of them, the older is forgotten early.
 */
export class Buckets {
  private young = new Map<string, Held>()
  private old = new Map<string, Held>()
  private turnsAt = 0
  private readonly windowMs: number
  private readonly eachMs: number

  constructor(private readonly rate: Rate, private readonly max = 50_000) {
    this.windowMs = rate.withinSeconds * 1_000
    this.eachMs = this.windowMs / rate.many
  }

  /** Takes one, or says how long to wait and takes none. What is answered is good until the holder's next take. */
  take(holder: string, now: number): Bucket {
    const held = this.heldOf(holder, now)
    const wholeAt = Math.max(held.wholeAt, now) + this.eachMs
    // A bucket of n is empty after n takes at one moment, whatever the sum of their parts is rounded to.
    const over = wholeAt - now - this.windowMs
    held.waitMs = over > this.eachMs / 1_000 ? over : 0
    if (held.waitMs === 0) held.wholeAt = wholeAt
    return held
  }

  /** How many are left of a bucket. */
  left({ wholeAt }: Bucket, now: number): number {
    return Math.max(0, this.rate.many - Math.ceil((wholeAt - now) / this.eachMs - 0.001))
  }

  get size(): number {
    return this.young.size + this.old.size
  }

  private heldOf(holder: string, now: number): Held {
    const known = this.young.get(holder)
    if (known && now < this.turnsAt) return known
    if (now >= this.turnsAt || this.young.size >= this.max) this.turn(now)
    const held = this.young.get(holder) ?? this.old.get(holder) ?? { wholeAt: 0, waitMs: 0 }
    this.young.set(holder, held)
    return held
  }

  private turn(now: number): void {
    this.old = now >= this.turnsAt + this.windowMs ? new Map() : this.young
    this.young = new Map()
    this.turnsAt = now + this.windowMs
  }
}
