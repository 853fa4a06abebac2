import type { OrgId } from '@tenantry/contracts'
import { EntitySchema } from 'typeorm'

interface KeyQuota {
  readonly orgId: OrgId
  readonly used: number
  /** null is what the installation gives every org. */
  readonly ownMax: number | null
}

export const KeyQuotaEntity = new EntitySchema<KeyQuota>({
  name: 'KeyQuota',
  tableName: 'key_quotas',
  columns: {
    orgId: { name: 'org_id', type: 'uuid', primary: true },
    used: { type: 'integer' },
    ownMax: { name: 'own_max', type: 'integer', nullable: true },
  },
})
