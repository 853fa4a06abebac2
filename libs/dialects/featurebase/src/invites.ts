import { InviteIdSchema, builtInRoles } from '@tenantry/contracts'
import { z } from 'zod'
import { emailSchema } from './email.js'
import { idParameter, knownUser, notUuid } from './ids.js'
import { operation } from './operation.js'
import { listOf, pageQuery } from './page.js'
import { userExample, userSchema } from './users.js'

export const inviteMissing = 'There is no such invite.'

const knownInvite = z.object({ inviteId: idParameter(InviteIdSchema, 'InviteNotFound', inviteMissing) })
const strictInvite = z.object({ inviteId: idParameter(InviteIdSchema, 'InvalidId', notUuid) })

const inviteSchema = z.object({
  id: z.uuid(),
  org_id: z.uuid(),
  org_name: z.string(),
  email: z.string(),
  accepted: z.boolean(),
  move_org: z.boolean(),
  created_at: z.iso.datetime(),
  date_expiry: z.iso.datetime(),
  updated_at: z.iso.datetime(),
  updated_by: z.uuid(),
})

export interface InviteView {
  readonly id: string
  readonly orgId: string
  readonly orgName: string
  readonly email: string
  readonly state: 'open' | 'accepted' | 'revoked'
  readonly moveOrg: boolean
  readonly createdAt: Date
  readonly expiresAt: Date
  readonly updatedAt: Date
  readonly updatedBy: string
}

export const presentInvite = (invite: InviteView): z.infer<typeof inviteSchema> => ({
  id: invite.id,
  org_id: invite.orgId,
  org_name: invite.orgName,
  email: invite.email,
  accepted: invite.state === 'accepted',
  move_org: invite.moveOrg,
  created_at: invite.createdAt.toISOString(),
  date_expiry: invite.expiresAt.toISOString(),
  updated_at: invite.updatedAt.toISOString(),
  updated_by: invite.updatedBy,
})

export const presentInviteDeletion = (): { response_code: number; message: string } => ({ response_code: 202, message: 'The invite is revoked, and its link lets nobody in any more.' })

const example = {
  id: '497f6eca-6276-4993-bfeb-53cbbbba6f08', org_id: 'a40f5d1f-d889-42e9-94ea-b9b33585fc6b', org_name: 'Organization for example-org@abc.com',
  email: 'example-email@abc.com', accepted: false, move_org: false, created_at: '2019-08-24T14:15:22Z', date_expiry: '2019-08-31T14:15:22Z',
  updated_at: '2019-08-24T14:15:22Z', updated_by: 'deea00dc-b6b6-4412-a483-26ac61e1f6fe',
}

export const createInvite = operation({
  id: 'createInvite', method: 'POST', path: '/v2/invites', tag: 'Invites', summary: 'Invite somebody into the org', permission: 'roles:write', deed: { object: 'invite' },
  body: {
    kind: 'json',
    schema: z.object({ email: emailSchema, role: z.enum(builtInRoles).optional().describe('What the invited person will be in the org, a developer unless told; no more than who invites may do.') }),
  },
  success: {
    status: 201, schema: inviteSchema,
    description: 'The invite; its link is on the way to the address. An address that is invited already is mailed again, under the same invite, and has another seven days.',
  },
  problems: ['InvalidBody', 'InvalidParameter', 'MissingParameter', 'InvalidContentType', 'Forbidden', 'UserExists', 'ResourceLimitExceeded', 'RequestTooLarge'],
  examples: { request: { email: example.email }, answer: example },
})

export const listInvites = operation({
  id: 'listInvites', method: 'GET', path: '/v2/invites', tag: 'Invites', summary: 'List the invites of the org', permission: 'roles:write', query: pageQuery,
  success: { status: 200, description: 'A page of invites, oldest first: open ones, accepted ones, and those that have expired. Revoked ones are not listed.', schema: listOf(inviteSchema) },
  problems: ['InvalidParameter'],
  examples: { answer: { next: '', resources: [example] } },
})

export const getInvite = operation({
  id: 'getInvite', method: 'GET', path: '/v2/invites/{inviteId}', tag: 'Invites', summary: 'Get an invite', permission: 'roles:write', params: strictInvite,
  success: { status: 200, description: 'The invite. Its move_org is told once the person has accepted: whether they had an account before.', schema: inviteSchema },
  problems: ['InvalidId', 'InviteNotFound'],
  examples: { answer: example },
})

export const updateInvite = operation({
  id: 'updateInvite', method: 'PUT', path: '/v2/invites/{inviteId}', tag: 'Invites', summary: 'Correct whether an invite counts as accepted', permission: 'roles:write',
  params: knownInvite, deed: { object: 'invite', param: 'inviteId' },
  body: { kind: 'json', schema: z.object({ accepted: z.boolean().optional() }) },
  success: {
    status: 202, schema: inviteSchema,
    description: 'The invite as it is now. This makes nobody a member: an invite that is said to be accepted is closed, and one that is said not to be is open again until it expires.',
  },
  problems: ['InvalidBody', 'InvalidParameter', 'InvalidContentType', 'InviteNotFound', 'InviteInWrongState', 'ResourceLimitExceeded', 'RequestTooLarge'],
  examples: { request: { accepted: true }, answer: { ...example, accepted: true } },
})

/** Ours: the original lets an invite expire. */
export const deleteInvite = operation({
  id: 'deleteInvite', method: 'DELETE', path: '/v2/invites/{inviteId}', tag: 'Invites', summary: 'Revoke an invite', permission: 'roles:write', params: knownInvite,
  deed: { object: 'invite', param: 'inviteId' },
  success: { status: 202, description: 'The invite is revoked.', schema: z.object({ response_code: z.int(), message: z.string() }) },
  problems: ['InviteNotFound', 'InviteInWrongState'],
  examples: { answer: presentInviteDeletion() },
})

export const moveUser = operation({
  id: 'moveUser', method: 'POST', path: '/v2/users/{id}/action/invite', tag: 'Users', summary: 'Move oneself into the org of an invite', permission: 'caller', params: knownUser,
  deed: { object: 'user', param: 'id' },
  body: { kind: 'json', schema: z.object({ invite_id: InviteIdSchema }) },
  success: {
    status: 202, schema: userSchema,
    description: 'The user as the new org sees them. What they were in the old one has ended, and so have their tokens and keys: log in again. Nothing else moves with them.',
  },
  problems: [
    'InvalidBody', 'InvalidParameter', 'MissingParameter', 'InvalidContentType', 'RelatedResourceNotFound', 'Forbidden', 'UserNotFound', 'LastOwner', 'ResourceLimitExceeded',
    'RequestTooLarge',
  ],
  examples: { request: { invite_id: '2818c738-8b76-408a-9294-ea9d0ab5d105' }, answer: userExample },
})
