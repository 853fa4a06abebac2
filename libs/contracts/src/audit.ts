import { z } from 'zod'
import { OrgIdSchema, type UserId, UserIdSchema } from './ids.js'

/** What a deed can be done to. */
export const objectKinds = ['org', 'user', 'role', 'invite', 'database', 'backup', 'key', 'session', 'credential'] as const
export type ObjectKind = (typeof objectKinds)[number]

/** Who stands in the place of a user, and of a credential, where an operator of the installation did something. */
export const operatorId = '00000000-0000-0000-0000-000000000000' as UserId

/** What somebody showed who did something; a link is one that was mailed, named by what it was mailed about. */
export const credentialKinds = ['session', 'key', 'link', 'operator'] as const

const HashSchema = z.string().regex(/^[0-9a-f]{64}$/)

/**
 * One deed as it is written down. These names and this order of them are hashed and kept for good: a field may be added, and none may
 * ever be renamed. It never holds a secret, nor the object itself: only the hash of what that was before and after.
 */
export const AuditEntrySchema = z.object({
  org_id: OrgIdSchema,
  actor_id: UserIdSchema,
  credential_kind: z.enum(credentialKinds),
  credential_id: z.uuid(),
  action: z.string(),
  object_kind: z.enum(objectKinds),
  object_id: z.string().nullable(),
  before_hash: HashSchema.nullable(),
  after_hash: HashSchema.nullable(),
  address: z.string(),
  request_id: z.string(),
  at: z.iso.datetime(),
})
export type AuditEntry = z.infer<typeof AuditEntrySchema>

/** A deed in its place: what `hash` covers is the hash before it, its number and its entry. */
export const AuditLineSchema = z.object({ number: z.int().positive(), ...AuditEntrySchema.shape, prev_hash: HashSchema, hash: HashSchema })
export type AuditLine = z.infer<typeof AuditLineSchema>

/** JSON with the names of every object in the order of their code units and nothing between: one text for one value. */
export const canonical = (value: unknown): string => {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null'
  const told = Object.entries(value).filter(([, inner]) => inner !== undefined).sort(([one], [other]) => (one < other ? -1 : 1))
  return `{${told.map(([name, inner]) => `${JSON.stringify(name)}:${canonical(inner)}`).join(',')}}`
}
