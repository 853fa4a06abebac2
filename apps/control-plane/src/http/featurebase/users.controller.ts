import { Controller } from '@nestjs/common'
import { Caller } from '@tenantry/auth'
import type { InputOf, Principal } from '@tenantry/contracts'
import {
  addUserRoles, createUser, getCurrentUser, getUser, listUsers, presentPage, presentUser, presentUserRoles, updateUser,
} from '@tenantry/dialects-featurebase'
import { Input, On } from '@tenantry/http'
import { InvitesService } from '../../invites/invites.service.js'
import { UsersService } from '../../users/users.service.js'

@Controller()
export class UsersController {
  constructor(private readonly users: UsersService, private readonly invites: InvitesService) {}

  @On(getCurrentUser)
  async current(@Caller() caller: Principal) {
    return presentUser(await this.users.get(caller.orgId, caller.userId))
  }

  @On(getUser)
  async get(@Caller() caller: Principal, @Input() { params }: InputOf<typeof getUser>) {
    return presentUser(await this.users.get(caller.orgId, params.id))
  }

  @On(createUser)
  async create(@Caller() caller: Principal, @Input() { body }: InputOf<typeof createUser>) {
    const { email, ...names } = body
    if (email === undefined) return presentUser(await this.users.introduce(caller, names))
    const { userId } = await this.invites.send(caller, { email, ...names })
    return presentUser(await this.users.get(caller.orgId, userId))
  }

  @On(listUsers)
  async list(@Caller() caller: Principal, @Input() { query }: InputOf<typeof listUsers>) {
    return presentPage(await this.users.list(caller, query), presentUser)
  }

  @On(updateUser)
  async update(@Caller() caller: Principal, @Input() { params, body }: InputOf<typeof updateUser>) {
    return presentUser(await this.users.update(caller, params.id, body))
  }

  @On(addUserRoles)
  async addRoles(@Caller() caller: Principal, @Input() { params, body }: InputOf<typeof addUserRoles>) {
    return presentUserRoles(await this.users.addRoles(caller, params.id, body.rolenames))
  }
}
