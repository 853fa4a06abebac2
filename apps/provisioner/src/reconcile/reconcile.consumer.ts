import { Controller } from '@nestjs/common'
import { Payload } from '@nestjs/microservices'
import type { EventOf } from '@tenantry/contracts'
import { Work, once } from '@tenantry/events'
import { inTransaction } from '@tenantry/persistence'
import { DataSource } from 'typeorm'
import { InstancesRepository } from '../instances/instances.repository.js'
import { type Failure, ReconcileService } from './reconcile.service.js'

@Controller()
export class ReconcileConsumer {
  constructor(private readonly source: DataSource, private readonly reconcile: ReconcileService, private readonly instances: InstancesRepository) {}

  @Work('control.database.purge-asked')
  async purgeAsked(@Payload() event: EventOf<'control.database.purge-asked'>): Promise<void> {
    await inTransaction(this.source, (tx) => once(tx, 'purges', event.id, () => this.instances.letGo(tx, event.databaseId, event.generation)))
  }

  @Work('control.database.desired')
  async desired(@Payload() event: EventOf<'control.database.desired'>): Promise<void> {
    await this.reconcile.postpone(await inTransaction(this.source, async (tx) => {
      let failure: Failure | undefined
      await once(tx, 'desired', event.id, async () => { failure = await this.reconcile.take(tx, event) })
      return failure
    }))
  }
}
