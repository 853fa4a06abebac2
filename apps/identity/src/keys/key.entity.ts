import type { KeyId, OrgId, UserId } from '@tenantry/contracts'
import { EntitySchema } from 'typeorm'

export type KeyStatus = 'ACTIVE' | 'REVOKED'

export interface ApiKey {
  readonly id: KeyId
  readonly orgId: OrgId
  readonly userId: UserId
  readonly digest: Buffer
  readonly description: string
  readonly status: KeyStatus
  readonly usedAt: Date | null
  readonly createdAt: Date
  readonly updatedAt: Date
  readonly updatedBy: UserId
}

export const ApiKeyEntity = new EntitySchema<ApiKey>({
  name: 'ApiKey',
  tableName: 'api_keys',
  columns: {
    id: { type: 'uuid', primary: true },
    orgId: { name: 'org_id', type: 'uuid' },
    userId: { name: 'user_id', type: 'uuid' },
    digest: { type: 'bytea' },
    description: { type: 'text' },
    status: { type: 'text', default: 'ACTIVE' },
    usedAt: { name: 'used_at', type: 'timestamptz', precision: 3, nullable: true },
    createdAt: { name: 'created_at', type: 'timestamptz', precision: 3, default: () => 'now()' },
    updatedAt: { name: 'updated_at', type: 'timestamptz', precision: 3, default: () => 'now()' },
    updatedBy: { name: 'updated_by', type: 'uuid' },
  },
  uniques: [{ name: 'api_keys_digest', columns: ['digest'] }],
})
