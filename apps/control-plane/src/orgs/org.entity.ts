import type { OrgId, UserId } from '@tenantry/contracts'
import { EntitySchema } from 'typeorm'
import { bigintAsNumber } from '../shapes/shape.entity.js'

export interface Org {
  readonly id: OrgId
  readonly name: string
  readonly companyName: string
  readonly address: string
  readonly techEmail: string
  readonly billingEmail: string
  readonly orgType: string
  readonly databasesUsed: number
  /** Read by the version before only; the columns below say what an org of its own may have. */
  readonly databasesMax: number
  readonly usersUsed: number
  readonly storageUsed: number
  /** null is what the installation gives every org. */
  readonly ownDatabasesMax: number | null
  readonly ownUsersMax: number | null
  readonly ownStorageMax: number | null
  /** Since when the org is a mark only. */
  readonly deletedAt: Date | null
  readonly createdAt: Date
  readonly updatedAt: Date
  readonly updatedBy: UserId
}

const nullableBigint = { from: (text: string | null): number | null => text === null ? null : Number(text), to: (value: number | null): number | null => value }

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
    usersUsed: { name: 'users_used', type: 'integer', default: 0 },
    storageUsed: { name: 'storage_used', type: 'bigint', default: 0, transformer: bigintAsNumber },
    ownDatabasesMax: { name: 'own_databases_max', type: 'integer', nullable: true },
    ownUsersMax: { name: 'own_users_max', type: 'integer', nullable: true },
    ownStorageMax: { name: 'own_storage_max', type: 'bigint', nullable: true, transformer: nullableBigint },
    deletedAt: { name: 'deleted_at', type: 'timestamptz', precision: 3, nullable: true },
    createdAt: { name: 'created_at', type: 'timestamptz', precision: 3, default: () => 'now()' },
    updatedAt: { name: 'updated_at', type: 'timestamptz', precision: 3, default: () => 'now()' },
    updatedBy: { name: 'updated_by', type: 'uuid' },
  },
})
