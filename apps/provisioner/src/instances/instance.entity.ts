import type { DatabaseId, EngineName, OrgId } from '@tenantry/contracts'
import type { Target } from '@tenantry/engines-contract'
import { EntitySchema } from 'typeorm'

/** The wish for one database and how far it has come. */
export interface Instance {
  readonly databaseId: DatabaseId
  readonly orgId: OrgId
  readonly engine: EngineName
  readonly node: string
  readonly storageBytes: number
  readonly generation: number
  readonly version: number
  readonly present: boolean
  readonly power: 'on' | 'off'
  readonly bornVersion: number | null
  /** True when what is seen is what is wished. */
  readonly settled: boolean
  /** Failures for reasons nobody foresaw, of this version. */
  readonly attempts: number
  readonly reason: string | null
  readonly tryAt: Date
  readonly wishedAt: Date
  readonly removedAt: Date | null
  readonly purgedAt: Date | null
}

export const targetOf = (instance: Instance): Target => ({
  databaseId: instance.databaseId,
  generation: instance.generation,
  engine: instance.engine,
  node: instance.node,
  limits: { storageBytes: instance.storageBytes },
})

export const InstanceEntity = new EntitySchema<Instance>({
  name: 'Instance',
  tableName: 'instances',
  columns: {
    databaseId: { name: 'database_id', type: 'uuid', primary: true },
    orgId: { name: 'org_id', type: 'uuid' },
    engine: { type: 'text' },
    node: { type: 'text' },
    storageBytes: { name: 'storage_bytes', type: 'bigint', transformer: { from: Number, to: (value: number) => value } },
    generation: { type: 'integer' },
    version: { type: 'integer' },
    present: { type: 'boolean' },
    power: { type: 'text' },
    bornVersion: { name: 'born_version', type: 'integer', nullable: true },
    settled: { type: 'boolean', default: false },
    attempts: { type: 'integer', default: 0 },
    reason: { type: 'text', nullable: true },
    tryAt: { name: 'try_at', type: 'timestamptz', default: () => 'now()' },
    wishedAt: { name: 'wished_at', type: 'timestamptz', default: () => 'now()' },
    removedAt: { name: 'removed_at', type: 'timestamptz', nullable: true },
    purgedAt: { name: 'purged_at', type: 'timestamptz', nullable: true },
  },
})
