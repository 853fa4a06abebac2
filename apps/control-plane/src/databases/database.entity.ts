import type { DatabaseFact, DatabaseId, DatabaseState, Desired, EngineName, OrgId, UserId } from '@tenantry/contracts'
import { EntitySchema } from 'typeorm'
import { bigintAsNumber } from '../shapes/shape.entity.js'

export interface Database {
  readonly id: DatabaseId
  readonly orgId: OrgId
  /** null is the default environment, the only one that the native API knows. */
  readonly environmentId: string | null
  readonly name: string
  /** What the creator sent as options, kept as it came. */
  readonly options: Readonly<Record<string, unknown>>
  readonly shape: string
  readonly engine: EngineName
  readonly node: string
  readonly storageBytes: number
  readonly state: DatabaseState
  readonly stateAt: Date
  /** When the provisioner was last asked to bring the wish about. */
  readonly askedAt: Date
  /** How many moves the history holds; it numbers them without a gap. */
  readonly moves: number
  readonly generation: number
  readonly version: number
  readonly present: boolean
  readonly power: 'on' | 'off'
  readonly createdBy: UserId
  readonly createdAt: Date
  readonly ownedBy: UserId
  readonly updatedAt: Date
  readonly updatedBy: UserId
  /** Counts the sets of documents that were registered with it. */
  readonly documentsVersion: number
  /** Whether no other documents are run. */
  readonly documentsOnly: boolean
}

export interface DatabaseMove {
  readonly databaseId: DatabaseId
  readonly seq: number
  readonly fact: DatabaseFact | 'created'
  readonly fromState: DatabaseState | null
  readonly toState: DatabaseState
  readonly generation: number
  readonly version: number
  readonly reason: string | null
  readonly movedBy: UserId | null
  readonly movedAt: Date
}

/** The wish that the provisioner is told. */
export const desiredOf = (database: Database): Desired => ({
  databaseId: database.id,
  orgId: database.orgId,
  engine: database.engine,
  node: database.node,
  limits: { storageBytes: database.storageBytes },
  generation: database.generation,
  version: database.version,
  present: database.present,
  power: database.power,
})

export const DatabaseEntity = new EntitySchema<Database>({
  name: 'Database',
  tableName: 'databases',
  columns: {
    id: { type: 'uuid', primary: true },
    orgId: { name: 'org_id', type: 'uuid' },
    environmentId: { name: 'environment_id', type: 'uuid', nullable: true },
    name: { type: 'text' },
    options: { type: 'json' },
    shape: { type: 'text' },
    engine: { type: 'text' },
    node: { type: 'text' },
    storageBytes: { name: 'storage_bytes', type: 'bigint', transformer: bigintAsNumber },
    state: { type: 'text' },
    stateAt: { name: 'state_at', type: 'timestamptz', default: () => 'now()' },
    askedAt: { name: 'asked_at', type: 'timestamptz', default: () => 'now()' },
    moves: { type: 'integer', default: 0 },
    generation: { type: 'integer', default: 1 },
    version: { type: 'integer', default: 1 },
    present: { type: 'boolean', default: true },
    power: { type: 'text', default: 'on' },
    createdBy: { name: 'created_by', type: 'uuid' },
    createdAt: { name: 'created_at', type: 'timestamptz', precision: 3, default: () => 'now()' },
    ownedBy: { name: 'owned_by', type: 'uuid' },
    updatedAt: { name: 'updated_at', type: 'timestamptz', precision: 3, default: () => 'now()' },
    updatedBy: { name: 'updated_by', type: 'uuid' },
    documentsVersion: { name: 'documents_version', type: 'integer', default: 0 },
    documentsOnly: { name: 'documents_only', type: 'boolean', default: false },
  },
})

export const DatabaseMoveEntity = new EntitySchema<DatabaseMove>({
  name: 'DatabaseMove',
  tableName: 'database_history',
  columns: {
    databaseId: { name: 'database_id', type: 'uuid', primary: true },
    seq: { type: 'integer', primary: true },
    fact: { type: 'text' },
    fromState: { name: 'from_state', type: 'text', nullable: true },
    toState: { name: 'to_state', type: 'text' },
    generation: { type: 'integer' },
    version: { type: 'integer' },
    reason: { type: 'text', nullable: true },
    movedBy: { name: 'moved_by', type: 'uuid', nullable: true },
    movedAt: { name: 'moved_at', type: 'timestamptz', default: () => 'clock_timestamp()' },
  },
})
