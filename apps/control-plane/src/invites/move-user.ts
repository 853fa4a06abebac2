import { Injectable } from '@nestjs/common'
import { type InviteId, type Principal, Problem, type UserId, emailKey } from '@tenantry/contracts'
import { Outbox } from '@tenantry/events'
import { inTransaction } from '@tenantry/persistence'
import { DataSource } from 'typeorm'
import { RightsService } from '../rights/rights.service.js'
import { type Member, UsersService } from '../users/users.service.js'
import { InvitesRepository } from './invites.repository.js'
import { JoinByInvite } from './join-by-invite.js'

/** Moves a user into the org of an invite that was sent to their address; nobody moves somebody else. */
@Injectable()
export class MoveUser {
  constructor(private readonly source: DataSource, private readonly invites: InvitesRepository, private readonly joining: JoinByInvite, private readonly rights: RightsService,
    private readonly users: UsersService, private readonly outbox: Outbox) {}

  /** Throws UserNotFound, Forbidden, RelatedResourceNotFound, LastOwner, ResourceLimitExceeded. */
  async run(caller: Principal, id: UserId, inviteId: InviteId): Promise<Member> {
    if (id !== caller.userId) {
      await this.users.get(caller.orgId, id)
      throw new Problem('Forbidden', 'Nobody moves somebody else: they have to ask for it themselves.')
    }
    const orgId = await this.orgOf(caller, inviteId)
    return await this.rights.changeAcross([caller.orgId, orgId], async (tx) => {
      const leaving = await this.rights.standingOf(tx, caller.orgId, id)
      if (leaving?.status !== 'Active') throw new Problem('InvalidCredentials', 'You are no active member of this org any more.')
      if (!await this.joining.run(tx, { ...caller.account, userId: id, inviteId, orgId, at: new Date(), hadAccount: true })) throw none()
      // An invite that was taken before brings nobody back who was deactivated or has left since.
      if ((await this.rights.standingOf(tx, orgId, id))?.status !== 'Active') throw none()
      await this.rights.leave(tx, leaving)
      this.outbox.append(tx, 'control.user.moved', { userId: id, orgId, fromOrgId: caller.orgId, inviteId })
      return await this.users.get(orgId, id, tx)
    })
  }

  /** The same refusal whatever is wrong with the invite: its id tells nobody else anything. */
  private async orgOf({ orgId: own, account }: Principal, id: InviteId) {
    const invite = await inTransaction(this.source, (tx) => this.invites.findAnywhere(tx, id))
    if (!invite || invite.orgId === own || invite.emailKey !== emailKey(account.email)) throw none()
    return invite.orgId
  }
}

const none = (): Problem => new Problem('RelatedResourceNotFound', 'invite_id names no open invite to your e-mail address into another org.')
