import { Inject, Injectable } from '@nestjs/common'
import { Problem } from '@tenantry/contracts'
import { unlessSet } from '@tenantry/service'
import type { IdentityConfig } from '../config.js'
import { Allowance } from '../limits/allowance.js'
import { refuseFor } from '../limits/too-many.js'
import { CONFIG } from '../platform/platform.module.js'
import { type Client, callerOf, isLoopback, isSameText } from './client.js'

/** Who may sign up, and how often. A try counts whatever comes of it, because its answer tells whether an address is taken. */
@Injectable()
export class SignUpDoor {
  private readonly signUps: Allowance

  constructor(@Inject(CONFIG) private readonly config: Pick<IdentityConfig, 'signUp' | 'bootstrapToken' | 'signUpsPerHour'>) {
    this.signUps = new Allowance(config.signUpsPerHour ?? unlessSet.SIGNUPS_PER_HOUR, 60 * 60_000)
  }

  /** Whether the caller has proven to be the operator. Throws SignUpClosed, TooManyRequests. */
  pass(bootstrapToken: string | undefined, client: Client): boolean {
    if (this.isOperators(bootstrapToken)) return true
    if (this.config.signUp !== 'open') throw new Problem('SignUpClosed', 'Sign-up is closed here; ask an administrator for an account.')
    this.count(client)
    return false
  }

  private isOperators(token: string | undefined): boolean {
    const { bootstrapToken } = this.config
    return bootstrapToken !== undefined && token !== undefined && isSameText(token, bootstrapToken)
  }

  private count(client: Client): void {
    if (this.config.signUpsPerHour === undefined && isLoopback(client)) return
    const caller = callerOf(client)
    const nowMs = performance.now()
    refuseFor(this.signUps.waitMs(caller, nowMs), 'Too many sign-ups have come from your address; try again later.')
    this.signUps.use(caller, nowMs)
  }
}
