import { Inject, Injectable } from '@nestjs/common'
import { type InviteId, type OrgId, Problem, type UserId, newId } from '@tenantry/contracts'
import { inTransaction } from '@tenantry/persistence'
import { DataSource, type EntityManager } from 'typeorm'
import type { KnownAccount } from '../accounts/accounts.repository.js'
import { AccountsService } from '../accounts/accounts.service.js'
import { checkPassword } from '../accounts/password-rule.js'
import { Passwords } from '../accounts/passwords.js'
import type { IdentityConfig } from '../config.js'
import type { Client } from '../limits/client.js'
import { Limits } from '../limits/limits.service.js'
import { type Invited, LinksService } from '../links/links.service.js'
import { peekOrCount } from '../links/peek-or-count.js'
import { CONFIG } from '../platform/platform.module.js'
import { type SessionTokens, SessionsService } from '../sessions/sessions.service.js'

export interface AcceptWish {
  readonly token: string
  readonly firstname?: string | undefined
  readonly lastname?: string | undefined
  readonly password?: string | undefined
}

export interface Accepted {
  readonly userId: UserId
  readonly orgId: OrgId
  readonly inviteId: InviteId
  readonly tokens?: SessionTokens
}

/**
 * Whoever reads the mail at an address that was invited says yes: with the account of that address, or with a new one. The link is
 * for that address alone, whoever follows it. Whether it makes a member is the control plane's to say.
 */
@Injectable()
export class AcceptInvite {
  constructor(@Inject(CONFIG) private readonly config: Pick<IdentityConfig, 'signUp'>, private readonly source: DataSource, private readonly accounts: AccountsService,
    private readonly passwords: Passwords, private readonly sessions: SessionsService, private readonly limits: Limits, private readonly links: LinksService) {}

  /** Throws LinkNotValid, MissingParameter, InvalidParameter, SignUpClosed, EmailTaken, TooManyRequests. */
  async run(wish: AcceptWish, client: Client): Promise<Accepted> {
    const invited = await peekOrCount(this.limits, client, () => this.links.peekInvite(wish.token))
    const account = await this.accounts.findByEmail(invited.emailKey)
    return account ? await this.withAccount(account, wish, client) : await this.anew(invited, wish, client)
  }

  private async anew({ emailKey: address, about }: Invited, { token, firstname, lastname, password }: AcceptWish, client: Client): Promise<Accepted> {
    if (this.config.signUp === 'closed') throw new Problem('SignUpClosed', 'Sign-up is closed here; ask an administrator for an account.')
    if (firstname === undefined || lastname === undefined || password === undefined) {
      throw new Problem('MissingParameter', 'There is no account with this address yet: firstname, lastname and password are required to make one.')
    }
    const passwordHash = await this.hashed(password, address)
    const { orgId, orgName, email, inviteId } = about
    const { account, opened } = await inTransaction(this.source, async (tx) => {
      await this.links.spendInvite(tx, token)
      const account = { id: await this.freeId(tx, about.userId), orgId, orgName, email, firstname, lastname, founder: false, serverAdmin: false, inviteId }
      await this.accounts.registerInvited(tx, { ...account, passwordHash })
      this.accounts.tellDeed(tx, { action: 'acceptInvite', orgId, userId: account.id, inviteId }, client)
      return { account, opened: await this.sessions.open(tx, { ...account, epoch: 0 }) }
    })
    await this.limits.wasHere(address, client)
    return { userId: account.id, orgId, inviteId, tokens: await this.sessions.issue({ ...account, epoch: 0, active: true }, opened) }
  }

  /**
   * An account that may not log in where it is has nothing to stay for: it is moved at once. One whose address nobody has proven may be
   * somebody else's, who waits in it for this invite: it is taken over with a new password.
   */
  private async withAccount(account: KnownAccount, { token, password }: AcceptWish, client: Client): Promise<Accepted> {
    if (!account.emailVerified && password === undefined) {
      throw new Problem('MissingParameter', 'Nobody has confirmed the address of this account yet: password is required, and becomes its new one.')
    }
    const passwordHash = account.emailVerified || password === undefined ? undefined : await this.hashed(password, account.email)
    return await inTransaction(this.source, async (tx) => {
      const { about, emailKey } = await this.links.spendInvite(tx, token)
      if (!await this.accounts.hold(tx, account.id)) throw new Problem('LinkNotValid', 'The account of this address was deleted at this moment; follow the link again.')
      const { orgId, orgName, inviteId } = about
      const isHome = account.orgId === orgId || !account.active
      const moves = isHome && account.orgId !== orgId
      if (passwordHash !== undefined && !await this.accounts.setPassword(tx, { userId: account.id, emailKey }, passwordHash)) {
        throw new Problem('LinkNotValid', 'The account has another e-mail address now; ask for a new invite.')
      }
      if (moves) await this.accounts.move(tx, account.id, { orgId, orgName, inviteId, at: new Date() })
      if (moves || passwordHash !== undefined) await this.sessions.endAllOf(tx, account.id)
      this.accounts.tellAccepted(tx, account, about, { hadAccount: true, isHome })
      this.accounts.tellDeed(tx, { action: 'acceptInvite', orgId, userId: account.id, inviteId }, client)
      return { userId: account.id, orgId, inviteId }
    })
  }

  private async hashed(password: string, address: string): Promise<string> {
    checkPassword(password, address)
    return await this.passwords.hash(password)
  }

  /** The id that the org knows its guest by, unless an account has it already. */
  private async freeId(tx: EntityManager, wished: UserId): Promise<UserId> {
    return await this.accounts.exists(tx, wished) ? newId<UserId>() : wished
  }
}
