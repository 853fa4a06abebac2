import { Controller } from '@nestjs/common'
import { Caller } from '@tenantry/auth'
import type { InputOf, Principal } from '@tenantry/contracts'
import { askToVerifyEmail, forgotPassword, resetPassword, verifyEmail } from '@tenantry/dialects-featurebase'
import { Input, On } from '@tenantry/http'
import type { Client } from '../../limits/client.js'
import { Recovery } from '../../recovery/recovery.service.js'
import { From } from './client.js'

@Controller()
export class RecoveryController {
  constructor(private readonly recovery: Recovery) {}

  @On(forgotPassword)
  async forgot(@Input() { body }: InputOf<typeof forgotPassword>, @From() client: Client) {
    await this.recovery.forgot(body.email, client)
    return {}
  }

  @On(resetPassword)
  async reset(@Input() { body }: InputOf<typeof resetPassword>, @From() client: Client) {
    await this.recovery.reset(body.token, body.password, client)
    return {}
  }

  @On(askToVerifyEmail)
  async ask(@Caller() caller: Principal, @From() client: Client) {
    await this.recovery.askToVerify(caller, client)
    return {}
  }

  @On(verifyEmail)
  async verify(@Input() { body }: InputOf<typeof verifyEmail>, @From() client: Client) {
    await this.recovery.verify(body.token, client)
    return {}
  }
}
