import { createHmac } from 'node:crypto'
import { Inject, Injectable } from '@nestjs/common'
import type { Seen } from '@tenantry/auth'
import { deriveKey } from '@tenantry/secrets'
import { unlessSet } from '@tenantry/service'
import type { EntityManager } from 'typeorm'
import type { IdentityConfig } from '../config.js'
import { CONFIG } from '../platform/platform.module.js'
import { type AllowanceRule, Allowances, type Standing, type Taker } from './allowances.js'
import { type Client, callerOf, isLoopback, networkOf } from './client.js'
import { FamiliarPlaces } from './familiar-places.js'
import { type Guess, Guesses } from './guesses.js'
import { refuseFor } from './too-many.js'

/** What is counted for each caller, and for the network that the caller is in. */
export type Counted = 'login' | 'sign-up' | 'refresh' | 'key' | 'mail' | 'link'

const messages: Readonly<Record<Counted, string>> = {
  login: 'Too many logins have failed; try again later.',
  'sign-up': 'Too many sign-ups have come from your address; try again later.',
  refresh: 'Too many refresh tokens have failed; try again later.',
  key: 'Too many API keys have failed; try again later.',
  mail: 'Too many mails were asked for from your address; try again later.',
  link: 'Too many links have failed; try again later.',
}

const minute = 60
const hour = 60 * minute

/** A network may do as much as so many of its callers. */
const callersInNetwork = 5

type LimitsConfig = Pick<IdentityConfig, 'pepper' | 'signUpsPerHour' | 'failedLoginsPerMinute' | 'failedTokensPerMinute' | 'mailsPerHour'>
type Rules = readonly (readonly ['caller' | 'network', AllowanceRule])[]

/** A minute's worth of a caller's failures is what the whole network has five of in an hour: who fails on goes on slowly. */
const rulesOf = ({ signUpsPerHour = unlessSet.SIGNUPS_PER_HOUR, failedLoginsPerMinute, failedTokensPerMinute, mailsPerHour }: LimitsConfig): Readonly<Record<Counted, Rules>> => {
  const rules = (name: Counted, many: number, withinSeconds: number, networkSeconds: number): Rules => [
    ['caller', { scope: name, many, withinSeconds }],
    ['network', { scope: `${name}/network`, many: many * callersInNetwork, withinSeconds: networkSeconds }],
  ]
  return {
    login: rules('login', failedLoginsPerMinute, minute, hour),
    'sign-up': rules('sign-up', signUpsPerHour, hour, hour),
    refresh: rules('refresh', failedTokensPerMinute, minute, minute),
    key: rules('key', failedTokensPerMinute, minute, minute),
    mail: rules('mail', mailsPerHour, hour, hour),
    link: rules('link', failedTokensPerMinute, minute, minute),
  }
}

const seenOf = ({ rule }: Taker, { left, wholeInMs }: Standing): Seen => ({ name: rule.scope, rate: rule, left, wholeInMs })
const asGivenBack = (seen: Seen): Seen => ({ ...seen, left: seen.left + 1, wholeInMs: seen.wholeInMs - 1_000 * seen.rate.withinSeconds / seen.rate.many })

/** What was taken of a caller's allowances. */
export interface Taken { giveBack(): Promise<void> }

/** How often something may be tried, counted in Postgres for all processes together. Subjects are digests under the pepper. */
@Injectable()
export class Limits {
  private readonly key: Buffer
  private readonly rules: Readonly<Record<Counted, Rules>>

  constructor(@Inject(CONFIG) private readonly config: LimitsConfig, private readonly allowances: Allowances, private readonly guesses: Guesses,
    private readonly places: FamiliarPlaces) {
    this.key = deriveKey(config.pepper, 'identity/limits')
    this.rules = rulesOf(config)
  }

  /** Counts one of the caller's and one of its network's tries. Throws TooManyRequests, and then counts none. This machine's own are free. */
  async take(counted: Counted, client: Client): Promise<Taken> {
    const free = isLoopback(client) && !(counted === 'sign-up' && this.config.signUpsPerHour !== undefined)
    const takers = free ? [] : this.rules[counted].map(([who, rule]) => ({ rule, subject: this.digest(who === 'caller' ? callerOf(client) : networkOf(client)) }))
    const taken: Taker[] = []
    const seen: Seen[] = []
    const giveBack = async (): Promise<void> => {
      for (const taker of taken) await this.allowances.giveBack(taker)
      client.tell?.(seen.map(asGivenBack))
    }
    for (const taker of takers) {
      const standing = await this.allowances.take(taker)
      if (standing.waitMs > 0) await giveBack()
      client.tell?.([...seen, seenOf(taker, standing)])
      refuseFor(standing.waitMs, messages[counted])
      taken.push(taker)
      seen.push(seenOf(taker, standing))
    }
    return { giveBack }
  }

  /** Counts a guess at the password of a name, known or not. Throws TooManyRequests. */
  async guess(name: string, client: Client): Promise<Guess> {
    return await this.guesses.begin({ place: this.digest('place', name, callerOf(client)), name: this.digest('name', name) })
  }

  /** Until when each of these names has to wait at some place; those who need not are left out. */
  async waits(names: readonly string[]): Promise<ReadonlyMap<string, Date>> {
    const named = new Map(names.map((name) => [this.digest('name', name).toString('hex'), name]))
    const waits = await this.guesses.waits([...named.keys()].map((digest) => Buffer.from(digest, 'hex')))
    return new Map(waits.map(({ name, until }) => [named.get(name.toString('hex')) ?? '', until]))
  }

  /** Forgets the wrong passwords of a name, at every place. */
  async unlock(tx: EntityManager, name: string): Promise<void> {
    await this.guesses.forget(tx, this.digest('name', name))
  }

  /** The name's owner was here: see FamiliarPlaces. */
  async wasHere(name: string, client: Client): Promise<void> {
    await this.places.remember(this.digest('place', name, callerOf(client)))
  }

  async clean(): Promise<void> {
    await Promise.all([this.allowances.clean(), this.guesses.clean(), this.places.clean()])
  }

  // A name may be anything that a stranger sends: kept this way all take the same room, and nobody's address is kept.
  private digest(...parts: readonly string[]): Buffer {
    return createHmac('sha256', this.key).update(JSON.stringify(parts)).digest()
  }
}
