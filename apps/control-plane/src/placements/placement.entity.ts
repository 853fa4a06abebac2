import type { DatabaseId, EngineName } from '@tenantry/contracts'
import { EntitySchema } from 'typeorm'

/** A server that one database has for itself, from its creation until its data is purged. */
export interface Placement {
  readonly engine: EngineName
  readonly server: string
  readonly databaseId: DatabaseId
  readonly placedAt: Date
}

export const PlacementEntity = new EntitySchema<Placement>({
  name: 'Placement',
  tableName: 'placements',
  columns: {
    engine: { type: 'text', primary: true },
    server: { type: 'text', primary: true },
    databaseId: { name: 'database_id', type: 'uuid' },
    placedAt: { name: 'placed_at', type: 'timestamptz', default: () => 'now()' },
  },
})
