import { Inject, Injectable } from '@nestjs/common'
import { type BuiltInRole, type InviteId, type OrgId, type Page, type PageAsk, type Principal, Problem, type UserId, emailKey, newId } from '@tenantry/contracts'
import { Outbox } from '@tenantry/events'
import type { EntityManager } from 'typeorm'
import type { ControlPlaneConfig } from '../config.js'
import { QuotasService } from '../orgs/quotas.service.js'
import { CONFIG } from '../platform/platform.module.js'
import { RightsService } from '../rights/rights.service.js'
import { type Sources, type Standing, includes, permissionsOf, reaches } from '../rights/standing.js'
import { GuestsService, type NewGuest } from '../users/guests.service.js'
import { type InviteRow, InvitesRepository } from './invites.repository.js'

const lifeMs = 7 * 86_400_000
/** An acceptance may still be on its way when the invite ends. */
const hourMs = 3_600_000
const lateMs = hourMs
const toldAtOnce = 500
const usualRole: BuiltInRole = 'developer'

export interface InviteWish {
  readonly email: string
  readonly role?: BuiltInRole | undefined
  readonly firstname?: string | undefined
  readonly lastname?: string | undefined
}

/** An open invite, and who is waited for. */
export interface Sent {
  readonly invite: InviteRow
  readonly userId: UserId
}

/**
 * Invites of an org. What is answered here never depends on whether anybody has an account with the address: only members of the
 * caller's own org are known to them.
 */
@Injectable()
export class InvitesService {
  constructor(private readonly invites: InvitesRepository, private readonly rights: RightsService, private readonly guests: GuestsService,
    private readonly quotas: QuotasService, private readonly outbox: Outbox, @Inject(CONFIG) private readonly config: Pick<ControlPlaneConfig, 'limits'>) {}

  /** Invites an address, or again one that is invited already. Throws Forbidden, UserExists, TooManyRequests, ResourceLimitExceeded. */
  async send(caller: Principal, wish: InviteWish): Promise<Sent> {
    return await this.rights.change(caller, async (tx, actor) => {
      const key = emailKey(wish.email)
      if (await this.invites.isMember(tx, caller.orgId, key)) throw new Problem('UserExists', 'Somebody with this address is a user of your org already.')
      const known = await this.invites.findOpen(tx, caller.orgId, key)
      const guest = known && await this.guests.find(tx, caller.orgId, known.userId)
      const role = wish.role ?? guest?.role ?? known?.role ?? usualRole
      mayGive(actor, { role, roles: guest?.roles ?? [], acl: guest?.acl ?? [] })
      await this.mustBeFew(tx, caller.orgId)
      const userId = await this.guestFor(tx, actor, { ...wish, role }, guest && known?.userId)
      const invite = await this.written(tx, actor, { ...wish, role, userId }, known?.id)
      this.tellSent(tx, invite, userId, caller.userId)
      // Last, because it locks the org's row.
      if (!guest) await this.quotas.takeUser(tx, caller.orgId)
      return { invite, userId }
    })
  }

  async list(caller: Principal, page: PageAsk): Promise<Page<InviteRow>> {
    return await this.invites.list(caller.orgId, page)
  }

  async get(caller: Principal, id: InviteId, tx?: EntityManager): Promise<InviteRow> {
    const invite = await this.invites.find(caller.orgId, id, tx)
    if (!invite) throw new Problem('InviteNotFound', 'There is no such invite.')
    return invite
  }

  /** Closes an invite that somebody has taken elsewhere, or opens one again that was closed so. Throws InviteNotFound, InviteInWrongState. */
  async correct(caller: Principal, id: InviteId, accepted: boolean | undefined): Promise<InviteRow> {
    return await this.rights.change(caller, async (tx, actor) => {
      const invite = await this.get(caller, id, tx)
      if (accepted === undefined || accepted === (invite.state === 'accepted')) return invite
      await (accepted ? this.close(tx, caller, invite, 'accepted') : this.reopen(tx, actor, invite))
      return await this.get(caller, id, tx)
    })
  }

  /** Throws InviteNotFound, InviteInWrongState. */
  async revoke(caller: Principal, id: InviteId): Promise<void> {
    await this.rights.change(caller, async (tx) => {
      const invite = await this.get(caller, id, tx)
      if (invite.acceptedBy) throw new Problem('InviteInWrongState', 'This invite has been accepted: its person is a user of your org now.')
      await this.close(tx, caller, invite, 'revoked')
    })
  }

  /** Revokes every open invite of an org that is about to go, and waits for nobody there. */
  async closeAll(tx: EntityManager, orgId: OrgId, by: UserId): Promise<void> {
    const closed = await this.invites.closeAll(tx, orgId, by)
    for (let at = 0; at < closed.length; at += toldAtOnce) {
      this.outbox.append(tx, 'control.invite.revoked', ...closed.slice(at, at + toldAtOnce).map((inviteId) => ({ inviteId, orgId })))
    }
    await this.guests.dismissAll(tx, orgId)
  }

  /** Waits no longer for those whose invites have ended; a bounded number a call. */
  async endOld(limit: number, now = new Date()): Promise<void> {
    const until = new Date(now.getTime() - lateMs)
    for (const { id, orgId } of await this.invites.listEnded(until, limit)) {
      await this.rights.changeIn(orgId, async (tx) => {
        const invite = await this.invites.find(orgId, id, tx)
        if (invite?.state !== 'open' || invite.expiresAt >= until) return
        const guest = await this.guests.dismiss(tx, orgId, invite.userId)
        await this.invites.update(tx, id, { userId: null }, invite.updatedBy)
        if (guest) await this.quotas.returnUser(tx, orgId)
      })
    }
  }

  /** Each is a mail to somebody who has not asked for it. */
  private async mustBeFew(tx: EntityManager, org: OrgId): Promise<void> {
    const most = this.config.limits.INVITES_PER_HOUR
    const hourAgo = Date.now() - hourMs
    const { many, first } = await this.invites.countEnding(tx, org, new Date(hourAgo + lifeMs))
    if (many < most) return
    const waitMs = first === null ? hourMs : first.getTime() - lifeMs - hourAgo
    throw new Problem('TooManyRequests', `Your org has invited ${many} people within an hour, and may invite ${most}; invite the others later.`, { retryAfterSeconds: Math.ceil(waitMs / 1000) })
  }

  private async guestFor(tx: EntityManager, { orgId, userId: by }: Standing, wish: NewGuest, known: UserId | null | undefined): Promise<UserId> {
    if (!known) return await this.guests.make(tx, orgId, wish, by)
    await this.guests.change(tx, orgId, known, wish, by)
    return known
  }

  private async written(tx: EntityManager, actor: Standing, { email, role, userId }: NewGuest & { readonly userId: UserId }, known: InviteId | undefined): Promise<InviteRow> {
    const { orgId, userId: by } = actor
    const createdAt = new Date()
    const id = known ?? newId<InviteId>()
    const facts = { email, role, userId, sentBy: by, expiresAt: new Date(createdAt.getTime() + lifeMs) }
    if (known) await this.invites.update(tx, id, facts, by)
    else await this.invites.insert(tx, { ...facts, id, orgId, emailKey: emailKey(email), createdAt })
    const invite = await this.invites.find(orgId, id, tx)
    if (!invite) throw new Error('An invite that was just written is not there.')
    return invite
  }

  private async close(tx: EntityManager, caller: Principal, invite: InviteRow, state: 'accepted' | 'revoked'): Promise<void> {
    const guest = await this.guests.dismiss(tx, invite.orgId, invite.userId)
    await this.invites.update(tx, invite.id, { state, userId: null }, caller.userId)
    this.outbox.append(tx, 'control.invite.revoked', { inviteId: invite.id, orgId: invite.orgId })
    if (guest) await this.quotas.returnUser(tx, invite.orgId)
  }

  private async reopen(tx: EntityManager, actor: Standing, invite: InviteRow): Promise<void> {
    const { id, orgId, email, role, expiresAt } = invite
    if (invite.acceptedBy) throw new Problem('InviteInWrongState', 'Somebody has accepted this invite; remove the user instead.')
    if (expiresAt <= new Date() || await this.invites.findOpen(tx, orgId, invite.emailKey) || await this.invites.isMember(tx, orgId, invite.emailKey)) {
      throw new Problem('InviteInWrongState', 'This invite has expired, or there is a newer one, or the person is a user of your org; invite them anew if they are none.')
    }
    mayGive(actor, { role, roles: [], acl: [] })
    await this.mustBeFew(tx, orgId)
    const userId = await this.guests.make(tx, orgId, { email, role }, actor.userId)
    await this.invites.update(tx, id, { state: 'open', userId, sentBy: actor.userId }, actor.userId)
    this.tellSent(tx, invite, userId, actor.userId)
    await this.quotas.takeUser(tx, orgId)
  }

  private tellSent(tx: EntityManager, { id, orgId, orgName, email, expiresAt }: InviteRow, userId: UserId, by: UserId): void {
    this.outbox.append(tx, 'control.invite.sent', { inviteId: id, orgId, orgName, email, userId, by, expiresAt: expiresAt.toISOString() })
  }
}

/** An invite gives a role, and nobody gives what they may not do themselves. */
const mayGive = (actor: Standing, sources: Sources): void => {
  if (!includes(permissionsOf(actor), ['roles:write'])) throw new Problem('Forbidden', 'You may not invite into this org; ask one of its owners.')
  if (!reaches(actor, sources)) throw new Problem('Forbidden', 'You can give only what you may do yourself; ask an owner for the rest.')
}
