import { z } from 'zod'
import { strictOrg } from './ids.js'
import { operation } from './operation.js'

// The document misspells two names, and its clients read them so.
export const orgSchema = z.object({
  id: z.uuid(),
  name: z.string(),
  company_name: z.string(),
  address: z.string(),
  tech_contact_emali: z.string(),
  billing_contact_emali: z.string(),
  org_type: z.string(),
  created_at: z.iso.datetime(),
  updated_at: z.iso.datetime(),
  updated_by: z.uuid(),
})

export interface OrgView {
  readonly id: string
  readonly name: string
  readonly companyName: string
  readonly address: string
  readonly techEmail: string
  readonly billingEmail: string
  readonly orgType: string
  readonly createdAt: Date
  readonly updatedAt: Date
  readonly updatedBy: string
}

export const presentOrg = (org: OrgView): z.infer<typeof orgSchema> => ({
  id: org.id,
  name: org.name,
  company_name: org.companyName,
  address: org.address,
  tech_contact_emali: org.techEmail,
  billing_contact_emali: org.billingEmail,
  org_type: org.orgType,
  created_at: org.createdAt.toISOString(),
  updated_at: org.updatedAt.toISOString(),
  updated_by: org.updatedBy,
})

const line = (max: number) => z.string().max(max, `must have at most ${max} characters`).refine((text) => !/[\p{Cc}\p{Cs}]/u.test(text), 'must not contain control characters')
const email = z.union([z.email('must be an e-mail address').max(254), z.literal('')])

const updateBody = z.object({
  name: line(300).min(1, 'must not be empty').optional(),
  company_name: line(300).optional(),
  address: line(1000).optional(),
  tech_contact_emali: email.optional(),
  billing_contact_emali: email.optional(),
}).transform((body) => ({
  name: body.name, companyName: body.company_name, address: body.address, techEmail: body.tech_contact_emali, billingEmail: body.billing_contact_emali,
}))

const example = {
  id: '497f6eca-6276-4993-bfeb-53cbbbba6f08', name: 'Organization for example-user@abc.com', company_name: 'FeatureBase', address: 'test-address',
  tech_contact_emali: 'example-user@abc.com', billing_contact_emali: 'example-user@abc.com', org_type: 'trial', created_at: '2019-08-24T14:15:22Z',
  updated_at: '2019-08-24T14:15:22Z', updated_by: 'deea00dc-b6b6-4412-a483-26ac61e1f6fe',
}

export const getOrg = operation({
  id: 'getOrg', method: 'GET', path: '/v2/orgs/{id}', tag: 'Orgs', summary: 'Get an org', permission: 'org:read', params: strictOrg,
  success: { status: 200, description: 'The org.', schema: orgSchema },
  problems: ['InvalidId', 'OrgNotFound'],
  examples: { answer: example },
})

/** Ours: the original left the end of an org to its console. */
export const deleteOrg = operation({
  id: 'deleteOrg', method: 'DELETE', path: '/v2/orgs/{id}', tag: 'Orgs', summary: 'Delete the caller\'s org: for one of its owners, with a token and not with an API key',
  permission: 'roles:write', params: strictOrg, deed: { object: 'org', param: 'id' },
  success: {
    status: 202, schema: z.object({}),
    description: 'The org is gone: within a second nobody is a member, and its API keys and the tokens that name it are refused. Databases that were deleted before cannot be '
      + 'brought back any more. Everybody whose own org it was finds an empty one of their own at their next login.',
  },
  problems: ['InvalidId', 'OrgNotFound', 'OrgHasDatabases', 'Forbidden'],
  examples: { answer: {} },
})

export const updateOrg = operation({
  id: 'updateOrg', method: 'PUT', path: '/v2/orgs/{id}', tag: 'Orgs', summary: 'Change the particulars of an org', permission: 'org:update',
  params: strictOrg, deed: { object: 'org', param: 'id' }, body: { kind: 'json', schema: updateBody },
  success: { status: 202, description: 'The org as it is now.', schema: orgSchema },
  problems: ['InvalidBody', 'InvalidParameter', 'InvalidContentType', 'InvalidId', 'OrgNotFound', 'RequestTooLarge'],
  examples: { request: { name: example.name, company_name: example.company_name, address: example.address, tech_contact_emali: example.tech_contact_emali, billing_contact_emali: example.billing_contact_emali }, answer: example },
})
