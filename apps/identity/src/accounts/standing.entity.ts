import type { OrgId, UserId } from '@tenantry/contracts'
import { EntitySchema } from 'typeorm'

/** What the control plane said last of a user's membership. */
export interface Standing {
  readonly userId: UserId
  readonly orgId: OrgId
  readonly version: number
  readonly active: boolean
}

export const StandingEntity = new EntitySchema<Standing>({
  name: 'Standing',
  tableName: 'standings',
  columns: {
    userId: { name: 'user_id', type: 'uuid', primary: true },
    orgId: { name: 'org_id', type: 'uuid', primary: true },
    version: { type: 'integer' },
    active: { type: 'boolean' },
  },
})
