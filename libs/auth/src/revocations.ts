import type { Principal, Revocation } from '@tenantry/contracts'
import { leewaySeconds, tokenLifeSeconds } from './claims.js'

const keptMs = (tokenLifeSeconds + 2 * leewaySeconds) * 1000
const betweenSweepsMs = 60_000

/**
 * What was taken back, remembered for as long as a token made before may live. A key is remembered as long: by then every answer
 * about it has been asked for anew.
 */
export class Revocations {
  private readonly until = new Map<string, number>()
  private readonly epochs = new Map<string, { epoch: number; until: number }>()
  private sweptAt: number

  constructor(private readonly now: () => number) {
    this.sweptAt = now()
  }

  add(entry: Revocation): void {
    const until = this.now() + keptMs
    if (entry.kind === 'user') this.epochs.set(entry.id, { epoch: Math.max(entry.epoch, this.epochs.get(entry.id)?.epoch ?? 0), until })
    else this.until.set(entry.id, until)
    if (this.now() - this.sweptAt > betweenSweepsMs) this.sweep()
  }

  cover(principal: Principal): boolean {
    return this.until.has(principal.credential.id) || this.coverUser(principal)
  }

  /** Whether the user's epoch is a later one than this was proven in. */
  coverUser({ userId, epoch }: Principal): boolean {
    return (this.epochs.get(userId)?.epoch ?? 0) > epoch
  }

  get size(): number {
    return this.until.size + this.epochs.size
  }

  private sweep(): void {
    this.sweptAt = this.now()
    for (const [id, until] of this.until) if (until < this.sweptAt) this.until.delete(id)
    for (const [id, { until }] of this.epochs) if (until < this.sweptAt) this.epochs.delete(id)
  }
}

/** Whether one revocation ends one credential. */
export const ends = (entry: Revocation, principal: Principal): boolean => entry.kind === 'user'
  ? principal.userId === entry.id && principal.epoch < entry.epoch
  : principal.credential.id === entry.id
