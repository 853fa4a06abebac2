import { Injectable } from '@nestjs/common'
import type { UserId } from '@tenantry/contracts'
import { forgetPerson } from '@tenantry/events'
import type { EntityManager } from 'typeorm'

/** What is kept of people whose account is gone: a mark with their id. */
@Injectable()
export class PeopleRepository {
  /** Holds the user until the transaction ends, also one who was never heard of here. False for who is a mark already. */
  async hold(tx: EntityManager, id: UserId): Promise<boolean> {
    await tx.query(`INSERT INTO users (id, email, firstname, lastname, updated_by) VALUES ($1, '', '', '', $1) ON CONFLICT DO NOTHING`, [id])
    // Apart: only a statement that begins once nobody else makes or ends this user sees what they did.
    const rows: unknown[] = await tx.query('SELECT 1 FROM users WHERE id = $1 AND ended_at IS NULL FOR UPDATE', [id])
    return rows.length > 0
  }

  /**
   * Takes the names and the address away wherever they are kept because of the account. What others have written to the address
   * is not the account's unless it was proven; an invite that is still open stays, for whoever has the address.
   */
  async erase(tx: EntityManager, id: UserId, isAddressProven: boolean): Promise<void> {
    // Elsewhere an empty address is nobody's; here it would be everybody's.
    const address = `(SELECT nullif(lower(email), '') FROM users WHERE id = $1)`
    await tx.query(
      `UPDATE orgs SET name = CASE WHEN strpos(lower(name), ${address}) > 0 THEN 'Organization' ELSE name END,
         tech_email = CASE WHEN lower(tech_email) = ${address} THEN '' ELSE tech_email END, billing_email = CASE WHEN lower(billing_email) = ${address} THEN '' ELSE billing_email END
       WHERE id IN (SELECT org_id FROM memberships WHERE user_id = $1)`, [id])
    const [invites]: [{ id: string }[], number] = await tx.query(
      `UPDATE invites SET email = '', email_key = id::text
       WHERE accepted_by = $1 OR ($2 AND email_key = ${address} AND (state <> 'open' OR expires_at < now())) RETURNING id`, [id, isAddressProven])
    await tx.query('DELETE FROM repeats WHERE caller_id = $1', [id])
    await forgetPerson(tx, id, invites.map((invite) => invite.id))
    await tx.query(`UPDATE users SET email = '', firstname = '', lastname = '', server_admin = false, ended_at = now(), updated_at = now(), updated_by = id WHERE id = $1`, [id])
  }
}
