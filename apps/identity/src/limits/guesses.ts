import { setTimeout as delay } from 'node:timers/promises'
import { Injectable } from '@nestjs/common'
import type { EntityManager } from 'typeorm'
import { type GuessFigures, type GuessedAt, GuessesRepository } from './guesses.repository.js'
import { refuseFor } from './too-many.js'

/** A guess that was let in. It is told exactly once how it went. */
export interface Guess {
  failed(): Promise<void>
  /** Clears the count. */
  succeeded(): Promise<void>
  /** Nothing was looked at: the guess is as if it had not been made. */
  undone(): Promise<void>
}

const mostWaiting = 100
const patienceMs = 10_000
const pollMs = [20, 40, 80, 160] as const
const refusal = 'Too many logins have failed; try again later.'

/**
 * Wrong passwords for each name, known or not. A guess is counted before it is looked at, so that however many come at once, and
 * to however many processes, no more than `free` are; each further one doubles the time until the next. Whoever only waits for
 * guesses under way is let wait: those may be the same right password, sent by many programs of one owner.
 */
@Injectable()
export class Guesses {
  private waiting = 0

  constructor(private readonly repository: GuessesRepository, private readonly figures: GuessFigures) {}

  /** Throws TooManyRequests, before any work was done. */
  async begin(at: GuessedAt): Promise<Guess> {
    const subject = await this.repository.reserve(at, this.figures) ?? await this.wait(at)
    return {
      failed: () => this.repository.failed(subject, at.name, this.figures),
      succeeded: () => this.repository.succeeded(subject),
      undone: () => this.repository.undone(subject),
    }
  }

  waits(names: readonly Buffer[]): Promise<readonly { readonly name: Buffer; readonly until: Date }[]> {
    return this.repository.waits(names, this.figures)
  }

  forget(tx: EntityManager, name: Buffer): Promise<void> {
    return this.repository.forget(tx, name)
  }

  clean(): Promise<void> {
    return this.repository.clean()
  }

  private async wait(at: GuessedAt): Promise<Buffer> {
    if (this.waiting >= mostWaiting) refuseFor(1_000, refusal)
    this.waiting++
    try {
      const end = performance.now() + patienceMs
      for (let turn = 0; ; turn++) {
        refuseFor(await this.repository.waitMs(at, this.figures), refusal)
        if (performance.now() > end) refuseFor(1_000, refusal)
        await delay(pollMs[Math.min(turn, pollMs.length - 1)])
        const subject = await this.repository.reserve(at, this.figures)
        if (subject) return subject
      }
    } finally {
      this.waiting--
    }
  }
}
