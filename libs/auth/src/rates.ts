import type { ServerResponse } from 'node:http'
import { type Principal, Problem } from '@tenantry/contracts'
import { type Bucket, Buckets, type Limits, type Rate, fixedLimits, holderOf, isLoopback, unlessSet } from '@tenantry/service'
import { type Call, callerAddress } from './credential.js'

/** For whom requests are counted. */
export type Counted = 'address' | 'key' | 'user'

/** What requests are about: each kind has limits of its own. */
export type RateKind = 'records' | 'queries'

interface Policy extends Rate {
  readonly name: Counted
  /** Whether callers on this machine are counted too. */
  readonly everywhere: boolean
}

/** What an answer says of the limits, and whether the request is refused by one of them. */
export interface Standing {
  readonly seen: readonly Seen[]
  readonly refusal?: Problem
}

/** One allowance, after it was used or found to be empty. */
export interface Seen {
  readonly name: string
  readonly rate: Rate
  readonly left: number
  readonly wholeInMs: number
}

/** The two headers of draft-ietf-httpapi-ratelimit-headers, as names and values in turn. */
export const rateHeaders = (seen: readonly Seen[]): readonly string[] => seen.length === 0 ? none : [
  'ratelimit-policy', seen.map(({ name, rate }) => `"${name}";q=${rate.many};w=${rate.withinSeconds}`).join(', '),
  'ratelimit', seen.map(({ name, left, wholeInMs }) => `"${name}";r=${left};t=${Math.ceil(Math.max(0, wholeInMs) / 1_000)}`).join(', '),
]

const none: readonly string[] = []
const free: Standing = { seen: [] }
const withinSeconds = fixedLimits.requestSeconds

const policiesOf = (kind: RateKind, limits: Limits): readonly Policy[] => {
  const policy = (name: Counted, variable: keyof Limits & (`RECORD_REQUESTS_PER_${string}` | `QUERY_REQUESTS_PER_${string}`)): Policy =>
    ({ name, withinSeconds, many: limits[variable] ?? unlessSet[variable as keyof typeof unlessSet], everywhere: limits[variable] !== undefined })
  return kind === 'records'
    ? [policy('address', 'RECORD_REQUESTS_PER_ADDRESS'), policy('key', 'RECORD_REQUESTS_PER_KEY'), policy('user', 'RECORD_REQUESTS_PER_USER')]
    : [policy('address', 'QUERY_REQUESTS_PER_ADDRESS'), policy('key', 'QUERY_REQUESTS_PER_KEY'), policy('user', 'QUERY_REQUESTS_PER_USER')]
}

const addressOf = ({ headers, socket }: Call): string => callerAddress({ address: socket?.remoteAddress ?? '', chain: String(headers['x-forwarded-for'] ?? '') })

/**
 * Bounds how many requests an address, a user and an API key may send to this service. An address is counted before anybody is asked
 * who calls; of a caller the key comes first, so that a key which runs wild takes nothing from its owner's other ones.
 */
export class Rates {
  private readonly policies: readonly (Policy & { readonly buckets: Buckets })[]
  /** While no limit is set for it, nothing of this costs a caller on this machine more than a look at the address. */
  private readonly freeHere: boolean

  constructor(kind: RateKind, limits: Limits, private readonly now: () => number = () => performance.now()) {
    this.policies = policiesOf(kind, limits).map((policy) => ({ ...policy, buckets: new Buckets(policy) }))
    this.freeHere = this.policies.every(({ everywhere }) => !everywhere)
  }

  /** Counts a request for its address, and for its caller where that is known already. */
  take(call: Call, caller: Principal | undefined): Standing {
    const address = addressOf(call)
    const here = isLoopback(address)
    return here && this.freeHere ? free : this.count(here, holderOf(address), caller)
  }

  /** The same for a caller who was found out after the address had been counted; what is answered is of both. */
  takeCaller(call: Call, caller: Principal, before: Standing): Standing {
    const here = isLoopback(addressOf(call))
    if (here && this.freeHere) return free
    const { seen, ...found } = this.count(here, undefined, caller)
    return { ...found, seen: [...before.seen, ...seen] }
  }

  private count(here: boolean, address: string | undefined, caller: Principal | undefined): Standing {
    const now = this.now()
    const seen: Seen[] = []
    for (const policy of this.policies) {
      const holder = here && !policy.everywhere ? undefined : holderFor(policy.name, address, caller)
      if (holder === undefined) continue
      const bucket = policy.buckets.take(holder, now)
      seen.push({ name: policy.name, rate: policy, left: bucket.waitMs > 0 ? 0 : policy.buckets.left(bucket, now), wholeInMs: bucket.wholeAt - now })
      if (bucket.waitMs > 0) return { seen, refusal: tooMany(policy, bucket) }
    }
    return { seen }
  }
}

const holderFor = (name: Counted, address: string | undefined, caller: Principal | undefined): string | undefined => {
  if (name === 'address') return address
  if (name === 'user') return caller?.userId
  return caller?.credential.kind === 'key' ? caller.credential.id : undefined
}

const whose: Readonly<Record<Counted, string>> = { address: 'from your address', key: 'with this API key', user: 'of this user' }

const tooMany = ({ name, many }: Policy, { waitMs }: Bucket): Problem => new Problem(
  'TooManyRequests', `Too many requests come ${whose[name]}: ${many} are let in within ${withinSeconds} seconds. Send fewer, or try again later.`, { retryAfterSeconds: waitMs / 1_000 })

/** Puts a standing's headers on an answer that is not begun yet. */
export const sayStanding = (response: ServerResponse, { seen }: Pick<Standing, 'seen'>): void => {
  const headers = rateHeaders(seen)
  for (let at = 0; at + 1 < headers.length; at += 2) response.setHeader(headers[at] ?? '', headers[at + 1] ?? '')
}
