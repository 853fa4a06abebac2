import { Injectable } from '@nestjs/common'
import { type InviteId, type OrgId, type UserId, emailKey } from '@tenantry/contracts'
import type { EntityManager } from 'typeorm'
import { QuotasService } from '../orgs/quotas.service.js'
import { RightsService } from '../rights/rights.service.js'
import { type Sources, type Standing, includes, permissionsOf, reaches } from '../rights/standing.js'
import { GuestsService } from '../users/guests.service.js'
import { UsersRepository } from '../users/users.repository.js'
import type { Invite } from './invite.entity.js'
import { InvitesRepository } from './invites.repository.js'

/** That the owner of an account said yes, and when. */
export interface Acceptance {
  readonly inviteId: InviteId
  readonly orgId: OrgId
  readonly userId: UserId
  readonly email: string
  readonly firstname: string
  readonly lastname: string
  readonly serverAdmin: boolean
  readonly at: Date
  /** Undefined where only a token tells of it. */
  readonly hadAccount?: boolean
}

/** Makes members of those who accept, after looking at the invite itself: what others say of it is only that somebody said yes. */
@Injectable()
export class JoinByInvite {
  constructor(private readonly invites: InvitesRepository, private readonly rights: RightsService, private readonly users: UsersRepository,
    private readonly guests: GuestsService, private readonly quotas: QuotasService) {}

  /** Within a change of the org's rights. False where the invite lets this account in no (more). Throws ResourceLimitExceeded. */
  async run(tx: EntityManager, acceptance: Acceptance): Promise<boolean> {
    const invite = await this.invites.find(acceptance.orgId, acceptance.inviteId, tx)
    if (!invite || invite.emailKey !== emailKey(acceptance.email)) return false
    if (invite.state === 'accepted') return invite.acceptedBy === acceptance.userId
    const sources = await this.guests.find(tx, invite.orgId, invite.userId) ?? { role: invite.role, roles: [], acl: [] }
    if (acceptance.at > invite.expiresAt || !await this.mayStillGive(tx, invite, sources)) return false
    if (!await this.users.meet(tx, metAs(acceptance))) return false
    const { userId: acceptedBy, hadAccount: moveOrg = acceptedBy !== invite.userId } = acceptance
    await this.invites.update(tx, invite.id, { state: 'accepted', acceptedBy, userId: null, moveOrg }, acceptedBy)
    await this.admit(tx, invite, acceptance, sources)
    return true
  }

  /**
   * Within a change of the org's rights: marks that this account, whose tokens name the org, is no member, so that identity knows and
   * the account can come in by another invite, or has an org of its own when this one is gone.
   */
  async turnAway(tx: EntityManager, acceptance: Acceptance & { readonly isHome: boolean }): Promise<void> {
    if (!acceptance.isHome || !await this.users.meet(tx, metAs(acceptance))) return
    const { orgId, userId } = acceptance
    const standing = await this.rights.standingOf(tx, orgId, userId)
    if (standing?.status === 'Open') await this.rights.moveStatus(tx, standing, 'Left', userId)
    if (!standing) await this.insert(tx, { orgId, userId, status: 'Left' }, 'viewer')
    await this.rights.tellOfGoneOrg(tx, orgId, userId)
  }

  /** Whoever answers for the invite must still be able to give what it gives. */
  private async mayStillGive(tx: EntityManager, { orgId, sentBy }: Invite, sources: Sources): Promise<boolean> {
    const sender = await this.rights.standingOf(tx, orgId, sentBy)
    return sender !== undefined && includes(permissionsOf(sender), ['roles:write']) && reaches(sender, sources)
  }

  private async admit(tx: EntityManager, { orgId, userId: guest }: Invite, acceptance: Acceptance, sources: Sources): Promise<void> {
    const { userId, email, firstname, lastname } = acceptance
    const before = await this.rights.standingOf(tx, orgId, userId)
    if (before?.status === 'Open') {
      await this.users.become(tx, { id: userId, email, firstname, lastname })
      return await this.rights.admit(tx, before, userId)
    }
    const counted = await this.guests.dismiss(tx, orgId, guest) !== undefined
    const joins = !before || before.status === 'Left'
    if (!before) await this.insert(tx, { orgId, userId, status: 'Active' }, sources.role)
    if (joins) await this.revive(tx, orgId, userId, sources, before)
    if (joins && !counted) await this.quotas.takeUser(tx, orgId)
    if (!joins && counted) await this.quotas.returnUser(tx, orgId)
  }

  private async revive(tx: EntityManager, orgId: OrgId, userId: UserId, sources: Sources, before: Standing | undefined): Promise<void> {
    const now = await this.rights.standingOf(tx, orgId, userId)
    if (!now) throw new Error('A membership that was just made is not there.')
    await this.rights.moveSources(tx, now, sources, userId)
    if (before) await this.rights.admit(tx, before, userId)
  }

  private async insert(tx: EntityManager, member: Pick<Standing, 'orgId' | 'userId'> & { readonly status: 'Active' | 'Left' }, role: Sources['role']): Promise<void> {
    await this.users.insertMembershipOnce(tx, { ...member, role, updatedBy: member.userId })
    this.rights.tellOfNew(tx, { ...member, version: 1 })
  }
}

const metAs = ({ userId: id, email, firstname, lastname, serverAdmin }: Acceptance) => ({ id, email, firstname, lastname, serverAdmin, updatedBy: id })
