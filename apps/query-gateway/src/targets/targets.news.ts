import { Controller } from '@nestjs/common'
import type { EventOf } from '@tenantry/contracts'
import { Heard } from '@tenantry/events'
import { Targets } from './targets.js'

@Controller()
export class TargetsNews {
  constructor(private readonly targets: Targets) {}

  @Heard('control.database.moved')
  moved(event: EventOf<'control.database.moved'>): void {
    this.targets.forget(event.orgId, event.databaseId)
  }

  @Heard('control.documents.set')
  documents(event: EventOf<'control.documents.set'>): void {
    this.targets.forget(event.orgId, event.databaseId)
  }
}
