import { type OrgPermission, permissions } from '@tenantry/contracts'
import { z } from 'zod'
import { idParameter } from './ids.js'
import { operation } from './operation.js'
import { listOf, pageQuery } from './page.js'

const mostLetters = 100

/** A role's name stands in paths: letters, digits and a few signs, none of which needs care in a URL. */
export const roleNameSchema = z.string()
  .refine((name) => [...name].length <= mostLetters, `must have at most ${mostLetters} characters`)
  .refine((name) => /^[\p{L}\p{N}]([\p{L}\p{N} _.:@+-]*[\p{L}\p{N}_.:@+-])?$/u.test(name), 'must begin with a letter or a digit, and have only these, spaces within, and _ . : @ + -')

const namedRole = z.object({ roleName: idParameter(roleNameSchema, 'RoleNotFound', 'There is no such role.') })

/** Permissions, each once and in the order of the closed list. */
export const aclSchema = z.array(z.enum(permissions)).max(permissions.length * 4).transform((acl): readonly OrgPermission[] => permissions.filter((one) => acl.includes(one)))

const roleSchema = z.object({ rolename: z.string(), org_id: z.uuid(), acl: z.array(z.string()) })

export interface RoleView {
  readonly name: string
  readonly orgId: string
  readonly acl: readonly string[]
  readonly isOwner: boolean
}

/** What owners have, in the document's word. */
export const ownerAcl = 'Org_Owner'

export const presentRole = (role: RoleView): z.infer<typeof roleSchema> => ({ rolename: role.name, org_id: role.orgId, acl: role.isOwner ? [ownerAcl] : [...role.acl] })

export const presentRoleDeletion = (): { response_code: number; message: string } => ({ response_code: 202, message: 'The role is deleted, and nobody holds it any more.' })

const example = { rolename: 'example-rolename', org_id: 'a40f5d1f-d889-42e9-94ea-b9b33585fc6b', acl: ['databases:power', 'audit:read'] }

export const createRole = operation({
  id: 'createRole', method: 'POST', path: '/v2/roles', tag: 'Roles', summary: 'Create a role that adds permissions to a built-in one', permission: 'roles:write',
  deed: { object: 'role', made: 'rolename' },
  body: { kind: 'json', schema: z.object({ rolename: roleNameSchema, acl: aclSchema.default([]) }) },
  success: { status: 201, description: 'The role; nobody holds it yet.', schema: roleSchema },
  problems: ['InvalidBody', 'InvalidParameter', 'MissingParameter', 'InvalidContentType', 'RoleNameTaken', 'ResourceLimitExceeded', 'RequestTooLarge'],
  examples: { request: { rolename: example.rolename, acl: example.acl }, answer: example },
})

export const listRoles = operation({
  id: 'listRoles', method: 'GET', path: '/v2/roles', tag: 'Roles', summary: 'List the roles of the org', permission: 'roles:write', query: pageQuery,
  success: { status: 200, description: 'A page of roles: the built-in ones first, then the org\'s own, oldest first.', schema: listOf(roleSchema) },
  problems: ['InvalidParameter'],
  examples: { answer: { next: '', resources: [{ ...example, rolename: 'owner', acl: [ownerAcl] }, example] } },
})

export const getRole = operation({
  id: 'getRole', method: 'GET', path: '/v2/roles/{roleName}', tag: 'Roles', summary: 'Get a role', permission: 'members:read', params: namedRole,
  success: { status: 200, description: 'The role.', schema: roleSchema },
  problems: ['RoleNotFound'],
  examples: { answer: example },
})

export const updateRole = operation({
  id: 'updateRole', method: 'PUT', path: '/v2/roles/{roleName}', tag: 'Roles', summary: 'Change what a role adds', permission: 'roles:write', params: namedRole,
  deed: { object: 'role', param: 'roleName' },
  body: { kind: 'json', schema: z.object({ acl: aclSchema.optional() }) },
  success: { status: 202, description: 'The role as it is now. It is so everywhere within a second.', schema: roleSchema },
  problems: ['InvalidBody', 'InvalidParameter', 'InvalidContentType', 'RoleNotFound', 'RequestTooLarge'],
  examples: { request: { acl: example.acl }, answer: example },
})

export const deleteRole = operation({
  id: 'deleteRole', method: 'DELETE', path: '/v2/roles/{roleName}', tag: 'Roles', summary: 'Delete a role', permission: 'roles:write', params: namedRole,
  deed: { object: 'role', param: 'roleName' },
  success: { status: 202, description: 'The role is gone, and taken from everyone who held it.', schema: z.object({ response_code: z.int(), message: z.string() }) },
  problems: ['RoleNotFound'],
  examples: { answer: { response_code: 202, message: 'The role is deleted, and nobody holds it any more.' } },
})
