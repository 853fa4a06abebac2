import { createHash } from 'node:crypto'
import { Recent } from './recent.js'

const mostNames = 100_000
const free = 10
const longestMs = 15 * 60_000
const forgottenMs = 24 * 60 * 60_000

interface Failures {
  readonly count: number
  readonly atMs: number
}

/** Wrong passwords in a row for each name, known or not. After ten, every further one doubles the time until the next try. */
export class Guesses {
  private readonly failures: Recent<Failures>

  constructor(most = mostNames) {
    this.failures = new Recent(most)
  }

  waitMs(name: string, nowMs: number): number {
    const { count, atMs } = this.find(name, nowMs)
    return count < free ? 0 : Math.max(0, atMs + Math.min(longestMs, 1_000 * 2 ** (count - free)) - nowMs)
  }

  failed(name: string, nowMs: number): void {
    this.failures.set(digest(name), { count: this.find(name, nowMs).count + 1, atMs: nowMs })
  }

  succeeded(name: string): void {
    this.failures.delete(digest(name))
  }

  private find(name: string, nowMs: number): Failures {
    const found = this.failures.get(digest(name))
    return found && nowMs - found.atMs < forgottenMs ? found : { count: 0, atMs: nowMs }
  }
}

// A name may be anything that a stranger sends: kept this way all take the same room, and nobody's address is kept.
const digest = (name: string): string => createHash('sha256').update(name).digest('base64')
