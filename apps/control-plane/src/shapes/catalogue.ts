import type { Shape } from './shape.entity.js'

export type OfferedShape = Omit<Shape, 'offered' | 'createdAt' | 'updatedAt'>

const gibibyte = 1_073_741_824
const ours = { vendor: 'Tenantry', region: 'local' } as const

/** What a database gets that names no shape, and one that names a size which FeatureBase Cloud sold. */
export const usualShape = 'bitmap-small'

/** The shapes that come with every installation; its operator adds to them in a file. Whether one can be served is known elsewhere. */
export const ownShapes: readonly OfferedShape[] = [
  { ...ours, name: usualShape, displayName: 'Bitmaps, 1 GB', engine: 'bitmap', node: 'local', storageBytes: gibibyte },
  { ...ours, name: 'sqlite-small', displayName: 'SQLite, 1 GB', engine: 'sqlite', node: 'local', storageBytes: gibibyte },
  { ...ours, name: 'postgres-small', displayName: 'Postgres, 1 GB', engine: 'postgres', node: 'any', storageBytes: gibibyte },
  { ...ours, name: 'featurebase-server', displayName: 'A FeatureBase server of its own', engine: 'featurebase', node: 'any', storageBytes: gibibyte },
]
