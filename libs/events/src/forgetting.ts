import type { EntityManager } from 'typeorm'

/** Finds what was told of people by name: some rows of a week. For a migration of a service that tells of people. */
export const peopleIndex = `CREATE INDEX outbox_people ON outbox (created_at) WHERE payload ? 'email'`

const blanked = `payload || (SELECT jsonb_object_agg(field, '') FROM jsonb_object_keys(payload) field WHERE field IN ('email', 'firstname', 'lastname', 'orgName'))`

/**
 * Takes the names and the address out of what was told, or could not be handled, of somebody who is gone, or of the invites that they
 * came by. Whoever is told of it late knows that they are gone.
 */
export const forgetPerson = async (tx: EntityManager, userId: string, inviteIds: readonly string[] = []): Promise<void> => {
  for (const table of ['outbox', 'failures']) {
    await tx.query(`UPDATE ${table} SET payload = ${blanked} WHERE payload ? 'email' AND (payload->>'userId' = $1 OR payload->>'inviteId' = ANY($2))`, [userId, inviteIds])
  }
}
