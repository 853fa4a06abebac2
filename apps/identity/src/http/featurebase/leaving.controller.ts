import { Controller } from '@nestjs/common'
import { Caller } from '@tenantry/auth'
import type { InputOf, Principal } from '@tenantry/contracts'
import { deleteAccount } from '@tenantry/dialects-featurebase'
import { Input, On } from '@tenantry/http'
import { DeleteAccount } from '../../leaving/delete-account.js'
import type { Client } from '../../limits/client.js'
import { From } from './client.js'

@Controller()
export class LeavingController {
  constructor(private readonly leaving: DeleteAccount) {}

  @On(deleteAccount)
  async delete(@Caller() caller: Principal, @Input() { body }: InputOf<typeof deleteAccount>, @From() client: Client) {
    await this.leaving.run(caller, body.PASSWORD, client)
    return {}
  }
}
