import { callerAddress } from '@tenantry/auth'
import type { AuditEntry, OrgId, SessionId, UserId } from '@tenantry/contracts'
import type { Client } from '../limits/client.js'

/** What an account did, or had done to it, that no operation of a known caller stands for. */
export interface OwnDeed {
  readonly action: 'signUp' | 'endStolenSession'
  readonly orgId: OrgId
  readonly userId: UserId
  readonly sessionId: SessionId
}

/** The line that says so. Neither has a record here whose hash would tell more. */
export const ownDeedEntry = ({ action, orgId, userId, sessionId }: OwnDeed, client: Client): AuditEntry => ({
  org_id: orgId,
  actor_id: userId,
  credential_kind: 'session',
  credential_id: sessionId,
  action,
  ...(action === 'signUp' ? { object_kind: 'org', object_id: orgId } : { object_kind: 'session', object_id: sessionId }),
  before_hash: null,
  after_hash: null,
  address: callerAddress(client),
  request_id: client.requestId ?? '',
  at: new Date().toISOString(),
})
