import { Inject, Injectable } from '@nestjs/common'
import { Problem } from '@tenantry/contracts'
import type { AccountView } from '../accounts/account.js'
import { AccountsService } from '../accounts/accounts.service.js'
import { emailKey } from '../accounts/email.js'
import type { IdentityConfig } from '../config.js'
import { Allowance } from '../limits/allowance.js'
import { Guesses } from '../limits/guesses.js'
import { refuseFor } from '../limits/too-many.js'
import { CONFIG } from '../platform/platform.module.js'
import { type Client, callerOf, isLoopback } from './client.js'
import { type SessionTokens, SessionsService } from './sessions.service.js'

const refusal = 'Too many logins have failed; try again later.'

/** Trades an address and a password for tokens. Who guesses is slowed down before any work is done, whether the account exists or not. */
@Injectable()
export class LogIn {
  private readonly guesses = new Guesses()
  private readonly failures: Allowance

  constructor(@Inject(CONFIG) config: Pick<IdentityConfig, 'failedLoginsPerMinute'>, private readonly accounts: AccountsService,
    private readonly sessions: SessionsService) {
    this.failures = new Allowance(config.failedLoginsPerMinute, 60_000)
  }

  /** Throws LoginFailed, TooManyRequests. */
  async run(email: string, password: string, client: Client): Promise<SessionTokens> {
    const name = emailKey(email)
    const caller = isLoopback(client) ? undefined : callerOf(client)
    const nowMs = performance.now()
    refuseFor(Math.max(this.guesses.waitMs(name, nowMs), caller === undefined ? 0 : this.failures.waitMs(caller, nowMs)), refusal)
    const account = await this.prove(email, password, () => this.note(name, caller))
    this.guesses.succeeded(name)
    return await this.sessions.begin(account)
  }

  private async prove(email: string, password: string, failed: () => void): Promise<AccountView> {
    try {
      return await this.accounts.prove(email, password)
    } catch (error) {
      if (error instanceof Problem && error.code === 'LoginFailed') failed()
      throw error
    }
  }

  private note(name: string, caller: string | undefined): void {
    const nowMs = performance.now()
    this.guesses.failed(name, nowMs)
    if (caller !== undefined) this.failures.use(caller, nowMs)
  }
}
