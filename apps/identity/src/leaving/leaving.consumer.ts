import { Controller } from '@nestjs/common'
import { Payload } from '@nestjs/microservices'
import type { EventOf } from '@tenantry/contracts'
import { Work, once } from '@tenantry/events'
import { inTransaction } from '@tenantry/persistence'
import { DataSource } from 'typeorm'
import { EraseAccount } from './erase-account.js'

/** Learns of people who have left every org, and ends what is left of their accounts: the answer that said so may have been lost. */
@Controller()
export class LeavingConsumer {
  constructor(private readonly source: DataSource, private readonly erasing: EraseAccount) {}

  @Work('control.account.ended')
  async ended(@Payload() { id, userId }: EventOf<'control.account.ended'>): Promise<void> {
    await inTransaction(this.source, (tx) => once(tx, 'leaving', id, () => this.erasing.run(tx, userId)))
  }
}
