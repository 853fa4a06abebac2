import { Inject, Injectable } from '@nestjs/common'
import { Problem } from '@tenantry/contracts'
import type { IdentityConfig } from '../config.js'
import { type Client, isSameText } from '../limits/client.js'
import { Limits } from '../limits/limits.service.js'
import { CONFIG } from '../platform/platform.module.js'

/** Who may sign up, and how often. A try counts whatever comes of it, because its answer tells whether an address is taken. */
@Injectable()
export class SignUpDoor {
  constructor(@Inject(CONFIG) private readonly config: Pick<IdentityConfig, 'signUp' | 'bootstrapToken'>, private readonly limits: Limits) {}

  /** Whether the caller has proven to be the operator. Throws SignUpClosed, TooManyRequests. */
  async pass(bootstrapToken: string | undefined, client: Client): Promise<boolean> {
    if (this.isOperators(bootstrapToken)) return true
    if (this.config.signUp !== 'open') throw new Problem('SignUpClosed', 'Sign-up is closed here; ask an administrator for an account.')
    await this.limits.take('sign-up', client)
    return false
  }

  private isOperators(token: string | undefined): boolean {
    const { bootstrapToken } = this.config
    return bootstrapToken !== undefined && token !== undefined && isSameText(token, bootstrapToken)
  }
}
