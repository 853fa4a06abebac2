import { Inject, Injectable } from '@nestjs/common'
import { type Principal, Problem, emailKey, readEmail } from '@tenantry/contracts'
import { inTransaction } from '@tenantry/persistence'
import { DataSource } from 'typeorm'
import { AccountsService } from '../accounts/accounts.service.js'
import { checkPassword } from '../accounts/password-rule.js'
import { Passwords } from '../accounts/passwords.js'
import type { IdentityConfig } from '../config.js'
import type { Client } from '../limits/client.js'
import { Limits } from '../limits/limits.service.js'
import { peekOrCount } from '../links/peek-or-count.js'
import { LinksService } from '../links/links.service.js'
import { Letters } from '../mail/letters.js'
import { CONFIG } from '../platform/platform.module.js'
import { SessionsService } from '../sessions/sessions.service.js'

/** What whoever reads an account's mail may do: set a new password, and prove that the address is theirs. */
@Injectable()
export class Recovery {
  constructor(@Inject(CONFIG) private readonly config: Pick<IdentityConfig, 'mail'>, private readonly source: DataSource, private readonly accounts: AccountsService,
    private readonly passwords: Passwords, private readonly sessions: SessionsService, private readonly limits: Limits, private readonly links: LinksService,
    private readonly letters: Letters) {}

  /** Says nothing of whether anybody has the address. Throws InvalidParameter, TooManyRequests, MailNotConfigured. */
  async forgot(email: string, client: Client): Promise<void> {
    this.checkMail()
    const address = readEmail(email)
    await this.limits.take('mail', client)
    await this.letters.ask('reset', emailKey(address))
  }

  /** Sets the password and ends every session of the account. Throws LinkNotValid, InvalidParameter, TooManyRequests. */
  async reset(token: string, password: string, client: Client): Promise<void> {
    const { emailKey: address } = await peekOrCount(this.limits, client, () => this.links.peek('reset', token))
    checkPassword(password, address)
    const passwordHash = await this.passwords.hash(password)
    await inTransaction(this.source, async (tx) => {
      const linked = await this.links.spend(tx, 'reset', token)
      if (!await this.accounts.setPassword(tx, linked, passwordHash)) throw new Problem('LinkNotValid', 'The account has another e-mail address now; ask for a new link.')
      await this.sessions.endAllOf(tx, linked.userId)
    })
    await this.limits.wasHere(address, client)
  }

  /** Mails a link to the caller's own address. */
  async askToVerify(caller: Principal, client: Client): Promise<void> {
    this.checkMail()
    const account = await this.accounts.find(caller.userId)
    if (!account) throw new Problem('UserNotFound', 'There is no such user.')
    await this.limits.take('mail', client)
    await this.letters.ask('verify', emailKey(account.email))
  }

  /** Throws LinkNotValid, TooManyRequests. */
  async verify(token: string, client: Client): Promise<void> {
    await peekOrCount(this.limits, client, () => this.links.peek('verify', token))
    await inTransaction(this.source, async (tx) => this.accounts.noteVerified(tx, await this.links.spend(tx, 'verify', token)))
  }

  private checkMail(): void {
    if (!this.config.mail) throw new Problem('MailNotConfigured', 'No mail is sent from here; ask the operator to set SMTP_URL.')
  }
}
