import { Injectable } from '@nestjs/common'
import { Problem, emailKey } from '@tenantry/contracts'
import type { AccountView } from '../accounts/account.js'
import { AccountsService, loginFailed } from '../accounts/accounts.service.js'
import { type Client, callerOf } from '../limits/client.js'
import type { Guess } from '../limits/guesses.js'
import { Limits, type Taken } from '../limits/limits.service.js'
import { UnderWay } from '../limits/under-way.js'
import { type SessionTokens, SessionsService } from './sessions.service.js'

/**
 * Trades an address and a password for tokens. A try is counted in Postgres before any work is done for it, whether the account
 * exists or not; when Postgres cannot be asked, nobody logs in.
 */
@Injectable()
export class LogIn {
  private readonly underWay = new UnderWay()

  constructor(private readonly limits: Limits, private readonly accounts: AccountsService, private readonly sessions: SessionsService) {}

  /** Throws LoginFailed, TooManyRequests. */
  async run(email: string, password: string, client: Client): Promise<SessionTokens> {
    const account = await this.prove(email, password, client)
    const tokens = await this.sessions.begin(account)
    if (!tokens) throw loginFailed()
    return tokens
  }

  /** Looks whose address and password these are, and counts it as the login does. Throws LoginFailed, TooManyRequests. */
  async prove(email: string, password: string, client: Client): Promise<AccountView> {
    const name = emailKey(email)
    const guess = await this.limits.guess(name, client)
    const taken = await this.taken(guess, client)
    const account = await this.guessed(email, password, guess, taken).finally(() => this.underWay.end(callerOf(client)))
    await this.limits.wasHere(name, client)
    return account
  }

  private async taken(guess: Guess, client: Client): Promise<Taken> {
    try {
      return await this.underWay.take(callerOf(client), () => this.limits.take('login', client))
    } catch (error) {
      await guess.undone()
      throw error
    }
  }

  private async guessed(email: string, password: string, guess: Guess, taken: Taken): Promise<AccountView> {
    try {
      const account = await this.accounts.prove(email, password)
      await Promise.all([guess.succeeded(), taken.giveBack()])
      return account
    } catch (error) {
      if (error instanceof Problem && error.code === 'LoginFailed') await guess.failed()
      else await Promise.all([guess.undone(), taken.giveBack()])
      throw error
    }
  }
}
