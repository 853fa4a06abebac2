import { Controller } from '@nestjs/common'
import { Caller } from '@tenantry/auth'
import type { InputOf, Principal } from '@tenantry/contracts'
import { getOrg, presentOrg, updateOrg } from '@tenantry/dialects-featurebase'
import { Input, On } from '@tenantry/http'
import { OrgsService } from '../../orgs/orgs.service.js'

@Controller()
export class OrgsController {
  constructor(private readonly orgs: OrgsService) {}

  @On(getOrg)
  async get(@Caller() caller: Principal, @Input() { params }: InputOf<typeof getOrg>) {
    return presentOrg(await this.orgs.get(caller, params.id))
  }

  @On(updateOrg)
  async update(@Caller() caller: Principal, @Input() { params, body }: InputOf<typeof updateOrg>) {
    return presentOrg(await this.orgs.update(caller, params.id, body))
  }
}
