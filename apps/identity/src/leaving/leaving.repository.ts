import { Injectable } from '@nestjs/common'
import type { UserId } from '@tenantry/contracts'
import { forgetPerson } from '@tenantry/events'
import type { EntityManager } from 'typeorm'

/** The address that an account had until now. */
export interface LastAddress {
  readonly emailKey: string
  readonly proven: boolean
  readonly epoch: number
}

/** Takes away what is kept of accounts that end. */
@Injectable()
export class LeavingRepository {
  /** What hangs on the account and names nobody. */
  async dropStandings(tx: EntityManager, id: UserId): Promise<void> {
    await tx.query('DELETE FROM standings WHERE user_id = $1', [id])
  }

  async dropLinks(tx: EntityManager, id: UserId): Promise<void> {
    await tx.query('DELETE FROM links WHERE user_id = $1', [id])
  }

  async dropSessions(tx: EntityManager, id: UserId): Promise<void> {
    await tx.query('DELETE FROM sessions WHERE user_id = $1', [id])
  }

  /** Leaves a mark with the id, whose epoch is past everything that was proven. Undefined where there is nothing (any more). */
  async end(tx: EntityManager, id: UserId): Promise<LastAddress | undefined> {
    const [last]: Omit<LastAddress, 'epoch'>[] = await tx.query(
      'SELECT email_key AS "emailKey", email_verified_at IS NOT NULL AS proven FROM accounts WHERE id = $1 AND ended_at IS NULL FOR UPDATE', [id])
    if (!last) return undefined
    // The id is no address, so that nobody is found by it.
    const [[ended]]: [{ epoch: number }[], number] = await tx.query(
      `UPDATE accounts SET email = '', email_key = id::text, firstname = '', lastname = '', org_name = '', password_hash = '', founder = false, server_admin = false,
         invite_id = NULL, email_verified_at = NULL, epoch = epoch + 1, ended_at = now(), updated_at = now() WHERE id = $1 RETURNING epoch`, [id])
    if (!ended) throw new Error('An account that was just held is not there.')
    return { ...last, epoch: ended.epoch }
  }

  /** Mails that wait to be sent to the account, and the links of invites that are over; those only where the address was proven to be the account's. */
  async dropMail(tx: EntityManager, { emailKey, proven }: LastAddress): Promise<void> {
    await tx.query(`DELETE FROM letters WHERE email_key = $1 AND kind <> 'invite'`, [emailKey])
    if (proven) await tx.query(`DELETE FROM links WHERE email_key = $1 AND kind = 'invite' AND (used_at IS NOT NULL OR expires_at < now())`, [emailKey])
  }

  /** What was told of the person, and what they were answered. */
  async forget(tx: EntityManager, id: UserId): Promise<void> {
    await tx.query('DELETE FROM repeats WHERE caller_id = $1', [id])
    await forgetPerson(tx, id)
  }
}
