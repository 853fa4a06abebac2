import { Controller } from '@nestjs/common'
import { Caller } from '@tenantry/auth'
import type { InputOf, Principal } from '@tenantry/contracts'
import { listDatabaseOperations, presentDatabase, presentDeed, presentPage, startDatabase, stopDatabase, undeleteDatabase } from '@tenantry/dialects-featurebase'
import { Input, On } from '@tenantry/http'
import { PowerService } from '../../databases/power.service.js'

@Controller()
export class PowerController {
  constructor(private readonly power: PowerService) {}

  @On(stopDatabase)
  async stop(@Caller() caller: Principal, @Input() { params }: InputOf<typeof stopDatabase>) {
    return presentDatabase(await this.power.askStop(caller, params.database_id))
  }

  @On(startDatabase)
  async start(@Caller() caller: Principal, @Input() { params }: InputOf<typeof startDatabase>) {
    return presentDatabase(await this.power.askStart(caller, params.database_id))
  }

  @On(undeleteDatabase)
  async undelete(@Caller() caller: Principal, @Input() { params }: InputOf<typeof undeleteDatabase>) {
    return presentDatabase(await this.power.askUndelete(caller, params.database_id))
  }

  @On(listDatabaseOperations)
  async operations(@Caller() caller: Principal, @Input() { params, query }: InputOf<typeof listDatabaseOperations>) {
    return presentPage(await this.power.deedsOf(caller, params.database_id, query), presentDeed(params.database_id))
  }
}
