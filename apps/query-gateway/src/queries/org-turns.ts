import { type OrgId, Problem } from '@tenantry/contracts'
import type { Gone } from '@tenantry/engines-contract'
import { fixedLimits } from '@tenantry/service'
import { type Waiter, givenUp, longestSweepMs, whoStays } from './waiter.js'

export interface OrgTurnRules {
  /** Statements of one org, of all its databases, that are with the engine at a time, and of all orgs together. */
  readonly running: number
  readonly runningInAll: number
  /** Statements of one org that may be here without being with the engine: in the lines of its databases, or in its own. */
  readonly waiting: number
  /** Bytes of text of all the statements that are here, small ones left aside: those are bounded by their number. */
  readonly textBytes: number
}

const { longStatementBytes, orgsShareOfText } = fixedLimits

const tooMany = (message: string): Problem => new Problem('TooManyQueriesOfOrg', message, { retryAfterSeconds: 1 })

interface Org {
  readonly id: OrgId
  here: number
  textBytes: number
  running: number
  /** First come, first served. */
  waiters: Waiter[]
}

/** One statement from its arrival until it is answered. */
export interface Visit {
  readonly org: Org
  readonly textBytes: number
}

/**
 * Gives each org a few turns at a time and lets orgs take turns when all of them together want more than the engine shall have:
 * one with many databases fills its own line and no other's.
 */
export class OrgTurns {
  private readonly orgs = new Map<OrgId, Org>()
  /** Orgs of which somebody waits that could go as far as the org is concerned; the first is the next to be given a turn. */
  private readonly ring = new Set<Org>()
  private waiting = 0
  private sweeper: NodeJS.Timeout | undefined
  private running = 0
  private textBytes = 0

  constructor(private readonly rules: OrgTurnRules) {}

  /** Counts a statement in; `leave` must follow. Throws TooManyQueriesOfOrg, TooManyQueries. */
  enter(id: OrgId, text: string): Visit {
    const org = this.orgs.get(id) ?? { id, here: 0, textBytes: 0, running: 0, waiters: [] }
    const textBytes = text.length < longStatementBytes ? 0 : Buffer.byteLength(text)
    if (org.here >= this.rules.running + this.rules.waiting) throw tooMany('Too many statements of your org wait already; send fewer at a time.')
    if (textBytes > 0) this.checkText(org, textBytes)
    if (org.here++ === 0) this.orgs.set(id, org)
    org.textBytes += textBytes
    this.textBytes += textBytes
    return { org, textBytes }
  }

  leave({ org, textBytes }: Visit): void {
    org.textBytes -= textBytes
    this.textBytes -= textBytes
    if (--org.here === 0) this.orgs.delete(org.id)
  }

  /** Takes a turn of the org, at once where there is one (undefined) or later; `end` must follow. Throws QueryTimeout, QueryCancelled. */
  begin({ org }: Visit, gone: Gone, patienceMs: number): Promise<void> | undefined {
    if (org.running >= this.rules.running || this.running >= this.rules.runningInAll) return this.wait(org, gone, patienceMs)
    this.count(org)
    return undefined
  }

  end({ org }: Visit): void {
    org.running--
    this.running--
    this.stand(org)
    if (this.ring.size > 0) this.giveAway()
  }

  private checkText(org: Org, textBytes: number): void {
    if (org.textBytes + textBytes > this.rules.textBytes * orgsShareOfText) throw tooMany('Too many long statements of your org wait already; send fewer at a time, or shorter ones.')
    if (this.textBytes + textBytes > this.rules.textBytes) throw new Problem('TooManyQueries', 'Too many long statements wait here already; try again.', { retryAfterSeconds: 1 })
  }

  private count(org: Org): void {
    org.running++
    this.running++
  }

  private giveAway(): void {
    const [next] = this.ring
    if (!next) return
    const first = next.waiters.shift()
    this.ring.delete(next)
    this.count(next)
    if (first) this.waiting--
    first?.go()
    this.stand(next)
  }

  /** Keeps the org in the ring exactly while somebody of it could go; it joins at the end. */
  private stand(org: Org): void {
    if (org.waiters.length === 0 || org.running >= this.rules.running) this.ring.delete(org)
    else this.ring.add(org)
  }

  private wait(org: Org, gone: Gone, patienceMs: number): Promise<void> {
    if (gone.aborted) throw givenUp()
    this.sweeper ??= setInterval(() => this.sweep(), longestSweepMs).unref()
    return new Promise((go, refuse) => {
      org.waiters.push({ gone, until: performance.now() + patienceMs, go, refuse })
      this.waiting++
      this.stand(org)
    })
  }

  /** Sends away who has gone or has waited too long. */
  private sweep(): void {
    for (const org of this.orgs.values()) this.tidy(org)
    if (this.waiting > 0) return
    clearInterval(this.sweeper)
    this.sweeper = undefined
  }

  private tidy(org: Org): void {
    if (org.waiters.length === 0) return
    const staying = whoStays(org.waiters, () => new Problem('QueryTimeout', 'The statement waited for a turn of your org until its time was over; it never began.'))
    this.waiting -= org.waiters.length - staying.length
    org.waiters = staying
    this.stand(org)
  }
}
