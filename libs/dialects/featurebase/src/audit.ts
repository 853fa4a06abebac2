import { type AuditLine, UserIdSchema, credentialKinds, objectKinds } from '@tenantry/contracts'
import { z } from 'zod'
import { strictOrg } from './ids.js'
import { operation } from './operation.js'
import { linesPageOf, listOf, pageFields } from './page.js'

/** Offsets are read too: a time is a time. */
const time = z.iso.datetime({ offset: true, error: 'must be a time such as 2026-01-31T12:00:00Z' })

const auditQuery = z.object({
  ...pageFields,
  actor: UserIdSchema.optional().describe('Only what this user did.'),
  action: z.string().min(1).max(100).optional().describe('Only deeds of this operation, by its id.'),
  from: time.optional().describe('Only deeds from this time on.'),
  to: time.optional().describe('Only deeds before this time.'),
}).transform(({ actor, action, from, to, ...page }) =>
  ({ page: linesPageOf(page), filter: { actor, action, from: from === undefined ? undefined : new Date(from), to: to === undefined ? undefined : new Date(to) } }))

const hash = z.string()

const lineSchema = z.object({
  number: z.int(), org_id: z.uuid(), actor_id: z.uuid(), credential_kind: z.enum(credentialKinds), credential_id: z.uuid(), action: z.string(),
  object_kind: z.enum(objectKinds), object_id: z.string().nullable(), before_hash: hash.nullable(), after_hash: hash.nullable(), address: z.string(), request_id: z.string(),
  at: z.iso.datetime(), prev_hash: hash, hash,
})

/** The line as it is: these names are what was hashed. */
export const presentAuditLine = (line: AuditLine): z.infer<typeof lineSchema> => ({ ...line })

export const auditLinesType = 'application/x-ndjson'
export const presentAuditLines = (lines: readonly AuditLine[]): string => lines.map((line) => `${JSON.stringify(presentAuditLine(line))}\n`).join('')

const example = {
  number: 1, org_id: 'a40f5d1f-d889-42e9-94ea-b9b33585fc6b', actor_id: 'ee824cad-d7a6-4f48-87dc-e8461a9201c4', credential_kind: 'session',
  credential_id: 'b54c13ac-3977-4e54-bbfa-b33713ac1540', action: 'createDatabase', object_kind: 'database', object_id: '497f6eca-6276-4993-bfeb-53cbbbba6f08',
  before_hash: null, after_hash: '8f434346648f6b96df89dda901c5176b10a6d83961dd3c1ac88b59b2dc327aa4', address: '192.0.2.1', request_id: '4b6d3cfa',
  at: '2019-08-24T14:15:22.000Z', prev_hash: '0'.repeat(64), hash: 'ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb',
}

export const listAudit = operation({
  id: 'listAudit', method: 'GET', path: '/v2/orgs/{id}/audit', tag: 'Orgs', summary: 'List what was changed in the org, and by whom', permission: 'audit:read',
  params: strictOrg, query: auditQuery,
  success: {
    status: 200, description: 'A page of the record, newest first; with "Accept: application/x-ndjson" all of it, oldest first, a line each.', schema: listOf(lineSchema),
  },
  problems: ['InvalidParameter', 'InvalidId', 'OrgNotFound'],
  examples: { answer: { next: '', resources: [example] } },
})
