import type { CredentialId, DatabaseId, OrgId, UserId } from '@tenantry/contracts'
import type { CredentialKind } from '@tenantry/engines-contract'
import { EntitySchema } from 'typeorm'

/** A login of a database. Its password is nowhere: only what the server checks it by. */
export interface Credential {
  readonly id: CredentialId
  readonly orgId: OrgId
  readonly databaseId: DatabaseId
  readonly name: string
  readonly kind: CredentialKind
  readonly tls: boolean
  readonly verifier: string
  readonly createdAt: Date
  readonly createdBy: UserId
  readonly resetAt: Date | null
}

export const CredentialEntity = new EntitySchema<Credential>({
  name: 'Credential',
  tableName: 'credentials',
  columns: {
    id: { type: 'uuid', primary: true },
    orgId: { name: 'org_id', type: 'uuid' },
    databaseId: { name: 'database_id', type: 'uuid' },
    name: { type: 'text' },
    kind: { type: 'text' },
    tls: { type: 'boolean' },
    verifier: { type: 'text' },
    createdAt: { name: 'created_at', type: 'timestamptz', precision: 3, default: () => 'now()' },
    createdBy: { name: 'created_by', type: 'uuid' },
    resetAt: { name: 'reset_at', type: 'timestamptz', precision: 3, nullable: true },
  },
})
