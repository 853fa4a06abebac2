import { Controller, Inject } from '@nestjs/common'
import type { EventOf } from '@tenantry/contracts'
import { Heard } from '@tenantry/events'
import type { Gatekeeper } from './gatekeeper.js'
import { gatekeeperToken } from './guard.js'

/** Tells the gatekeeper what it must not believe any longer. Routes of its own it has none. */
@Controller()
export class AuthNews {
  constructor(@Inject(gatekeeperToken) private readonly gatekeeper: Gatekeeper) {}

  @Heard('identity.session.ended')
  sessionEnded(event: EventOf<'identity.session.ended'>): void {
    this.gatekeeper.revoke({ kind: 'session', id: event.sessionId })
  }

  @Heard('identity.key.revoked')
  keyRevoked(event: EventOf<'identity.key.revoked'>): void {
    this.gatekeeper.revoke({ kind: 'key', id: event.keyId })
  }

  @Heard('identity.user.epoch-raised')
  epochRaised(event: EventOf<'identity.user.epoch-raised'>): void {
    this.gatekeeper.revoke({ kind: 'user', id: event.userId, epoch: event.epoch })
  }

  @Heard('control.rights.changed')
  rightsChanged(event: EventOf<'control.rights.changed'>): void {
    this.gatekeeper.forgetRights(event.orgId, event.userId, event.version)
  }
}
