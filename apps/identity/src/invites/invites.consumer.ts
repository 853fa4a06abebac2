import { Controller, Inject } from '@nestjs/common'
import { Payload } from '@nestjs/microservices'
import { type EventOf, emailKey } from '@tenantry/contracts'
import { Work, once } from '@tenantry/events'
import { inTransaction } from '@tenantry/persistence'
import { DataSource } from 'typeorm'
import type { IdentityConfig } from '../config.js'
import { LinksService } from '../links/links.service.js'
import { Letters } from '../mail/letters.js'
import { CONFIG } from '../platform/platform.module.js'

/** Learns of invites: each is mailed, and what was mailed ends with it. */
@Controller()
export class InvitesConsumer {
  constructor(@Inject(CONFIG) private readonly config: Pick<IdentityConfig, 'mail'>, private readonly source: DataSource, private readonly letters: Letters,
    private readonly links: LinksService) {}

  @Work('control.invite.sent')
  async sent(@Payload() { id, inviteId, orgId, orgName, email, userId, expiresAt }: EventOf<'control.invite.sent'>): Promise<void> {
    // Where no mail is sent the invite still stands, and is taken with POST /v2/users/{id}/action/invite.
    if (!this.config.mail) return
    await inTransaction(this.source, (tx) => once(tx, 'invites', id, () =>
      this.letters.appendInvite(tx, emailKey(email), { inviteId, orgId, orgName, email, userId, expiresAt })))
  }

  @Work('control.invite.revoked')
  async revoked(@Payload() { id, inviteId }: EventOf<'control.invite.revoked'>): Promise<void> {
    await inTransaction(this.source, (tx) => once(tx, 'invites', id, async () => {
      await this.letters.dropInvite(tx, inviteId)
      await this.links.voidInvite(tx, inviteId)
    }))
  }
}
