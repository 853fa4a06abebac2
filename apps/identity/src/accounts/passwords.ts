import { createHmac, randomBytes } from 'node:crypto'
import { availableParallelism } from 'node:os'
import { deriveKey } from '@tenantry/secrets'
import bcrypt from 'bcrypt'
import { BoundedQueue } from './bounded-queue.js'
import { normalised } from './password-rule.js'

const mostWaiting = 50

export interface Checked {
  readonly matches: boolean
  /** The same password hashed as it would be today, when that is more work than its hash has. */
  readonly stronger?: string
}

/**
 * Hashes and checks passwords, off the event loop and a bounded number at a time. bcrypt reads 72 bytes: a password first goes
 * through HMAC with the pepper, so that long ones count in full and a stolen table alone is worth nothing.
 */
export class Passwords {
  private readonly key: Buffer
  private readonly queue: BoundedQueue
  /** Compared against where there is no account, so that an unknown address costs what a known one does. */
  private readonly dummy: string

  private constructor(pepper: Buffer, private readonly cost: number, dummy: string, atOnce: number) {
    this.key = deriveKey(pepper, 'identity/passwords')
    this.queue = new BoundedQueue(atOnce, mostWaiting)
    this.dummy = dummy
  }

  static async create(pepper: Buffer, cost: number, atOnce = Math.max(1, availableParallelism() - 1)): Promise<Passwords> {
    return new Passwords(pepper, cost, await bcrypt.hash(randomBytes(32).toString('base64'), cost), atOnce)
  }

  hash(password: string): Promise<string> {
    return this.queue.run(() => bcrypt.hash(this.peppered(password), this.cost))
  }

  check(password: string, hash: string | undefined): Promise<Checked> {
    const peppered = this.peppered(password)
    return this.queue.run(async () => {
      const matches = await bcrypt.compare(peppered, hash ?? this.dummy) && hash !== undefined
      const weak = matches && bcrypt.getRounds(hash) < this.cost
      return { matches, ...(weak && { stronger: await bcrypt.hash(peppered, this.cost) }) }
    })
  }

  private peppered(password: string): string {
    return createHmac('sha256', this.key).update(normalised(password)).digest('base64')
  }
}
