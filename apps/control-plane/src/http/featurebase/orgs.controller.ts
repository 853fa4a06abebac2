import { Controller } from '@nestjs/common'
import { Caller } from '@tenantry/auth'
import type { InputOf, Principal } from '@tenantry/contracts'
import { deleteOrg, getOrg, presentOrg, updateOrg } from '@tenantry/dialects-featurebase'
import { Input, On } from '@tenantry/http'
import { OrgsService } from '../../orgs/orgs.service.js'
import { EndOrg } from '../../endings/end-org.js'

@Controller()
export class OrgsController {
  constructor(private readonly orgs: OrgsService, private readonly ending: EndOrg) {}

  @On(getOrg)
  async get(@Caller() caller: Principal, @Input() { params }: InputOf<typeof getOrg>) {
    return presentOrg(await this.orgs.get(caller, params.id))
  }

  @On(deleteOrg)
  async delete(@Caller() caller: Principal, @Input() { params }: InputOf<typeof deleteOrg>) {
    await this.ending.run(caller, params.id)
    return {}
  }

  @On(updateOrg)
  async update(@Caller() caller: Principal, @Input() { params, body }: InputOf<typeof updateOrg>) {
    return presentOrg(await this.orgs.update(caller, params.id, body))
  }
}
