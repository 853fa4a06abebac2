import { z } from 'zod'
import { DatabaseIdSchema, OrgIdSchema, UserIdSchema } from './ids.js'
import { pageLimits } from './page.js'

const pageFields = { limit: z.int().min(1).max(pageLimits.max).default(pageLimits.default), next: z.string().optional() }
const many = z.array(UserIdSchema).max(pageLimits.max)
const user = { user_id: UserIdSchema }
const database = { database_id: DatabaseIdSchema }
/** null is what the installation gives every org. */
const mostCounted = 2 ** 31 - 1
const most = z.int().min(0).max(mostCounted).nullable()
const mostBytes = z.int().min(0).max(Number.MAX_SAFE_INTEGER).nullable()

/**
 * What an operator may ask of a service, who has the internal token: POST /internal/<name>. No service asks it of another, so none of
 * these is an internal call. What changes something is written down in the org's record of deeds. Another one needs a decision record.
 */
export const orderSchemas = {
  'identity.users.list': z.strictObject({ ...pageFields, email: z.string().max(1024).optional() }),
  'identity.user.unlock': z.strictObject(user),
  'identity.user.reset-link': z.strictObject(user),
  'identity.user.set-admin': z.strictObject({ ...user, server_admin: z.boolean() }),
  'identity.org.set-limit': z.strictObject({ org_id: OrgIdSchema, quota: z.literal('keys'), max: most }),
  'control.orgs.list': z.strictObject({ ...pageFields, org_id: OrgIdSchema.optional() }),
  'control.members.find': z.strictObject({ user_ids: many }),
  'control.databases.list': z.strictObject({ ...pageFields, stuck: z.boolean().default(false) }),
  'control.org.add-owner': z.strictObject({ org_id: OrgIdSchema, ...user }),
  'control.org.set-limit': z.discriminatedUnion('quota', [
    z.strictObject({ org_id: OrgIdSchema, quota: z.enum(['databases', 'users']), max: most }),
    z.strictObject({ org_id: OrgIdSchema, quota: z.literal('storage'), max: mostBytes }),
  ]),
  'control.member.move': z.strictObject({ org_id: OrgIdSchema, ...user, status: z.enum(['Active', 'Deactivated']), by: UserIdSchema.optional() }),
  'control.database.retry': z.strictObject(database),
  'control.database.purge': z.strictObject({ ...database, name: z.string() }),
  'provisioner.instances.find': z.strictObject({ database_ids: z.array(DatabaseIdSchema).max(pageLimits.max) }),
} as const

export type OrderName = keyof typeof orderSchemas
export type OrderOf<N extends OrderName> = z.infer<(typeof orderSchemas)[N]>
