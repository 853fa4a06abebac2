import { Controller } from '@nestjs/common'
import { Payload } from '@nestjs/microservices'
import { type AnswerOf, type AskOf, type EventOf, OrgIdSchema, UserIdSchema } from '@tenantry/contracts'
import { Answers, Work, once } from '@tenantry/events'
import { inTransaction } from '@tenantry/persistence'
import { DataSource } from 'typeorm'
import { MeetAccount } from './meet-account.js'

@Controller()
export class UsersConsumer {
  constructor(private readonly source: DataSource, private readonly meet: MeetAccount) {}

  @Work('identity.account.registered')
  async registered(@Payload() event: EventOf<'identity.account.registered'>): Promise<void> {
    await inTransaction(this.source, (tx) => once(tx, 'accounts', event.id, () => this.meet.run(tx, { ...event, founder: true })))
  }

  @Answers('control.rights.find')
  async rights(@Payload() ask: AskOf<'control.rights.find'>): Promise<AnswerOf<'control.rights.find'>> {
    const rights = await this.meet.rights({ ...ask.account, orgId: OrgIdSchema.parse(ask.orgId), userId: UserIdSchema.parse(ask.userId) })
    return { ...rights, permissions: [...rights.permissions] } as AnswerOf<'control.rights.find'>
  }
}
