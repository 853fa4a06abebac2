import { z } from 'zod'
import { operation } from './operation.js'

export const shapeSchema = z.object({
  org_id: z.uuid(),
  name: z.string(),
  vendor: z.string(),
  region: z.string(),
  type: z.string(),
  metadata: z.looseObject({}),
  properties: z.looseObject({}),
  created_by: z.uuid(),
  created_at: z.iso.datetime(),
  updated_at: z.iso.datetime(),
  updated_by: z.uuid(),
})

export interface ShapeView {
  readonly name: string
  readonly displayName: string
  readonly vendor: string
  readonly region: string
  readonly engine: string
  readonly storageBytes: number
  readonly createdAt: Date
  readonly updatedAt: Date
}

// A shape that comes with the installation was made by nobody.
const nobody = '00000000-0000-0000-0000-000000000000'

export const presentShape = (orgId: string) => (shape: ShapeView): z.infer<typeof shapeSchema> => ({
  org_id: orgId,
  name: shape.name,
  vendor: shape.vendor,
  region: shape.region,
  type: shape.engine,
  metadata: { display_name: shape.displayName },
  properties: { disk_bytes: shape.storageBytes },
  created_by: nobody,
  created_at: shape.createdAt.toISOString(),
  updated_at: shape.updatedAt.toISOString(),
  updated_by: nobody,
})

const example = presentShape('a40f5d1f-d889-42e9-94ea-b9b33585fc6b')({
  name: 'sqlite-small', displayName: 'SQLite, 1 GB', vendor: 'Tenantry', region: 'local', engine: 'sqlite', storageBytes: 1_073_741_824,
  createdAt: new Date('2019-08-24T14:15:22Z'), updatedAt: new Date('2019-08-24T14:15:22Z'),
})

export const listShapes = operation({
  id: 'listShapes', method: 'GET', path: '/v2/shapes', tag: 'Shapes', summary: 'List the shapes a database can have', permission: 'databases:read',
  success: { status: 200, description: 'All shapes; there are few.', schema: z.object({ shapes: z.array(shapeSchema) }) },
  problems: [],
  examples: { answer: { shapes: [example] } },
})

export const getShape = operation({
  id: 'getShape', method: 'GET', path: '/v2/shapes/{shapename}', tag: 'Shapes', summary: 'Get a shape', permission: 'databases:read',
  params: z.object({ shapename: z.string().max(200) }),
  success: { status: 200, description: 'The shape.', schema: shapeSchema },
  problems: ['ShapeNotFound'],
  examples: { answer: example },
})
