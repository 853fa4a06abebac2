import type { DatabaseFact, DatabaseId, DatabaseState, OrgId, UserId } from '@tenantry/contracts'
import { EntitySchema } from 'typeorm'

export const feedKinds = ['database.created', 'database.updated', 'database.moved'] as const
export type FeedKind = (typeof feedKinds)[number]

/** What is told of a deed. */
export interface FeedFacts {
  readonly kind: FeedKind
  readonly databaseId: DatabaseId
  readonly name: string
  readonly state: DatabaseState
  readonly from: DatabaseState | null
  /** The fact that moved it; null where its state stayed. */
  readonly cause: DatabaseFact | null
  readonly by: UserId | null
  readonly reason: string | null
}

/** One event of an org. `seq` counts the org's events from 1 without a gap, in the order in which they were kept. */
export interface FeedEvent extends FeedFacts {
  readonly seq: number
  readonly at: Date
}

interface FeedRow {
  readonly orgId: OrgId
  readonly seq: string
  readonly databaseId: DatabaseId
  readonly kind: FeedKind
  readonly name: string
  readonly state: DatabaseState
  readonly fromState: DatabaseState | null
  readonly cause: DatabaseFact | null
  readonly by: UserId | null
  readonly reason: string | null
  readonly at: Date
}

export const FeedEntity = new EntitySchema<FeedRow>({
  name: 'FeedEvent',
  tableName: 'feed',
  columns: {
    orgId: { name: 'org_id', type: 'uuid', primary: true },
    seq: { type: 'bigint', primary: true },
    databaseId: { name: 'database_id', type: 'uuid' },
    kind: { type: 'text' },
    name: { type: 'text' },
    state: { type: 'text' },
    fromState: { name: 'from_state', type: 'text', nullable: true },
    cause: { type: 'text', nullable: true },
    by: { type: 'uuid', nullable: true },
    reason: { type: 'text', nullable: true },
    at: { type: 'timestamptz', default: () => 'clock_timestamp()' },
  },
})

export const FeedHeadEntity = new EntitySchema<{ readonly orgId: OrgId; readonly seq: string }>({
  name: 'FeedHead',
  tableName: 'feed_heads',
  columns: { orgId: { name: 'org_id', type: 'uuid', primary: true }, seq: { type: 'bigint' } },
})
