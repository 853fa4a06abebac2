import { Problem } from '@tenantry/contracts'
import type { Limits } from './limits.js'

type Rules = Pick<Limits, 'EVENT_STREAMS' | 'EVENT_STREAMS_PER_ORG' | 'EVENT_STREAMS_PER_KEY'>

interface Taker {
  readonly orgId: string
  readonly holder: string
}

const tooMany = (what: string): Problem => new Problem('TooManyEventStreams', `${what}; close one of them first.`, { retryAfterSeconds: 5 })

/** Counts open streams: of each key or session, of each org, and in all. */
export class Places {
  private readonly ofHolder = new Map<string, number>()
  private readonly ofOrg = new Map<string, number>()
  private taken = 0

  constructor(private readonly rules: Rules) {}

  /** `giveBack` must follow. Throws TooManyEventStreams. */
  take({ orgId, holder }: Taker): void {
    const { EVENT_STREAMS_PER_KEY, EVENT_STREAMS_PER_ORG, EVENT_STREAMS } = this.rules
    if ((this.ofHolder.get(holder) ?? 0) >= EVENT_STREAMS_PER_KEY) throw tooMany(`This key or session has ${EVENT_STREAMS_PER_KEY} event streams open here already`)
    if ((this.ofOrg.get(orgId) ?? 0) >= EVENT_STREAMS_PER_ORG) throw tooMany(`Your org has ${EVENT_STREAMS_PER_ORG} event streams open here already`)
    if (this.taken >= EVENT_STREAMS) throw new Problem('TooManyEventStreams', 'Too many event streams are open here already; try again shortly.', { retryAfterSeconds: 5 })
    add(this.ofHolder, holder, 1)
    add(this.ofOrg, orgId, 1)
    this.taken++
  }

  giveBack({ orgId, holder }: Taker): void {
    add(this.ofHolder, holder, -1)
    add(this.ofOrg, orgId, -1)
    this.taken--
  }
}

const add = (counts: Map<string, number>, key: string, change: 1 | -1): void => {
  const count = (counts.get(key) ?? 0) + change
  if (count > 0) counts.set(key, count)
  else counts.delete(key)
}
