import { Controller } from '@nestjs/common'
import { Payload } from '@nestjs/microservices'
import type { EventOf } from '@tenantry/contracts'
import { Work, once } from '@tenantry/events'
import { inTransaction } from '@tenantry/persistence'
import { DataSource } from 'typeorm'
import { AccountsService } from '../accounts/accounts.service.js'
import { KeysService } from '../keys/keys.service.js'
import { SessionsService } from './sessions.service.js'

type Change = EventOf<'control.user.deactivated' | 'control.user.removed' | 'control.user.activated'>

/** Learns who may still log in. Who may not loses everything that was proven before in that org, and who has left the keys too, in the same transaction. */
@Controller()
export class SessionsConsumer {
  constructor(private readonly source: DataSource, private readonly accounts: AccountsService, private readonly sessions: SessionsService,
    private readonly keys: KeysService) {}

  @Work('control.user.deactivated')
  deactivated(@Payload() event: EventOf<'control.user.deactivated'>): Promise<void> {
    return this.take(event, false)
  }

  @Work('control.user.removed')
  removed(@Payload() event: EventOf<'control.user.removed'>): Promise<void> {
    return this.take(event, false, true, event.orgDeleted)
  }

  @Work('control.user.activated')
  activated(@Payload() event: EventOf<'control.user.activated'>): Promise<void> {
    return this.take(event, true)
  }

  /** What was proven before names the old org, and ends. */
  @Work('control.user.moved')
  async moved(@Payload() { id, at, userId, orgId, inviteId }: EventOf<'control.user.moved'>): Promise<void> {
    await inTransaction(this.source, (tx) => once(tx, 'sessions', id, async () => {
      if (await this.accounts.move(tx, userId, { orgId, inviteId, at: new Date(at) })) await this.sessions.endAllOf(tx, userId)
    }))
  }

  private async take({ id, userId, orgId, version }: Change, active: boolean, gone = false, orgDeleted = false): Promise<void> {
    await inTransaction(this.source, (tx) => once(tx, 'sessions', id, async () => {
      const isNews = await this.accounts.noteStanding(tx, { userId, orgId, version, active })
      if (!isNews || active) return
      // Before the feed of what was taken back is locked: whoever revokes one of these holds it first, too.
      const keys = gone ? await this.keys.hold(tx, orgId, userId) : []
      // Sessions name the org that somebody is in: one that they have left takes nothing from them there.
      if (await this.accounts.isOf(tx, userId, orgId)) await this.sessions.endAllOf(tx, userId)
      await this.keys.revokeHeld(tx, orgId, userId, keys)
      if (orgDeleted) await this.accounts.rehome(tx, userId, orgId)
    }))
  }
}
