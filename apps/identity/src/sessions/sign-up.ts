import { Inject, Injectable } from '@nestjs/common'
import { type OrgId, type UserId, emailKey, newId, readEmail } from '@tenantry/contracts'
import { inTransaction } from '@tenantry/persistence'
import { DataSource } from 'typeorm'
import { AccountsService } from '../accounts/accounts.service.js'
import { checkPassword } from '../accounts/password-rule.js'
import { Passwords } from '../accounts/passwords.js'
import type { IdentityConfig } from '../config.js'
import { type Client, isLoopback } from '../limits/client.js'
import { Limits } from '../limits/limits.service.js'
import { CONFIG } from '../platform/platform.module.js'
import { type SessionTokens, SessionsService } from './sessions.service.js'
import { Letters } from '../mail/letters.js'
import { SignUpDoor } from './sign-up-door.js'

export interface SignUpWish {
  readonly email: string
  readonly password: string
  readonly firstname: string
  readonly lastname: string
  readonly orgName?: string
  readonly bootstrapToken?: string
}

export interface SignedUp {
  readonly userId: UserId
  readonly orgId: OrgId
  readonly tokens: SessionTokens
}

/** Makes an account with an org of its own and logs it in. The org's record is the control plane's, by the ids drawn here. */
@Injectable()
export class SignUp {
  constructor(private readonly door: SignUpDoor, private readonly limits: Limits, private readonly source: DataSource,
    private readonly accounts: AccountsService, private readonly passwords: Passwords, private readonly sessions: SessionsService,
    private readonly letters: Letters, @Inject(CONFIG) private readonly config: Pick<IdentityConfig, 'mail'>) {}

  /** Throws SignUpClosed, InvalidParameter, EmailTaken, TooManyRequests. */
  async run(wish: SignUpWish, client: Client): Promise<SignedUp> {
    const trusted = await this.door.pass(wish.bootstrapToken, client)
    const email = readEmail(wish.email)
    checkPassword(wish.password, email)
    const passwordHash = await this.passwords.hash(wish.password)
    const account = {
      id: newId<UserId>(), orgId: newId<OrgId>(), email, firstname: wish.firstname, lastname: wish.lastname, orgName: wish.orgName ?? `Organization for ${email}`,
      founder: true, passwordHash,
    }
    const { opened, serverAdmin } = await inTransaction(this.source, async (tx) => {
      const first = (trusted || isLoopback(client)) && await this.accounts.nextIsFirst(tx)
      await this.accounts.register(tx, { ...account, serverAdmin: first })
      if (this.config.mail) await this.letters.append(tx, 'verify', emailKey(email))
      const opened = await this.sessions.open(tx, { ...account, epoch: 0 })
      this.accounts.tellDeed(tx, { action: 'signUp', orgId: account.orgId, userId: account.id, sessionId: opened.sessionId }, client)
      return { opened, serverAdmin: first }
    })
    await this.limits.wasHere(emailKey(email), client)
    return { userId: account.id, orgId: account.orgId, tokens: await this.sessions.issue({ ...account, serverAdmin, epoch: 0, active: true }, opened) }
  }
}
