import { type DatabaseState, UserIdSchema, databaseNameLength } from '@tenantry/contracts'
import { z } from 'zod'
import { knownDatabase, strictDatabase } from './ids.js'
import { operation } from './operation.js'
import { listOf, pageQuery } from './page.js'
import { databaseStatus } from './states.js'

const shown = /^[^\p{Cc}\p{Cs}]+$/u

/** A name that people read: 1 to 300 characters, none of them a control character, no space at either end. */
export const nameSchema = z.string()
  .refine((name) => [...name].length >= databaseNameLength.min, 'must not be empty')
  .refine((name) => [...name].length <= databaseNameLength.max, `must have at most ${databaseNameLength.max} characters`)
  .refine((name) => name === '' || shown.test(name), 'must not contain control characters')
  .refine((name) => name === name.trim(), 'must not begin or end with a space')
  .meta({ minLength: databaseNameLength.min, maxLength: databaseNameLength.max })

/** Kept as they came: other keys than `shape` are the client's own. */
const optionsSchema = z.record(z.string(), z.unknown()).superRefine((options, context) => {
  const { shape } = options
  if (shape === undefined || (typeof shape === 'string' && shape.length >= 1 && shape.length <= 100)) return
  context.addIssue({ code: 'custom', path: ['shape'], message: 'must be the name of a shape' })
}).meta({ description: 'Kept as they came. `shape` names one of GET /v2/shapes. Without it, and with a size that FeatureBase Cloud sold (8GB-Development), it is a database of bitmaps, which speaks FeatureBase\'s SQL and PQL; `sqlite-small` makes one of SQLite.' })

/** How FeatureBase Cloud named the sizes that it sold: `8GB-Development`, `32gb-aws:us-east-2`. */
const soldSize = /^[0-9]{1,4}[gt]b-[a-z0-9:-]+$/i
const sizesAre = 'bitmap-small'

/**
 * The shape that options ask for, which may leave the choice to us. A client of FeatureBase Cloud goes on asking for a size that was sold
 * there: it gets a database of the kind that it had, unless there is a shape of that name.
 */
export const shapeIn = ({ shape }: Readonly<Record<string, unknown>>): { readonly name?: string; readonly otherwise?: string } => {
  const name = typeof shape === 'string' ? shape : undefined
  return name === undefined ? {} : { name, ...(soldSize.test(name) && { otherwise: sizesAre }) }
}

export const databaseSchema = z.object({
  id: z.uuid(),
  name: z.string(),
  database_status: z.enum(Object.values(databaseStatus) as [string, ...string[]]),
  database_options: z.looseObject({}),
  org_id: z.uuid(),
  created_by: z.uuid(),
  created_at: z.iso.datetime(),
  owned_by: z.uuid(),
  updated_at: z.iso.datetime(),
  updated_by: z.uuid(),
})

export interface DatabaseView {
  readonly id: string
  readonly name: string
  readonly state: DatabaseState
  readonly options: Readonly<Record<string, unknown>>
  readonly orgId: string
  readonly createdBy: string
  readonly createdAt: Date
  readonly ownedBy: string
  readonly updatedAt: Date
  readonly updatedBy: string
}

export const presentDatabase = (database: DatabaseView): z.infer<typeof databaseSchema> => ({
  id: database.id,
  name: database.name,
  database_status: databaseStatus[database.state],
  database_options: database.options,
  org_id: database.orgId,
  created_by: database.createdBy,
  created_at: database.createdAt.toISOString(),
  owned_by: database.ownedBy,
  updated_at: database.updatedAt.toISOString(),
  updated_by: database.updatedBy,
})

export const presentDeletion = (): { response_code: number; message: string } =>
  ({ response_code: 202, message: 'The database is being deleted.' })

const example = {
  id: '497f6eca-6276-4993-bfeb-53cbbbba6f08', name: 'example-database', database_status: 'RUNNING', database_options: { shape: 'bitmap-small' },
  org_id: 'a40f5d1f-d889-42e9-94ea-b9b33585fc6b', created_by: 'ee824cad-d7a6-4f48-87dc-e8461a9201c4', created_at: '2019-08-24T14:15:22Z',
  owned_by: 'b54c13ac-3977-4e54-bbfa-b33713ac1540', updated_at: '2019-08-24T14:15:22Z', updated_by: 'deea00dc-b6b6-4412-a483-26ac61e1f6fe',
}

export const createDatabase = operation({
  id: 'createDatabase', method: 'POST', path: '/v2/databases', tag: 'Databases', summary: 'Create a database',
  permission: 'databases:create', deed: { object: 'database' },
  body: { kind: 'json', schema: z.object({ name: nameSchema, database_options: optionsSchema.default({}) }) },
  success: { status: 201, description: 'The database is being made; its status becomes RUNNING.', schema: databaseSchema },
  problems: ['InvalidBody', 'InvalidParameter', 'MissingParameter', 'InvalidContentType', 'RelatedResourceNotFound', 'ResourceLimitExceeded', 'DatabaseNameTaken', 'ShapeNotServed', 'OrgNotFound', 'RequestTooLarge'],
  examples: { request: { name: 'example-database', database_options: { shape: 'bitmap-small' } }, answer: example },
})

export const listDatabases = operation({
  id: 'listDatabases', method: 'GET', path: '/v2/databases', tag: 'Databases', summary: 'List the databases of the org',
  permission: 'databases:read', query: pageQuery,
  success: { status: 200, description: 'One page of databases, oldest first.', schema: listOf(databaseSchema) },
  problems: ['InvalidParameter'],
  examples: { answer: { next: '', resources: [example] } },
})

/** What the document shows first: it lists databases by a path of an older version, and by POST. */
export const listDeployments = operation({
  id: 'listDeployments', method: 'POST', path: '/v1/deployments', tag: 'Databases', summary: 'List the databases of the org (path of an older version)',
  permission: 'databases:read', query: pageQuery, reads: true,
  success: { status: 200, description: 'One page of databases, oldest first.', schema: listOf(databaseSchema) },
  problems: ['InvalidParameter'],
  examples: { answer: { next: '', resources: [example] } },
})

export const getDatabase = operation({
  id: 'getDatabase', method: 'GET', path: '/v2/databases/{database_id}', tag: 'Databases', summary: 'Get a database',
  permission: 'databases:read', params: knownDatabase,
  success: { status: 200, description: 'The database.', schema: databaseSchema },
  problems: ['DatabaseNotFound'],
  examples: { answer: example },
})

export const updateDatabase = operation({
  id: 'updateDatabase', method: 'PUT', path: '/v2/databases/{database_id}', tag: 'Databases', summary: 'Rename a database or give it to another user',
  permission: 'databases:update', params: knownDatabase, deed: { object: 'database', param: 'database_id' },
  body: { kind: 'json', schema: z.object({ name: nameSchema, owned_by: UserIdSchema.optional() }) },
  success: { status: 202, description: 'The database as it is now.', schema: databaseSchema },
  problems: ['InvalidBody', 'InvalidParameter', 'MissingParameter', 'InvalidContentType', 'RelatedResourceNotFound', 'DatabaseNotFound', 'DatabaseNameTaken', 'DatabaseInWrongState', 'RequestTooLarge'],
  examples: { request: { name: 'example-database', owned_by: 'b54c13ac-3977-4e54-bbfa-b33713ac1540' }, answer: example },
})

export const deleteDatabase = operation({
  id: 'deleteDatabase', method: 'DELETE', path: '/v2/databases/{database_id}', tag: 'Databases', summary: 'Delete a database',
  permission: 'databases:delete', params: strictDatabase, deed: { object: 'database', param: 'database_id' },
  success: { status: 202, description: 'The database is being deleted.', schema: z.object({ response_code: z.int(), message: z.string() }) },
  problems: ['InvalidId', 'DatabaseNotFound', 'DatabaseInWrongState'],
  examples: { answer: { response_code: 202, message: 'The database is being deleted.' } },
})

const powered = {
  method: 'PUT', tag: 'Databases', permission: 'databases:power', params: knownDatabase, deed: { object: 'database', param: 'database_id' }, problems: ['DatabaseNotFound', 'DatabaseInWrongState'], examples: { answer: example },
} as const

export const stopDatabase = operation({
  ...powered, id: 'stopDatabase', path: '/v2/databases/{database_id}/action/stop', summary: 'Stop a database',
  success: { status: 202, description: 'The database is stopping; its status becomes STOPPED, and it then refuses queries with 409. Its data stays.', schema: databaseSchema },
})

export const startDatabase = operation({
  ...powered, id: 'startDatabase', path: '/v2/databases/{database_id}/action/start', summary: 'Start a stopped database',
  success: { status: 202, description: 'The database is starting; its status becomes RUNNING.', schema: databaseSchema },
})

export const undeleteDatabase = operation({
  id: 'undeleteDatabase', method: 'POST', path: '/v2/databases/{database_id}/action/undelete', tag: 'Databases', summary: 'Bring a deleted database back',
  permission: 'databases:delete', params: knownDatabase, deed: { object: 'database', param: 'database_id' },
  success: { status: 202, description: 'The database comes back under its id, with its data, running or stopped as it was.', schema: databaseSchema },
  problems: ['DatabaseNotFound', 'DatabaseInWrongState', 'DatabaseNameTaken', 'ResourceLimitExceeded'],
  examples: { answer: { ...example, database_status: 'RESTORING' } },
})
