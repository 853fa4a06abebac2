import { Injectable } from '@nestjs/common'
import { type InviteId, type OrgId, Problem, type UserId } from '@tenantry/contracts'
import { isTaken } from '@tenantry/persistence'
import { DataSource, type EntityManager } from 'typeorm'
import { type Account, AccountEntity } from './account.entity.js'
import type { Standing } from './standing.entity.js'

/** An account with what the control plane says of it. */
export type KnownAccount = Pick<Account, 'id' | 'orgId' | 'email' | 'firstname' | 'lastname' | 'orgName' | 'founder' | 'serverAdmin' | 'epoch' | 'passwordHash'>
  & { readonly active: boolean; readonly emailVerified: boolean; readonly inviteId?: InviteId }
type AccountRow = Omit<KnownAccount, 'inviteId'> & Pick<Account, 'inviteId'>

const known = ([row]: readonly AccountRow[]): KnownAccount | undefined => {
  if (!row) return undefined
  const { inviteId, ...account } = row
  return { ...account, ...(inviteId !== null && { inviteId }) }
}

/** Into which org an account is moved, by which invite, and when that was said. */
export interface Move {
  readonly orgId: OrgId
  readonly orgName?: string
  readonly inviteId: InviteId
  readonly at: Date
}

export type NewHome = Pick<Account, 'orgId' | 'email' | 'firstname' | 'lastname' | 'orgName' | 'serverAdmin'>

const columns = `a.id, a.org_id AS "orgId", a.email, a.firstname, a.lastname, a.org_name AS "orgName", a.founder, a.server_admin AS "serverAdmin", a.epoch,
  a.password_hash AS "passwordHash", a.invite_id AS "inviteId", a.email_verified_at IS NOT NULL AS "emailVerified", coalesce(s.active, true) AS active`
const standingIn = (org: string): string => `LEFT JOIN standings s ON s.user_id = a.id AND s.org_id = ${org}`

@Injectable()
export class AccountsRepository {
  constructor(private readonly source: DataSource) {}

  async findByEmailKey(emailKey: string): Promise<KnownAccount | undefined> {
    return known(await this.source.query(`SELECT ${columns} FROM accounts a ${standingIn('a.org_id')} WHERE a.email_key = $1 AND a.ended_at IS NULL`, [emailKey]))
  }

  /** The account as it stands in an org: its own unless another one is named. */
  async find(id: UserId, orgId?: OrgId): Promise<KnownAccount | undefined> {
    return known(await this.source.query(`SELECT ${columns} FROM accounts a ${standingIn('coalesce($2, a.org_id)')} WHERE a.id = $1 AND a.ended_at IS NULL`, [id, orgId ?? null]))
  }

  async isOf(tx: EntityManager, id: UserId, orgId: OrgId): Promise<boolean> {
    return await tx.existsBy(AccountEntity, { id, orgId })
  }

  /** Whether the account is there; when true, it does not end until the transaction does. */
  async hold(tx: EntityManager, id: UserId): Promise<boolean> {
    const rows: unknown[] = await tx.query('SELECT 1 FROM accounts WHERE id = $1 AND ended_at IS NULL FOR NO KEY UPDATE', [id])
    return rows.length > 0
  }

  /** Remembers what was said of a membership; false when something newer was said before, or the account is gone. */
  async noteStanding(tx: EntityManager, { userId, orgId, version, active }: Standing): Promise<boolean> {
    const rows: unknown[] = await tx.query(
      `INSERT INTO standings AS s (user_id, org_id, version, active) SELECT $1::uuid, $2::uuid, $3::int, $4::boolean
       WHERE NOT EXISTS (SELECT 1 FROM accounts WHERE id = $1 AND ended_at IS NOT NULL)
       ON CONFLICT (user_id, org_id) DO UPDATE SET version = EXCLUDED.version, active = EXCLUDED.active WHERE s.version < EXCLUDED.version
       RETURNING 1`, [userId, orgId, version, active])
    return rows.length > 0
  }

  /** Whether there is no account yet; when true, nobody else can make one and be told the same until the transaction ends. */
  async isEmpty(tx: EntityManager): Promise<boolean> {
    if (await tx.exists(AccountEntity)) return false
    await tx.query('SELECT pg_advisory_xact_lock(hashtext($1))', ['identity:first-account'])
    return !await tx.exists(AccountEntity)
  }

  async insert(tx: EntityManager, account: Omit<Account, 'epoch' | 'adminVersion' | 'inviteId' | 'movedAt' | 'emailVerifiedAt' | 'endedAt' | 'createdAt' | 'updatedAt'>
    & { readonly inviteId?: InviteId | undefined; readonly emailVerifiedAt?: Date }): Promise<void> {
    try {
      const { inviteId = null, ...rest } = account
      await tx.insert(AccountEntity, { ...rest, inviteId })
    } catch (error) {
      if (isTaken(error, 'accounts_email_key')) throw new Problem('EmailTaken', 'There is an account with this e-mail address already; log in, or use another one.', { cause: error })
      throw error
    }
  }

  /** Writes a new hash of the same password, unless it was changed meanwhile. */
  async strengthen(id: UserId, from: string, to: string): Promise<void> {
    await this.source.manager.update(AccountEntity, { id, passwordHash: from }, { passwordHash: to })
  }

  /** Writes a new password of whoever reads the mail at this address, which is thereby proven; false when the account has another one now. */
  async setPassword(tx: EntityManager, id: UserId, key: string, passwordHash: string): Promise<boolean> {
    const [rows]: [unknown[], number] = await tx.query(
      `UPDATE accounts SET password_hash = $3, email_verified_at = coalesce(email_verified_at, now()), updated_at = now() WHERE id = $1 AND email_key = $2 RETURNING 1`, [id, key, passwordHash])
    return rows.length > 0
  }

  async noteVerified(tx: EntityManager, id: UserId, key: string): Promise<void> {
    await tx.query('UPDATE accounts SET email_verified_at = coalesce(email_verified_at, now()) WHERE id = $1 AND email_key = $2', [id, key])
  }

  /** Gives an account whose org is gone an empty one of its own; undefined when its org is another one. */
  async rehome(tx: EntityManager, id: UserId, from: OrgId, to: OrgId): Promise<NewHome | undefined> {
    const [rows]: [NewHome[], number] = await tx.query(
      `UPDATE accounts SET org_id = $3, founder = true, org_name = 'Organization for ' || email, invite_id = NULL, updated_at = now() WHERE id = $1 AND org_id = $2 AND ended_at IS NULL
       RETURNING org_id AS "orgId", email, firstname, lastname, org_name AS "orgName", server_admin AS "serverAdmin"`, [id, from, to])
    return rows[0]
  }

  /** Answers which change this is; undefined when it is so already. */
  async setAdmin(tx: EntityManager, id: UserId, serverAdmin: boolean): Promise<number | undefined> {
    const [rows]: [{ version: number }[], number] = await tx.query(
      `UPDATE accounts SET server_admin = $2, admin_version = admin_version + 1, updated_at = now()
       WHERE id = $1 AND server_admin <> $2 AND ended_at IS NULL RETURNING admin_version AS version`, [id, serverAdmin])
    return rows[0]?.version
  }

  /** The account's tokens name another org from now on; false when it was moved later than that already, or there is none. */
  async move(tx: EntityManager, id: UserId, { orgId, orgName, inviteId, at }: Move): Promise<boolean> {
    const [rows]: [unknown[], number] = await tx.query(
      `UPDATE accounts SET org_id = $2, org_name = coalesce($3, org_name), founder = false, invite_id = $4, moved_at = $5, updated_at = now()
       WHERE id = $1 AND ended_at IS NULL AND (moved_at IS NULL OR moved_at < $5) RETURNING 1`, [id, orgId, orgName ?? null, inviteId, at])
    return rows.length > 0
  }

  /** Also one that is gone: its id stays taken. */
  async exists(tx: EntityManager, id: UserId): Promise<boolean> {
    return await tx.existsBy(AccountEntity, { id })
  }

  /** Ends what was proven before; answers the new epoch, undefined when there is no such account. */
  async raiseEpoch(tx: EntityManager, id: UserId): Promise<number | undefined> {
    const [rows]: [{ epoch: number }[], number] = await tx.query('UPDATE accounts SET epoch = epoch + 1, updated_at = now() WHERE id = $1 AND ended_at IS NULL RETURNING epoch', [id])
    return rows[0]?.epoch
  }
}
