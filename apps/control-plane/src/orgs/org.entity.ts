import type { OrgId, UserId } from '@tenantry/contracts'
import { EntitySchema } from 'typeorm'

export interface Org {
  readonly id: OrgId
  readonly name: string
  readonly companyName: string
  readonly address: string
  readonly techEmail: string
  readonly billingEmail: string
  readonly orgType: string
  readonly databasesUsed: number
  readonly databasesMax: number
  readonly createdAt: Date
  readonly updatedAt: Date
  readonly updatedBy: UserId
}

export const OrgEntity = new EntitySchema<Org>({
  name: 'Org',
  tableName: 'orgs',
  columns: {
    id: { type: 'uuid', primary: true },
    name: { type: 'text' },
    companyName: { name: 'company_name', type: 'text', default: '' },
    address: { type: 'text', default: '' },
    techEmail: { name: 'tech_email', type: 'text' },
    billingEmail: { name: 'billing_email', type: 'text' },
    orgType: { name: 'org_type', type: 'text', default: 'trial' },
    databasesUsed: { name: 'databases_used', type: 'integer', default: 0 },
    databasesMax: { name: 'databases_max', type: 'integer' },
    createdAt: { name: 'created_at', type: 'timestamptz', precision: 3, default: () => 'now()' },
    updatedAt: { name: 'updated_at', type: 'timestamptz', precision: 3, default: () => 'now()' },
    updatedBy: { name: 'updated_by', type: 'uuid' },
  },
})
