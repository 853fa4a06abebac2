import { Controller } from '@nestjs/common'
import { Payload } from '@nestjs/microservices'
import { type AnswerOf, type AskOf, type EventOf, OrgIdSchema, UserIdSchema } from '@tenantry/contracts'
import { Answers, Work, once } from '@tenantry/events'
import { inTransaction } from '@tenantry/persistence'
import { DataSource } from 'typeorm'
import { MeetAccount } from './meet-account.js'
import { MembershipsService } from './memberships.service.js'

@Controller()
export class UsersConsumer {
  constructor(private readonly source: DataSource, private readonly meet: MeetAccount, private readonly memberships: MembershipsService) {}

  @Work('identity.account.registered')
  async registered(@Payload() event: EventOf<'identity.account.registered'>): Promise<void> {
    await inTransaction(this.source, (tx) => once(tx, 'accounts', event.id, () => this.meet.run(tx, { ...event, founder: true })))
  }

  @Work('identity.account.admin-set')
  async adminSet(@Payload() event: EventOf<'identity.account.admin-set'>): Promise<void> {
    await inTransaction(this.source, (tx) => once(tx, 'accounts', event.id, () => this.memberships.setAdmin(tx, event)))
  }

  @Answers('control.rights.find')
  async rights(@Payload() ask: AskOf<'control.rights.find'>): Promise<AnswerOf<'control.rights.find'>> {
    const rights = await this.meet.rights({ ...ask.account, orgId: OrgIdSchema.parse(ask.orgId), userId: UserIdSchema.parse(ask.userId) })
    return { ...rights, permissions: [...rights.permissions] } as AnswerOf<'control.rights.find'>
  }
}
