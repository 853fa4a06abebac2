import { EntitySchema } from 'typeorm'

/** What a request under an Idempotency-Key was answered. */
export interface Repeat {
  readonly orgId: string
  readonly callerId: string
  readonly key: string
  /** Of the request, so that another one under the same key is told apart. */
  readonly digest: Buffer
  /** The answer, unless it shows a secret. */
  readonly outcome: string | null
  /** The answer that shows a secret; null also when its time is over. */
  readonly sealed: Buffer | null
  readonly createdAt: Date
}

export const RepeatEntity = new EntitySchema<Repeat>({
  name: 'Repeat',
  tableName: 'repeats',
  columns: {
    orgId: { name: 'org_id', type: 'uuid', primary: true },
    callerId: { name: 'caller_id', type: 'uuid', primary: true },
    key: { type: 'text', primary: true },
    digest: { type: 'bytea' },
    outcome: { type: 'text', nullable: true },
    sealed: { type: 'bytea', nullable: true },
    createdAt: { name: 'created_at', type: 'timestamptz', default: () => 'now()' },
  },
})
