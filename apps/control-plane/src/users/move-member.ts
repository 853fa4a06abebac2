import { OrgIdSchema, Problem, UserIdSchema } from '@tenantry/contracts'
import { z } from 'zod'
import type { MembershipsService } from './memberships.service.js'

/** What an operator calls it, under /internal. */
export const moveMemberName = 'control.member.move'

const moves = { Active: 'activate', Deactivated: 'deactivate' } as const
const wish = z.strictObject({ org_id: OrgIdSchema, user_id: UserIdSchema, status: z.enum(['Active', 'Deactivated']), by: UserIdSchema })

/** Deactivates a member of any org, or takes that back. Throws InvalidBody, UserNotFound, LastOwner. */
export const moveMember = async (memberships: MembershipsService, body: unknown): Promise<null> => {
  const { data } = wish.safeParse(body)
  if (!data) throw new Problem('InvalidBody', 'Send {"org_id", "user_id", "status": "Active" or "Deactivated", "by"}, the last one being the id of who decides.')
  await memberships[moves[data.status]](data.org_id, data.user_id, data.by)
  return null
}
