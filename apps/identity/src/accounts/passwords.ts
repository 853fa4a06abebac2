import { createHmac, randomBytes } from 'node:crypto'
import { availableParallelism } from 'node:os'
import type { OnModuleDestroy } from '@nestjs/common'
import { deriveKey } from '@tenantry/secrets'
import bcrypt from 'bcrypt'
import { BoundedQueue } from './bounded-queue.js'
import { HashingThreads } from './hashing-threads.js'
import { normalised } from './password-rule.js'

const mostWaiting = 50
const leastCost = 4

export interface Checked {
  readonly matches: boolean
  /** The same password hashed as it would be today, when that is more work than its hash has. */
  readonly stronger?: string
}

/**
 * Hashes and checks passwords, in threads of their own and a bounded number at a time. bcrypt reads 72 bytes: a password first goes
 * through HMAC with the pepper, so that long ones count in full and a stolen table alone is worth nothing.
 */
export class Passwords implements OnModuleDestroy {
  private readonly key: Buffer
  private readonly queue: BoundedQueue
  private readonly threads: HashingThreads

  private constructor(pepper: Buffer, private readonly cost: number, private readonly dummies: readonly string[], atOnce: number) {
    this.key = deriveKey(pepper, 'identity/passwords')
    this.queue = new BoundedQueue(atOnce, mostWaiting)
    this.threads = new HashingThreads(atOnce)
  }

  static async create(pepper: Buffer, cost: number, atOnce = availableParallelism()): Promise<Passwords> {
    const dummy = await bcrypt.hash(randomBytes(32).toString('base64'), leastCost)
    // A hash that nothing matches is made by naming another cost in it; comparing with it takes that cost's time.
    const dummies = Array.from({ length: cost + 1 }, (_, at) => dummy.replace('$04$', `$${String(at).padStart(2, '0')}$`))
    return new Passwords(pepper, cost, dummies, atOnce)
  }

  hash(password: string): Promise<string> {
    return this.queue.run(() => this.threads.hash(this.peppered(password), this.cost))
  }

  /** Takes the time of one hash at today's cost, whether there is a hash to compare with, whichever cost it has, and whether it matches. */
  check(password: string, hash: string | undefined): Promise<Checked> {
    const peppered = this.peppered(password)
    return this.queue.run(async () => {
      const matches = await this.threads.compare(peppered, hash ?? this.dummy(this.cost)) && hash !== undefined
      const rounds = hash === undefined ? this.cost : bcrypt.getRounds(hash)
      if (matches && rounds < this.cost) return { matches, stronger: await this.threads.hash(peppered, this.cost) }
      // Each cost takes twice the time of the one before, so that all from an old hash's up to today's make one of today's.
      for (let cost = rounds; cost < this.cost; cost++) await this.threads.compare(peppered, this.dummy(cost))
      return { matches }
    })
  }

  async onModuleDestroy(): Promise<void> {
    await this.threads.close()
  }

  private dummy(cost: number): string {
    return this.dummies[cost] ?? ''
  }

  private peppered(password: string): string {
    return createHmac('sha256', this.key).update(normalised(password)).digest('base64')
  }
}
