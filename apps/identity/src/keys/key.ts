import type { KeyId, OrgId, UserId } from '@tenantry/contracts'
import type { ApiKey, KeyStatus } from './key.entity.js'

/** A key as its owner and the administrators of its org see it. The secret is nowhere: only its digest is kept. */
export interface KeyView {
  readonly id: KeyId
  readonly orgId: OrgId
  readonly ownedBy: UserId
  readonly createdBy: UserId
  readonly description: string
  readonly status: KeyStatus
  readonly usedAt?: Date
  readonly createdAt: Date
  readonly updatedAt: Date
  readonly updatedBy: UserId
}

// Only owners create keys, so that who owns a key also made it.
export const keyView = (key: ApiKey): KeyView => ({
  id: key.id, orgId: key.orgId, ownedBy: key.userId, createdBy: key.userId, description: key.description, status: key.status,
  ...(key.usedAt && { usedAt: key.usedAt }), createdAt: key.createdAt, updatedAt: key.updatedAt, updatedBy: key.updatedBy,
})

export interface KeyChange {
  readonly description?: string | undefined
  readonly status?: KeyStatus | undefined
}
