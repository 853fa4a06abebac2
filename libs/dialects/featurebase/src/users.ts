import type { BuiltInRole, MemberStatus, Permission } from '@tenantry/contracts'
import { z } from 'zod'
import { knownUser } from './ids.js'
import { operation } from './operation.js'

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
  readonly permissions: readonly Permission[]
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
  acl: user.role === 'owner' ? ['Org_Owner'] : [...user.permissions],
  roles: [user.role],
  primary_email: user.email,
  created_at: user.createdAt.toISOString(),
  updated_at: user.updatedAt.toISOString(),
  updated_by: user.updatedBy,
})

const example = {
  id: '497f6eca-6276-4993-bfeb-53cbbbba6f08', org_id: 'a40f5d1f-d889-42e9-94ea-b9b33585fc6b', org_name: 'Organization for example-org@abc.com',
  idp_id: '497f6eca-6276-4993-bfeb-53cbbbba6f08', username: 'example-email@abc.com', firstname: 'example-firstname', lastname: 'example-lastname',
  status: 'Active', acl: ['Org_Owner'], roles: ['owner'], primary_email: 'example-email@abc.com', created_at: '2019-08-24T14:15:22Z',
  updated_at: '2019-08-24T14:15:22Z', updated_by: 'deea00dc-b6b6-4412-a483-26ac61e1f6fe',
}

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
