import type { UserId } from '@tenantry/contracts'
import { EntitySchema } from 'typeorm'

/** What a link that was mailed lets its reader do. */
export const linkKinds = ['reset', 'verify'] as const
export type LinkKind = (typeof linkKinds)[number]

/** A link as it is kept: its token only as a digest, and the address that it was sent to. */
export interface Link {
  readonly digest: Buffer
  readonly kind: LinkKind
  readonly userId: UserId
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
    userId: { name: 'user_id', type: 'uuid' },
    emailKey: { name: 'email_key', type: 'text' },
    createdAt: { name: 'created_at', type: 'timestamptz', default: () => 'now()' },
    expiresAt: { name: 'expires_at', type: 'timestamptz' },
    usedAt: { name: 'used_at', type: 'timestamptz', nullable: true },
  },
})
