import type { OrgId, UserId } from '@tenantry/contracts'
import { EntitySchema } from 'typeorm'

/** A line of the record of deeds. `entry` is the canonical text that was hashed; what is searched by stands beside it. */
export interface AuditRow {
  readonly orgId: OrgId
  readonly number: string
  readonly at: Date
  readonly actorId: UserId
  readonly action: string
  readonly entry: string
  readonly prevHash: Buffer
  readonly hash: Buffer
}

/** The end of an org's chain: who adds to it holds this row until the commit. */
export interface AuditHead {
  readonly orgId: OrgId
  readonly number: string
  readonly prevHash: Buffer
  readonly hash: Buffer
}

export const AuditEntity = new EntitySchema<AuditRow>({
  name: 'Audit',
  tableName: 'audit',
  columns: {
    orgId: { name: 'org_id', type: 'uuid', primary: true },
    number: { type: 'bigint', primary: true },
    at: { type: 'timestamptz', precision: 3 },
    actorId: { name: 'actor_id', type: 'uuid' },
    action: { type: 'text' },
    entry: { type: 'text' },
    prevHash: { name: 'prev_hash', type: 'bytea' },
    hash: { type: 'bytea' },
  },
})

export const AuditHeadEntity = new EntitySchema<AuditHead>({
  name: 'AuditHead',
  tableName: 'audit_heads',
  columns: {
    orgId: { name: 'org_id', type: 'uuid', primary: true },
    number: { type: 'bigint' },
    prevHash: { name: 'prev_hash', type: 'bytea' },
    hash: { type: 'bytea' },
  },
})
