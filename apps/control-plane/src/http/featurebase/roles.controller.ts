import { Controller } from '@nestjs/common'
import { Caller } from '@tenantry/auth'
import type { InputOf, Principal } from '@tenantry/contracts'
import { createRole, deleteRole, getRole, listRoles, presentPage, presentRole, presentRoleDeletion, updateRole } from '@tenantry/dialects-featurebase'
import { Input, On } from '@tenantry/http'
import { RolesService } from '../../roles/roles.service.js'

@Controller()
export class RolesController {
  constructor(private readonly roles: RolesService) {}

  @On(createRole)
  async create(@Caller() caller: Principal, @Input() { body }: InputOf<typeof createRole>) {
    return presentRole(await this.roles.create(caller, body.rolename, body.acl))
  }

  @On(listRoles)
  async list(@Caller() caller: Principal, @Input() { query }: InputOf<typeof listRoles>) {
    return presentPage(await this.roles.list(caller, query), presentRole)
  }

  @On(getRole)
  async get(@Caller() caller: Principal, @Input() { params }: InputOf<typeof getRole>) {
    return presentRole(await this.roles.get(caller, params.roleName))
  }

  @On(updateRole)
  async update(@Caller() caller: Principal, @Input() { params, body }: InputOf<typeof updateRole>) {
    return presentRole(await this.roles.update(caller, params.roleName, body.acl))
  }

  @On(deleteRole)
  async delete(@Caller() caller: Principal, @Input() { params }: InputOf<typeof deleteRole>) {
    await this.roles.delete(caller, params.roleName)
    return presentRoleDeletion()
  }
}
