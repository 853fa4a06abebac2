import { Controller } from '@nestjs/common'
import { Payload } from '@nestjs/microservices'
import type { EventOf } from '@tenantry/contracts'
import { Work, once } from '@tenantry/events'
import { inTransaction } from '@tenantry/persistence'
import { DataSource } from 'typeorm'
import { appendAudit } from './audit.repository.js'

/** Writes down what was done elsewhere. */
@Controller()
export class AuditConsumer {
  constructor(private readonly source: DataSource) {}

  @Work('identity.deed.done')
  async done(@Payload() event: EventOf<'identity.deed.done'>): Promise<void> {
    await inTransaction(this.source, (tx) => once(tx, 'audit', event.id, () => {
      appendAudit(tx, event.entry)
      return Promise.resolve()
    }))
  }
}
