import { Problem } from '@tenantry/contracts'

/** Runs a few pieces of work at once and lets a few more wait; refuses the rest with TooManyRequests instead of growing. */
export class BoundedQueue {
  private running = 0
  private readonly waiting: (() => void)[] = []

  constructor(private readonly atOnce: number, private readonly mostWaiting: number) {}

  async run<T>(work: () => Promise<T>): Promise<T> {
    if (this.running >= this.atOnce) await this.turn()
    else this.running++
    try {
      return await work()
    } finally {
      const next = this.waiting.shift()
      // The place is handed on, so that nobody who comes later takes it first.
      if (next) next()
      else this.running--
    }
  }

  private turn(): Promise<void> {
    if (this.waiting.length >= this.mostWaiting) {
      throw new Problem('TooManyRequests', 'Too many logins are being checked at the moment; try again shortly.', { retryAfterSeconds: 1 })
    }
    return new Promise((resolve) => { this.waiting.push(resolve) })
  }
}
