import { type OrgId, Problem } from '@tenantry/contracts'
import { fixedLimits } from '@tenantry/service'

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

const givenUp = (): Problem => new Problem('QueryCancelled', 'The request was given up before the statement began.')

interface Waiter {
  readonly go: () => void
}

interface Org {
  readonly id: OrgId
  here: number
  textBytes: number
  running: number
  readonly waiters: Set<Waiter>
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
  private running = 0
  private textBytes = 0

  constructor(private readonly rules: OrgTurnRules) {}

  /** Counts a statement in; `leave` must follow. Throws TooManyQueriesOfOrg, TooManyQueries. */
  enter(id: OrgId, text: string): Visit {
    const org = this.orgs.get(id) ?? { id, here: 0, textBytes: 0, running: 0, waiters: new Set() }
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

  /** Runs `work` when it is the org's turn. Throws QueryTimeout, QueryCancelled before it. */
  async take<T>({ org }: Visit, signal: AbortSignal, patienceMs: number, work: () => Promise<T>): Promise<T> {
    if (org.running < this.rules.running && this.running < this.rules.runningInAll) this.begin(org)
    else await this.wait(org, signal, patienceMs)
    try {
      return await work()
    } finally {
      this.end(org)
    }
  }

  private checkText(org: Org, textBytes: number): void {
    if (org.textBytes + textBytes > this.rules.textBytes * orgsShareOfText) throw tooMany('Too many long statements of your org wait already; send fewer at a time, or shorter ones.')
    if (this.textBytes + textBytes > this.rules.textBytes) throw new Problem('TooManyQueries', 'Too many long statements wait here already; try again.', { retryAfterSeconds: 1 })
  }

  private begin(org: Org): void {
    org.running++
    this.running++
  }

  private end(org: Org): void {
    org.running--
    this.running--
    this.stand(org)
    const [next] = this.ring
    if (!next) return
    const [first] = next.waiters
    this.ring.delete(next)
    this.begin(next)
    first?.go()
    this.stand(next)
  }

  /** Keeps the org in the ring exactly while somebody of it could go; it joins at the end. */
  private stand(org: Org): void {
    if (org.waiters.size === 0 || org.running >= this.rules.running) this.ring.delete(org)
    else this.ring.add(org)
  }

  private wait(org: Org, signal: AbortSignal, patienceMs: number): Promise<void> {
    if (signal.aborted) throw givenUp()
    const turn = Promise.withResolvers<void>()
    const settle = (): void => {
      org.waiters.delete(waiter)
      this.stand(org)
      signal.removeEventListener('abort', giveUp)
      clearTimeout(late)
    }
    const refuse = (problem: Problem): void => { settle(); turn.reject(problem) }
    const giveUp = (): void => refuse(givenUp())
    const late = setTimeout(() => refuse(new Problem('QueryTimeout', 'The statement waited for a turn of your org until its time was over; it never began.')), Math.max(0, patienceMs))
    const waiter: Waiter = { go: () => { settle(); turn.resolve() } }
    signal.addEventListener('abort', giveUp, { once: true })
    org.waiters.add(waiter)
    this.stand(org)
    return turn.promise
  }
}
