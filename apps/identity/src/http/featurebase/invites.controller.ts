import { Controller } from '@nestjs/common'
import type { InputOf } from '@tenantry/contracts'
import { acceptInvite, presentAccepted } from '@tenantry/dialects-featurebase'
import { Input, On } from '@tenantry/http'
import { AcceptInvite } from '../../invites/accept-invite.js'
import type { Client } from '../../limits/client.js'
import { From } from './client.js'

@Controller()
export class InvitesController {
  constructor(private readonly accepting: AcceptInvite) {}

  @On(acceptInvite)
  async accept(@Input() { body }: InputOf<typeof acceptInvite>, @From() client: Client) {
    return presentAccepted(await this.accepting.run(body, client))
  }
}
