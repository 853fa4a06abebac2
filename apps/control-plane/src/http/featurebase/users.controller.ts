import { Controller } from '@nestjs/common'
import { Caller } from '@tenantry/auth'
import type { InputOf, Principal } from '@tenantry/contracts'
import { getCurrentUser, getUser, presentUser } from '@tenantry/dialects-featurebase'
import { Input, On } from '@tenantry/http'
import { UsersService } from '../../users/users.service.js'

@Controller()
export class UsersController {
  constructor(private readonly users: UsersService) {}

  @On(getCurrentUser)
  async current(@Caller() caller: Principal) {
    return presentUser(await this.users.get(caller.orgId, caller.userId))
  }

  @On(getUser)
  async get(@Caller() caller: Principal, @Input() { params }: InputOf<typeof getUser>) {
    return presentUser(await this.users.get(caller.orgId, params.id))
  }
}
