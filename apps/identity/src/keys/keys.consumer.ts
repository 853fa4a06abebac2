import { Controller } from '@nestjs/common'
import { Payload } from '@nestjs/microservices'
import type { AnswerOf, AskOf } from '@tenantry/contracts'
import { Answers } from '@tenantry/events'
import { KeysService } from './keys.service.js'

@Controller()
export class KeysConsumer {
  constructor(private readonly keys: KeysService) {}

  @Answers('identity.key.verify')
  verify(@Payload() ask: AskOf<'identity.key.verify'>): Promise<AnswerOf<'identity.key.verify'>> {
    return this.keys.verify(ask.digest, ask.from)
  }
}
