import { setTimeout as delay } from 'node:timers/promises'
import { Problem } from '@tenantry/contracts'

const mostWaiting = 100
const patienceMs = 10_000
const pollMs = 50

/**
 * Lets a caller wait who is refused only because others of the same caller are being looked at: what those took of the allowance
 * comes back when they succeed.
 */
export class UnderWay {
  private readonly counts = new Map<string, number>()
  private waiting = 0

  /** Throws what `take` throws, once nobody of the caller is under way any more. */
  async take<T>(caller: string, take: () => Promise<T>): Promise<T> {
    for (const end = performance.now() + patienceMs; ;) {
      try {
        const taken = await take()
        this.counts.set(caller, (this.counts.get(caller) ?? 0) + 1)
        return taken
      } catch (error) {
        const mayPass = error instanceof Problem && error.code === 'TooManyRequests' && this.counts.has(caller)
        if (!mayPass || this.waiting >= mostWaiting || performance.now() > end) throw error
      }
      this.waiting++
      await delay(pollMs)
      this.waiting--
    }
  }

  end(caller: string): void {
    const left = (this.counts.get(caller) ?? 0) - 1
    if (left > 0) this.counts.set(caller, left)
    else this.counts.delete(caller)
  }
}
