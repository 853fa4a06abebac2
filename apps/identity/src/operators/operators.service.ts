import { Inject, Injectable } from '@nestjs/common'
import { type OrderOf, Problem, type UserId, emailKey, pageOf, placeOf } from '@tenantry/contracts'
import { OperatorDeeds } from '@tenantry/deeds'
import type { OrderFrom, Orders } from '@tenantry/events'
import type { EntityManager } from 'typeorm'
import type { AccountView } from '../accounts/account.js'
import { AccountsService } from '../accounts/accounts.service.js'
import type { IdentityConfig } from '../config.js'
import { KeyQuotas } from '../keys/key-quotas.service.js'
import { Limits } from '../limits/limits.service.js'
import { LinksService } from '../links/links.service.js'
import { linkTo } from '../mail/texts.js'
import { CONFIG } from '../platform/platform.module.js'
import { OperatorsRepository } from './operators.repository.js'

/** What operators are shown of all accounts, and what they mend. Each change is told to who writes it down in the record of the account's org. */
@Injectable()
export class OperatorsService {
  constructor(@Inject(CONFIG) private readonly config: Pick<IdentityConfig, 'publicUrl'>, private readonly seen: OperatorsRepository, private readonly deeds: OperatorDeeds,
    private readonly accounts: AccountsService, private readonly limits: Limits, private readonly links: LinksService, private readonly quotas: KeyQuotas) {}

  /** The orders of operators that identity obeys. */
  orders(): Orders {
    return {
      'identity.users.list': (ask) => this.list(ask),
      'identity.user.unlock': ({ user_id: id }, from) => this.changed('unlockUser', id, from, (tx, { email }) => this.limits.unlock(tx, emailKey(email))),
      'identity.user.reset-link': ({ user_id: id }, from) => this.changed('makeResetLink', id, from, (_, account) => this.resetLink(account)),
      'identity.user.set-admin': ({ user_id: id, server_admin: isAdmin }, from) =>
        this.changed(isAdmin ? 'makeAdmin' : 'unmakeAdmin', id, from, (tx) => this.accounts.setAdmin(tx, id, isAdmin)),
      'identity.org.set-limit': ({ org_id: org, max }, from) =>
        this.deeds.run({ action: 'setLimit', org, object: { kind: 'org', id: org }, from }, (tx) => this.quotas.setOwn(tx, org, max)),
    }
  }

  private async list({ limit, next, email }: OrderOf<'identity.users.list'>): Promise<unknown> {
    const page = { limit, ...(next !== undefined && { after: placeOf(next) }) }
    const { items, ...rest } = pageOf(await this.seen.accounts(page, email === undefined ? undefined : emailKey(email)), limit, ({ createdAt, id }) => ({ at: createdAt, id }))
    const waits = await this.limits.waits(items.map((account) => account.emailKey))
    return { items: items.map(({ emailKey: name, ...account }) => ({ ...account, lockedUntil: waits.get(name) ?? null })), ...rest }
  }

  /** A link as a mail has it, for whoever's mail does not arrive. Throws TooManyRequests. */
  private async resetLink({ id, email }: AccountView): Promise<{ readonly link: string }> {
    const token = await this.links.mint('reset', { userId: id, emailKey: emailKey(email) })
    if (token === undefined) throw new Problem('TooManyRequests', 'This user was sent as many links as there are in an hour; the last ones still work.', { retryAfterSeconds: 3_600 })
    return { link: linkTo(this.config.publicUrl, 'reset', token) }
  }

  private async changed(action: string, id: UserId, from: OrderFrom, work: (tx: EntityManager, account: AccountView) => Promise<unknown>): Promise<unknown> {
    const account = await this.accounts.find(id)
    if (!account) throw new Problem('UserNotFound', 'There is no such user.')
    return await this.deeds.run({ action, org: account.orgId, object: { kind: 'user', id }, from }, async (tx) => await work(tx, account) ?? null)
  }
}
