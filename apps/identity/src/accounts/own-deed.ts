import { callerAddress } from '@tenantry/auth'
import type { AuditEntry, InviteId, OrgId, SessionId, UserId } from '@tenantry/contracts'
import type { Client } from '../limits/client.js'

/** What an account did, or had done to it, that no operation of a known caller stands for. */
export type OwnDeed = { readonly orgId: OrgId; readonly userId: UserId } & (
  | { readonly action: 'signUp' | 'endStolenSession'; readonly sessionId: SessionId }
  | { readonly action: 'acceptInvite'; readonly inviteId: InviteId })

type Shown = Pick<AuditEntry, 'credential_kind' | 'credential_id' | 'object_kind' | 'object_id'>

const shownIn = (deed: OwnDeed): Shown => {
  if (deed.action === 'acceptInvite') return { credential_kind: 'link', credential_id: deed.inviteId, object_kind: 'invite', object_id: deed.inviteId }
  const session = { credential_kind: 'session', credential_id: deed.sessionId } as const
  return deed.action === 'signUp' ? { ...session, object_kind: 'org', object_id: deed.orgId } : { ...session, object_kind: 'session', object_id: deed.sessionId }
}

/** The line that says so. Neither has a record here whose hash would tell more. */
export const ownDeedEntry = (deed: OwnDeed, client: Client): AuditEntry => ({
  org_id: deed.orgId,
  actor_id: deed.userId,
  action: deed.action,
  ...shownIn(deed),
  before_hash: null,
  after_hash: null,
  address: callerAddress(client),
  request_id: client.requestId ?? '',
  at: new Date().toISOString(),
})
