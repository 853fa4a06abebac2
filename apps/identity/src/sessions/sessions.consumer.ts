import { Controller } from '@nestjs/common'
import { Payload } from '@nestjs/microservices'
import type { EventOf } from '@tenantry/contracts'
import { Work, once } from '@tenantry/events'
import { inTransaction } from '@tenantry/persistence'
import { DataSource } from 'typeorm'
import { SessionsService } from './sessions.service.js'

@Controller()
export class SessionsConsumer {
  constructor(private readonly source: DataSource, private readonly sessions: SessionsService) {}

  @Work('control.user.deactivated')
  async deactivated(@Payload() event: EventOf<'control.user.deactivated'>): Promise<void> {
    await inTransaction(this.source, (tx) => once(tx, 'sessions', event.id, () => this.sessions.endAllOf(tx, event.userId)))
  }
}
