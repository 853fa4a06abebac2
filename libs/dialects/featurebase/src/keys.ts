import { KeyIdSchema, OrgIdSchema, UserIdSchema } from '@tenantry/contracts'
import { z } from 'zod'
import { idParameter, notUuid, orgMissing, userMissing } from './ids.js'
import { operation } from './operation.js'
import { listOf, pageQuery } from './page.js'

export const keyMissing = 'There is no such key.'

const keyStatus = z.enum(['ACTIVE', 'REVOKED'])

export const keySchema = z.object({
  id: z.uuid(),
  description: z.string(),
  status: keyStatus,
  used_at: z.iso.datetime().nullable(),
  org_id: z.uuid(),
  created_by: z.uuid(),
  created_at: z.iso.datetime(),
  owned_by: z.uuid(),
  updated_at: z.iso.datetime(),
  updated_by: z.uuid(),
})

export interface KeyView {
  readonly id: string
  readonly description: string
  readonly status: z.infer<typeof keyStatus>
  readonly usedAt?: Date
  readonly orgId: string
  readonly createdBy: string
  readonly createdAt: Date
  readonly ownedBy: string
  readonly updatedAt: Date
  readonly updatedBy: string
}

export const presentKey = (key: KeyView): z.infer<typeof keySchema> => ({
  id: key.id,
  description: key.description,
  status: key.status,
  used_at: key.usedAt?.toISOString() ?? null,
  org_id: key.orgId,
  created_by: key.createdBy,
  created_at: key.createdAt.toISOString(),
  owned_by: key.ownedBy,
  updated_at: key.updatedAt.toISOString(),
  updated_by: key.updatedBy,
})

/** The only time that a key's secret is shown. */
export const presentNewKey = (key: { readonly id: string; readonly secret: string }) => ({ id: key.id, secret: key.secret })

const description = z.string().max(1000, 'must have at most 1000 characters').refine((text) => !text.includes('\0'), 'must not contain NUL')

const knownOwner = z.object({ user_id: idParameter(UserIdSchema, 'UserNotFound', userMissing) })
const strictOwner = z.object({ user_id: idParameter(UserIdSchema, 'InvalidId', notUuid) })
const knownKey = z.object({ user_id: idParameter(UserIdSchema, 'KeyNotFound', keyMissing), id: idParameter(KeyIdSchema, 'KeyNotFound', keyMissing) })
const strictKey = z.object({ user_id: idParameter(UserIdSchema, 'InvalidId', notUuid), id: idParameter(KeyIdSchema, 'InvalidId', notUuid) })
const knownOrg = z.object({ id: idParameter(OrgIdSchema, 'OrgNotFound', orgMissing) })

const example = {
  id: '497f6eca-6276-4993-bfeb-53cbbbba6f08', description: 'My super secret key', status: 'ACTIVE', used_at: '2019-08-24T14:15:22Z',
  org_id: 'a40f5d1f-d889-42e9-94ea-b9b33585fc6b', created_by: 'ee824cad-d7a6-4f48-87dc-e8461a9201c4', created_at: '2019-08-24T14:15:22Z',
  owned_by: 'b54c13ac-3977-4e54-bbfa-b33713ac1540', updated_at: '2019-08-24T14:15:22Z', updated_by: 'deea00dc-b6b6-4412-a483-26ac61e1f6fe',
} as const

export const createKey = operation({
  id: 'createKey', method: 'POST', path: '/v2/users/{user_id}/keys', tag: 'Keys', summary: 'Create an API key of one\'s own', permission: 'keys:own',
  params: knownOwner, deed: { object: 'key', showsSecret: true }, body: { kind: 'json', schema: z.object({ description: description.default('') }) },
  success: { status: 201, description: 'The key; its secret is shown this once.', schema: z.object({ id: z.uuid(), secret: z.string() }) },
  problems: ['InvalidBody', 'InvalidParameter', 'InvalidContentType', 'UserNotFound', 'ResourceLimitExceeded', 'RequestTooLarge'],
  examples: { request: { description: example.description }, answer: { id: example.id, secret: '9600ee5d-1c66-4d31-b2c3-97ef4a25d053' } },
})

export const listKeys = operation({
  id: 'listKeys', method: 'GET', path: '/v2/users/{user_id}/keys', tag: 'Keys', summary: 'List a user\'s API keys', permission: 'keys:own', params: strictOwner,
  success: { status: 200, description: 'All keys of the user, revoked ones too, oldest first.', schema: z.object({ resources: z.array(keySchema) }) },
  problems: ['InvalidId', 'UserNotFound'],
  examples: { answer: { resources: [example] } },
})

export const getKey = operation({
  id: 'getKey', method: 'GET', path: '/v2/users/{user_id}/keys/{id}', tag: 'Keys', summary: 'Get an API key', permission: 'keys:own', params: strictKey,
  success: { status: 200, description: 'The key, without its secret.', schema: keySchema },
  problems: ['InvalidId', 'KeyNotFound'],
  examples: { answer: example },
})

export const updateKey = operation({
  id: 'updateKey', method: 'PUT', path: '/v2/users/{user_id}/keys/{id}', tag: 'Keys', summary: 'Rename or revoke an API key', permission: 'keys:own',
  params: knownKey, deed: { object: 'key', param: 'id' }, body: { kind: 'json', schema: z.object({ description: description.optional(), status: keyStatus.optional() }) },
  success: { status: 202, description: 'The key as it is now. A revoked key is refused everywhere within a second.', schema: keySchema },
  problems: ['InvalidBody', 'InvalidParameter', 'InvalidContentType', 'KeyNotFound', 'KeyRevoked', 'RequestTooLarge'],
  examples: { request: { description: example.description, status: example.status }, answer: example },
})

export const listOrgKeys = operation({
  id: 'listOrgKeys', method: 'GET', path: '/v2/orgs/{id}/keys', tag: 'Orgs', summary: 'List all API keys of an org', permission: 'keys:list', params: knownOrg,
  query: pageQuery,
  success: { status: 200, description: 'A page of the org\'s keys, oldest first.', schema: listOf(keySchema) },
  problems: ['InvalidParameter', 'OrgNotFound'],
  examples: { answer: { next: '', resources: [example] } },
})
