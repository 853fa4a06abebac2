import type { InviteId, OrgId, UserId } from '@tenantry/contracts'
import { EntitySchema } from 'typeorm'

/** What a link that was mailed lets its reader do. */
export const linkKinds = ['reset', 'verify', 'invite'] as const
export type LinkKind = (typeof linkKinds)[number]
/** What only the owner of an account is sent. */
export type AccountLinkKind = Exclude<LinkKind, 'invite'>

/** The invite that a link is for, as the control plane told of it. */
export interface InviteFacts {
  readonly inviteId: InviteId
  readonly orgId: OrgId
  readonly orgName: string
  /** The address as whoever invited has written it. */
  readonly email: string
  /** The id that a new account is to have. */
  readonly userId: UserId
  readonly expiresAt: string
}

/** A link as it is kept: its token only as a digest, and the address that it was sent to. */
export interface Link {
  readonly digest: Buffer
  readonly kind: LinkKind
  /** Null in the link of an invite: whether anybody has the address is looked up when it is followed. */
  readonly userId: UserId | null
  readonly about: InviteFacts | null
  readonly emailKey: string
  readonly createdAt: Date
  readonly expiresAt: Date
  readonly usedAt: Date | null
}

export const LinkEntity = new EntitySchema<Link>({
  name: 'Link',
  tableName: 'links',
  columns: {
    digest: { type: 'bytea', primary: true },
    kind: { type: 'text' },
    userId: { name: 'user_id', type: 'uuid', nullable: true },
    about: { type: 'jsonb', nullable: true },
    emailKey: { name: 'email_key', type: 'text' },
    createdAt: { name: 'created_at', type: 'timestamptz', default: () => 'now()' },
    expiresAt: { name: 'expires_at', type: 'timestamptz' },
    usedAt: { name: 'used_at', type: 'timestamptz', nullable: true },
  },
})
