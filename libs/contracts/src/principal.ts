import type { InviteId, KeyId, OrgId, SessionId, UserId } from './ids.js'
import type { Permission } from './permissions.js'

/** Who is calling, proven by a credential. It says nothing of what the caller may do: that is `Rights`. */
export interface Principal {
  readonly userId: UserId
  /** The org this credential speaks for. */
  readonly orgId: OrgId
  readonly credential: { readonly kind: 'session'; readonly id: SessionId } | { readonly kind: 'key'; readonly id: KeyId }
  /** The user's epoch when the credential was proven; a higher epoch ends everything older. */
  readonly epoch: number
  /** What identity vouches for about the account, so that a record can be made of a user met here first. */
  readonly account: AccountFacts
}

export interface AccountFacts {
  readonly email: string
  readonly firstname: string
  readonly lastname: string
  /** True when this account founded `orgId`: only a founder may bring the org into being. */
  readonly founder: boolean
  /** The org's name as the founder gave it. */
  readonly orgName: string
  readonly serverAdmin: boolean
  /** The invite by which this account came into `orgId`; only its owner's word makes a member of the account. */
  readonly inviteId?: InviteId | undefined
}

export type MemberStatus = 'Active' | 'Deactivated' | 'Open' | 'Left'

/** What a user may do in an org. `version` grows with each change, so that an older answer never wins over a newer one. */
export interface Rights {
  readonly status: MemberStatus
  readonly permissions: readonly Permission[]
  readonly version: number
}
