import { Controller } from '@nestjs/common'
import { Payload } from '@nestjs/microservices'
import { type AnswerOf, type AskOf, OrgIdSchema } from '@tenantry/contracts'
import { Answers } from '@tenantry/events'
import { KeyQuotas } from './key-quotas.service.js'
import { KeysService } from './keys.service.js'

@Controller()
export class KeysConsumer {
  constructor(private readonly keys: KeysService, private readonly quotas: KeyQuotas) {}

  @Answers('identity.key.verify')
  verify(@Payload() ask: AskOf<'identity.key.verify'>): Promise<AnswerOf<'identity.key.verify'>> {
    return this.keys.verify(ask.digest, ask.from)
  }

  @Answers('identity.quota.find')
  async quota(@Payload() ask: AskOf<'identity.quota.find'>): Promise<AnswerOf<'identity.quota.find'>> {
    return { keys: await this.quotas.of(OrgIdSchema.parse(ask.orgId)) }
  }
}
