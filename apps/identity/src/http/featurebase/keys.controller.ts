import { Controller, Inject } from '@nestjs/common'
import { Caller, Gatekeeper, gatekeeperToken } from '@tenantry/auth'
import type { InputOf, Principal } from '@tenantry/contracts'
import {
  createKey, getKey, listKeys, listOrgKeys, presentKey, presentNewKey, presentPage, updateKey,
} from '@tenantry/dialects-featurebase'
import { Input, On } from '@tenantry/http'
import { KeysService } from '../../keys/keys.service.js'

@Controller()
export class KeysController {
  constructor(private readonly keys: KeysService, @Inject(gatekeeperToken) private readonly gatekeeper: Gatekeeper) {}

  @On(createKey)
  async create(@Caller() caller: Principal, @Input() { params, body }: InputOf<typeof createKey>) {
    return presentNewKey(await this.keys.create(caller, params.user_id, body.description))
  }

  @On(listKeys)
  async list(@Caller() caller: Principal, @Input() { params }: InputOf<typeof listKeys>) {
    const keys = await this.keys.list(caller, await this.gatekeeper.rightsOf(caller), params.user_id)
    return { resources: keys.map((key) => presentKey(key)) }
  }

  @On(getKey)
  async get(@Caller() caller: Principal, @Input() { params }: InputOf<typeof getKey>) {
    return presentKey(await this.keys.get(caller, await this.gatekeeper.rightsOf(caller), params.user_id, params.id))
  }

  @On(updateKey)
  async update(@Caller() caller: Principal, @Input() { params, body }: InputOf<typeof updateKey>) {
    return presentKey(await this.keys.update(caller, await this.gatekeeper.rightsOf(caller), params.user_id, params.id, body))
  }

  @On(listOrgKeys)
  async listOrg(@Caller() caller: Principal, @Input() { params, query }: InputOf<typeof listOrgKeys>) {
    return presentPage(await this.keys.listOrg(caller, params.id, query), presentKey)
  }
}
