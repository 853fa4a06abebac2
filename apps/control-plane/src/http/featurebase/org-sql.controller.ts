import { Controller, Headers } from '@nestjs/common'
import { Caller } from '@tenantry/auth'
import type { InputOf, Principal } from '@tenantry/contracts'
import { checkOrgSql, presentShownDatabases, runOrgSql, runOrgSqlV2 } from '@tenantry/dialects-featurebase'
import { Input, On } from '@tenantry/http'
import { DatabasesService } from '../../databases/databases.service.js'

type Asked = InputOf<typeof runOrgSql>

@Controller()
export class OrgSqlController {
  constructor(private readonly databases: DatabasesService) {}

  @On(runOrgSql)
  async show(@Caller() caller: Principal, @Input() input: Asked, @Headers('content-type') type?: string) {
    return await this.shown(caller, input, type)
  }

  @On(runOrgSqlV2)
  async showV2(@Caller() caller: Principal, @Input() input: Asked, @Headers('content-type') type?: string) {
    return await this.shown(caller, input, type)
  }

  private async shown(caller: Principal, { body }: Asked, type: string | undefined) {
    checkOrgSql(type, body)
    const began = performance.now()
    const databases = await this.databases.all(caller)
    return presentShownDatabases(databases, Math.round((performance.now() - began) * 1_000))
  }
}
