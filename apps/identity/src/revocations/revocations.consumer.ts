import { Controller } from '@nestjs/common'
import { Payload } from '@nestjs/microservices'
import type { AnswerOf, AskOf } from '@tenantry/contracts'
import { Answers } from '@tenantry/events'
import { RevocationsService } from './revocations.service.js'

@Controller()
export class RevocationsConsumer {
  constructor(private readonly revocations: RevocationsService) {}

  @Answers('identity.revocations.since')
  since(@Payload() ask: AskOf<'identity.revocations.since'>): Promise<AnswerOf<'identity.revocations.since'>> {
    return this.revocations.since(ask.seq)
  }
}
