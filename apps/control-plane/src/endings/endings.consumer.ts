import { Controller } from '@nestjs/common'
import { Payload } from '@nestjs/microservices'
import { type AnswerOf, type AskOf, SessionIdSchema, UserIdSchema } from '@tenantry/contracts'
import { Answers } from '@tenantry/events'
import { EndAccount } from './end-account.js'

@Controller()
export class EndingsConsumer {
  constructor(private readonly ending: EndAccount) {}

  @Answers('control.account.end')
  async endAccount(@Payload() ask: AskOf<'control.account.end'>): Promise<AnswerOf<'control.account.end'>> {
    await this.ending.run({ ...ask, userId: UserIdSchema.parse(ask.userId), sessionId: SessionIdSchema.parse(ask.sessionId) })
    return {}
  }
}
