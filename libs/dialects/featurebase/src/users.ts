import { type BuiltInRole, type MemberStatus, type OrgPermission, permissions } from '@tenantry/contracts'
import { z } from 'zod'
import { emailSchema } from './email.js'
import { knownUser, strictUser } from './ids.js'
import { operation } from './operation.js'
import { listOf, pageQuery } from './page.js'
import { ownerAcl, roleNameSchema } from './roles.js'

export const userSchema = z.object({
  id: z.uuid(),
  org_id: z.uuid(),
  org_name: z.string(),
  idp_id: z.uuid(),
  username: z.string(),
  firstname: z.string(),
  lastname: z.string(),
  status: z.enum(['Active', 'Deactivated', 'Open', 'Left']),
  acl: z.array(z.string()),
  roles: z.array(z.string()),
  primary_email: z.string(),
  created_at: z.iso.datetime(),
  updated_at: z.iso.datetime(),
  updated_by: z.uuid(),
})

export interface UserView {
  readonly id: string
  readonly orgId: string
  readonly orgName: string
  readonly email: string
  readonly firstname: string
  readonly lastname: string
  readonly status: MemberStatus
  readonly role: BuiltInRole
  readonly roles: readonly { readonly name: string }[]
  /** What the member may do while active. */
  readonly held: readonly OrgPermission[]
  readonly createdAt: Date
  readonly updatedAt: Date
  readonly updatedBy: string
}

export const presentUser = (user: UserView): z.infer<typeof userSchema> => ({
  id: user.id,
  org_id: user.orgId,
  org_name: user.orgName,
  idp_id: user.id,
  username: user.email,
  firstname: user.firstname,
  lastname: user.lastname,
  status: user.status,
  acl: user.role === 'owner' ? [ownerAcl] : [...user.held],
  roles: rolesOf(user),
  primary_email: user.email,
  created_at: user.createdAt.toISOString(),
  updated_at: user.updatedAt.toISOString(),
  updated_by: user.updatedBy,
})

const rolesOf = ({ role, roles }: Pick<UserView, 'role' | 'roles'>): string[] => [role, ...roles.map(({ name }) => name)]

export const presentUserRoles = (user: Pick<UserView, 'id' | 'orgId' | 'role' | 'roles'>): z.infer<typeof userRolesSchema> =>
  ({ user_id: user.id, org_id: user.orgId, rolenames: rolesOf(user) })

const userRolesSchema = z.object({ user_id: z.uuid(), org_id: z.uuid(), rolenames: z.array(z.string()) })

const name = z.string().trim().min(1, 'must not be empty').max(300, 'must have at most 300 characters')
  .refine((text) => !/[\p{Cc}\p{Cs}]/u.test(text), 'must not contain control characters')

/** Org_Owner makes an owner; without it the list is exactly what the member may do, though never less than a viewer. */
const userAcl = z.array(z.enum([ownerAcl, ...permissions])).max(permissions.length * 4)
  .transform((acl): 'owner' | readonly OrgPermission[] => acl.includes(ownerAcl) ? 'owner' : permissions.filter((one) => acl.includes(one)))

export const userExample = {
  id: '497f6eca-6276-4993-bfeb-53cbbbba6f08', org_id: 'a40f5d1f-d889-42e9-94ea-b9b33585fc6b', org_name: 'Organization for example-org@abc.com',
  idp_id: '497f6eca-6276-4993-bfeb-53cbbbba6f08', username: 'example-email@abc.com', firstname: 'example-firstname', lastname: 'example-lastname',
  status: 'Active', acl: ['Org_Owner'], roles: ['owner'], primary_email: 'example-email@abc.com', created_at: '2019-08-24T14:15:22Z',
  updated_at: '2019-08-24T14:15:22Z', updated_by: 'deea00dc-b6b6-4412-a483-26ac61e1f6fe',
}
const example = userExample

const writerAcl = ['org:read', 'members:read', 'keys:own', 'databases:read', 'data:read', 'data:write', 'backups:read']

export const getCurrentUser = operation({
  id: 'getCurrentUser', method: 'GET', path: '/v2/users/current', tag: 'Users', summary: 'Get the caller', permission: 'caller',
  success: { status: 200, description: 'The user behind the credential.', schema: userSchema },
  problems: ['UserNotFound'],
  examples: { answer: example },
})

export const getUser = operation({
  id: 'getUser', method: 'GET', path: '/v2/users/{id}', tag: 'Users', summary: 'Get a user of the org', permission: 'members:read', params: knownUser,
  success: { status: 200, description: 'The user.', schema: userSchema },
  problems: ['UserNotFound'],
  examples: { answer: example },
})

export const listUsers = operation({
  id: 'listUsers', method: 'GET', path: '/v2/users', tag: 'Users', summary: 'List the users of the org', permission: 'members:read', query: pageQuery,
  success: { status: 200, description: 'A page of users, who came first first. Those who have left are not listed.', schema: listOf(userSchema) },
  problems: ['InvalidParameter'],
  examples: { answer: { next: '', resources: [example] } },
})

export const createUser = operation({
  id: 'createUser', method: 'POST', path: '/v2/users', tag: 'Users', summary: 'Create one\'s own user record, or invite somebody by name', permission: 'caller', deed: { object: 'user' },
  body: {
    kind: 'json',
    schema: z.object({ firstname: name, lastname: name, email: emailSchema.optional().describe('Whom to invite, which needs roles:write. Without it the record is the caller\'s own.') }),
  },
  success: { status: 201, description: 'The caller\'s record, under these names; or somebody who is invited, whose status is Open until they accept.', schema: userSchema },
  problems: ['InvalidBody', 'InvalidParameter', 'MissingParameter', 'InvalidContentType', 'Forbidden', 'UserExists', 'UserNotFound', 'ResourceLimitExceeded', 'RequestTooLarge'],
  examples: { request: { firstname: example.firstname, lastname: example.lastname }, answer: example },
})

export const updateUser = operation({
  id: 'updateUser', method: 'PUT', path: '/v2/users/{id}', tag: 'Users', summary: 'Change a user\'s names, permissions or status',
  // Everybody may change their own names; the rest depends on whose they are.
  permission: 'caller', params: strictUser, deed: { object: 'user', param: 'id' },
  body: {
    kind: 'json',
    schema: z.object({ firstname: name.optional(), lastname: name.optional(), acl: userAcl.optional(), status: z.enum(['Active', 'Deactivated']).optional() }),
  },
  success: { status: 202, description: 'The user as they are now. It is so everywhere within a second.', schema: userSchema },
  problems: ['InvalidBody', 'InvalidParameter', 'InvalidContentType', 'Forbidden', 'InvalidId', 'UserNotFound', 'UserInvited', 'LastOwner', 'RequestTooLarge'],
  examples: {
    request: { firstname: example.firstname, lastname: example.lastname, acl: writerAcl, status: example.status }, answer: { ...example, acl: writerAcl, roles: ['viewer'] },
  },
})

export const addUserRoles = operation({
  id: 'addUserRoles', method: 'POST', path: '/v2/users/{id}/roles', tag: 'Users', summary: 'Give a user roles', permission: 'roles:write', params: knownUser,
  deed: { object: 'user', param: 'id' },
  body: { kind: 'json', schema: z.object({ rolenames: z.array(roleNameSchema).max(100).default([]) }) },
  success: { status: 201, description: 'All roles that the user has now. A built-in role takes the place of the one they had.', schema: userRolesSchema },
  problems: ['InvalidBody', 'InvalidParameter', 'InvalidContentType', 'RelatedResourceNotFound', 'UserNotFound', 'LastOwner', 'RequestTooLarge'],
  examples: {
    request: { rolenames: ['example-rolename'] },
    answer: { user_id: 'a169451c-8525-4352-b8ca-070dd449a1a5', org_id: example.org_id, rolenames: ['developer', 'example-rolename'] },
  },
})
