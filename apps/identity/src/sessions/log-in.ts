import { Injectable } from '@nestjs/common'
import { Problem, emailKey } from '@tenantry/contracts'
import { asOneTransaction } from '@tenantry/persistence'
import { DataSource, type EntityManager } from 'typeorm'
import type { AccountView } from '../accounts/account.js'
import { AccountsService } from '../accounts/accounts.service.js'
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

  constructor(private readonly source: DataSource, private readonly limits: Limits, private readonly accounts: AccountsService, private readonly sessions: SessionsService) {}

  /** Throws LoginFailed, TooManyRequests. */
  async run(email: string, password: string, client: Client): Promise<SessionTokens> {
    const { account, opened } = await this.proven(email, password, client, async (tx, account) => ({ account, opened: await this.sessions.open(tx, account) }))
    return await this.sessions.issue(account, opened)
  }

  /** Looks whose address and password these are, and counts it as the login does. Throws LoginFailed, TooManyRequests. */
  prove(email: string, password: string, client: Client): Promise<AccountView> {
    return this.proven(email, password, client, (_, account) => Promise.resolve(account))
  }

  /** Does `work` in the transaction that keeps what a right password changes. */
  private async proven<T>(email: string, password: string, client: Client, work: (tx: EntityManager, account: AccountView) => Promise<T>): Promise<T> {
    const name = emailKey(email)
    const guess = await this.limits.guess(name, client)
    const taken = await this.taken(guess, client)
    try {
      const account = await this.guessed(email, password, guess, taken)
      return await asOneTransaction(this.source, async (tx) => {
        const [done] = await Promise.all([work(tx, account), guess.succeeded(), taken.giveBack(), this.limits.wasHere(name, client)])
        return done
      }).catch((error: unknown) => this.undo(guess, taken, error))
    } finally {
      this.underWay.end(callerOf(client))
    }
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
      return await this.accounts.prove(email, password)
    } catch (error) {
      if (!(error instanceof Problem && error.code === 'LoginFailed')) return await this.undo(guess, taken, error)
      await guess.failed()
      throw error
    }
  }

  private async undo(guess: Guess, taken: Taken, why: unknown): Promise<never> {
    await Promise.all([guess.undone(), taken.giveBack()])
    throw why
  }
}
