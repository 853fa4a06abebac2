import { z } from 'zod'
import { operation } from './operation.js'

export const shapeSchema = z.object({
  org_id: z.uuid(),
  name: z.string(),
  vendor: z.string(),
  region: z.string(),
  type: z.string(),
  metadata: z.looseObject({
    display_name: z.string(),
    available: z.boolean().meta({ description: 'Whether this installation can make a database of it now.' }),
    unavailable_because: z.string(),
  }).partial(),
  properties: z.looseObject({
    engine: z.string(),
    placement: z.string().meta({ description: '`local` for this installation itself, `any` for one of its servers, or the name of one.' }),
    disk_bytes: z.int(),
    disk_bytes_kept: z.boolean().meta({ description: 'Whether what would pass disk_bytes is refused.' }),
    languages: z.array(z.string()).meta({ description: 'What its databases can be asked in.' }),
    credentials: z.boolean(),
    backups: z.boolean(),
  }).partial(),
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
  readonly node: string
  readonly abilities: { readonly languages: readonly string[]; readonly credentials: boolean; readonly keepsSize: boolean; readonly backups: boolean }
  /** Why there can be no database of it now; undefined when there can. */
  readonly unavailable: string | undefined
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
  metadata: { display_name: shape.displayName, available: shape.unavailable === undefined, ...(shape.unavailable !== undefined && { unavailable_because: shape.unavailable }) },
  properties: {
    engine: shape.engine, placement: shape.node, disk_bytes: shape.storageBytes, disk_bytes_kept: shape.abilities.keepsSize,
    languages: [...shape.abilities.languages], credentials: shape.abilities.credentials, backups: shape.abilities.backups,
  },
  created_by: nobody,
  created_at: shape.createdAt.toISOString(),
  updated_at: shape.updatedAt.toISOString(),
  updated_by: nobody,
})

const example = presentShape('a40f5d1f-d889-42e9-94ea-b9b33585fc6b')({
  name: 'sqlite-small', displayName: 'SQLite, 1 GB', vendor: 'Tenantry', region: 'local', engine: 'sqlite', storageBytes: 1_073_741_824, node: 'local',
  abilities: { languages: ['sql', 'graphql'], credentials: false, keepsSize: true, backups: false }, unavailable: undefined,
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
