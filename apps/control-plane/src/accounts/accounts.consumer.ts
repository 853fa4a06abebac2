import { Controller } from '@nestjs/common'
import { Payload } from '@nestjs/microservices'
import { type AnswerOf, type AskOf, type EventOf, InviteIdSchema, OrgIdSchema, Problem, UserIdSchema } from '@tenantry/contracts'
import { Answers, Work, once } from '@tenantry/events'
import { inTransaction } from '@tenantry/persistence'
import { DataSource, type EntityManager } from 'typeorm'
import { JoinByInvite } from '../invites/join-by-invite.js'
import { RightsService } from '../rights/rights.service.js'
import { MembershipsService } from '../users/memberships.service.js'
import { MeetAccount } from './meet-account.js'

/** Learns of accounts from identity, and says what they may do. */
@Controller()
export class AccountsConsumer {
  constructor(private readonly source: DataSource, private readonly meet: MeetAccount, private readonly rights: RightsService, private readonly joining: JoinByInvite,
    private readonly memberships: MembershipsService) {}

  @Work('identity.account.registered')
  async registered(@Payload() event: EventOf<'identity.account.registered'>): Promise<void> {
    await inTransaction(this.source, (tx) => once(tx, 'accounts', event.id, () => this.meet.run(tx, { ...event, founder: true })))
  }

  @Work('identity.account.admin-set')
  async adminSet(@Payload() event: EventOf<'identity.account.admin-set'>): Promise<void> {
    await inTransaction(this.source, (tx) => once(tx, 'accounts', event.id, () => this.memberships.setAdmin(tx, event)))
  }

  @Work('identity.invite.accepted')
  async accepted(@Payload() event: EventOf<'identity.invite.accepted'>): Promise<void> {
    const acceptance = { ...event, at: new Date(event.at) }
    try {
      await this.taken(event, async (tx) => { if (!await this.joining.run(tx, acceptance)) await this.joining.turnAway(tx, acceptance) })
    } catch (error) {
      // An org that is full stays so however often this is tried.
      if (!(error instanceof Problem) || error.code !== 'ResourceLimitExceeded') throw error
      await this.taken(event, (tx) => this.joining.turnAway(tx, acceptance))
    }
  }

  @Answers('control.rights.find')
  async find(@Payload() { account: { inviteId, ...account }, orgId, userId }: AskOf<'control.rights.find'>): Promise<AnswerOf<'control.rights.find'>> {
    const rights = await this.meet.rights({
      ...account, ...(inviteId !== undefined && { inviteId: InviteIdSchema.parse(inviteId) }), orgId: OrgIdSchema.parse(orgId), userId: UserIdSchema.parse(userId),
    })
    return { ...rights, permissions: [...rights.permissions] } as AnswerOf<'control.rights.find'>
  }

  /** The rights of the org are held before the inbox has the event: locks of rights come before any row. */
  private async taken({ id, orgId }: EventOf<'identity.invite.accepted'>, work: (tx: EntityManager) => Promise<void>): Promise<void> {
    await this.rights.changeIn(orgId, async (tx) => { await once(tx, 'invites', id, () => work(tx)) })
  }
}
