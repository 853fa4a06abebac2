import type { EngineName } from '@tenantry/contracts'
import { EntitySchema } from 'typeorm'

/** What kind of database can be had: an engine, where it runs, and how much it may hold. */
export interface Shape {
  readonly name: string
  readonly displayName: string
  readonly vendor: string
  readonly region: string
  readonly engine: EngineName
  /** `local` for the engine host; otherwise `any` server of the engine, or the name of one. */
  readonly node: string
  readonly storageBytes: number
  /** Whether there may be new databases of it. */
  readonly offered: boolean
  readonly createdAt: Date
  readonly updatedAt: Date
}

export const bigintAsNumber = { from: (text: string): number => Number(text), to: (value: number): number => value }

export const ShapeEntity = new EntitySchema<Shape>({
  name: 'Shape',
  tableName: 'shapes',
  columns: {
    name: { type: 'text', primary: true },
    displayName: { name: 'display_name', type: 'text' },
    vendor: { type: 'text' },
    region: { type: 'text' },
    engine: { type: 'text' },
    node: { type: 'text' },
    storageBytes: { name: 'storage_bytes', type: 'bigint', transformer: bigintAsNumber },
    offered: { type: 'boolean', default: true },
    createdAt: { name: 'created_at', type: 'timestamptz', precision: 3, default: () => 'now()' },
    updatedAt: { name: 'updated_at', type: 'timestamptz', precision: 3, default: () => 'now()' },
  },
})
