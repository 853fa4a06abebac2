import { Injectable } from '@nestjs/common'
import { type OrgId, type Page, type PageAsk, type UserId, pageOf } from '@tenantry/contracts'
import { DataSource, type EntityManager, IsNull } from 'typeorm'
import { standingColumns } from '../rights/rights.repository.js'
import type { Standing } from '../rights/standing.js'
import { type Membership, type User, UserEntity } from './user.entity.js'

/** A user as one of their orgs sees them. */
export interface MemberRow extends Omit<User, 'introduced' | 'adminVersion' | 'endedAt'>, Standing {
  readonly orgName: string
}

/** The names to change; what is undefined stays as it is. */
export interface Names {
  readonly firstname?: string | undefined
  readonly lastname?: string | undefined
}

const selected = `
  SELECT u.id, u.email, u.firstname, u.lastname, m.created_at AS "createdAt", greatest(u.updated_at, m.updated_at) AS "updatedAt",
    CASE WHEN u.updated_at > m.updated_at THEN u.updated_by ELSE m.updated_by END AS "updatedBy", o.name AS "orgName", ${standingColumns}
  FROM memberships m JOIN users u ON u.id = m.user_id JOIN orgs o ON o.id = m.org_id`

@Injectable()
export class UsersRepository {
  constructor(private readonly source: DataSource) {}

  async find(org: OrgId, id: UserId, tx: EntityManager = this.source.manager): Promise<MemberRow | undefined> {
    const rows: MemberRow[] = await tx.query(`${selected} WHERE m.org_id = $1 AND m.user_id = $2`, [org, id])
    return rows[0]
  }

  /** Who came first first; those who have left are not listed. */
  async list(org: OrgId, { limit, after }: PageAsk): Promise<Page<MemberRow>> {
    const rows: MemberRow[] = await this.source.query(
      `${selected} WHERE m.org_id = $1 AND m.status <> 'Left' AND ($2::timestamptz IS NULL OR (m.created_at, m.user_id) > ($2, $3))
       ORDER BY m.created_at, m.user_id LIMIT $4`, [org, after?.at ?? null, after?.id ?? null, limit + 1])
    return pageOf(rows, limit, ({ createdAt, id }) => ({ at: createdAt, id }))
  }

  async rename(tx: EntityManager, id: UserId, { firstname, lastname }: Names, by: UserId): Promise<void> {
    await tx.query(
      `UPDATE users SET firstname = coalesce($2, firstname), lastname = coalesce($3, lastname), introduced = true, updated_at = now(), updated_by = $4 WHERE id = $1`,
      [id, firstname ?? null, lastname ?? null, by])
  }

  /** Whether somebody has said the names of this user here; until the transaction ends nobody else does. */
  async wasIntroduced(tx: EntityManager, id: UserId): Promise<boolean> {
    const rows: { introduced: boolean }[] = await tx.query('SELECT introduced FROM users WHERE id = $1 FOR UPDATE', [id])
    return rows[0]?.introduced ?? false
  }

  async isKnown(tx: EntityManager, id: UserId): Promise<boolean> {
    return await tx.existsBy(UserEntity, { id, endedAt: IsNull() })
  }

  /** Remembers whether a user administrates the server; false when something newer was heard before. */
  async setAdmin(tx: EntityManager, id: UserId, serverAdmin: boolean, version: number): Promise<boolean> {
    const [, changed]: [unknown, number] = await tx.query('UPDATE users SET server_admin = $2, admin_version = $3 WHERE id = $1 AND admin_version < $3', [id, serverAdmin, version])
    return changed > 0
  }

  async insertOnce(tx: EntityManager, user: Pick<User, 'id' | 'email' | 'firstname' | 'lastname' | 'serverAdmin' | 'updatedBy'>): Promise<void> {
    await tx.createQueryBuilder().insert().into(UserEntity).values(user).orIgnore().execute()
  }

  /**
   * Makes the user unless they are there, and holds them until the transaction ends. False for somebody whose account is gone:
   * nothing that was said of them before, however late it comes, makes anything of them.
   */
  async meet(tx: EntityManager, user: Pick<User, 'id' | 'email' | 'firstname' | 'lastname' | 'serverAdmin' | 'updatedBy'>): Promise<boolean> {
    await this.insertOnce(tx, user)
    // Apart: only a statement that begins once nobody else makes or ends this user sees what they did.
    const rows: unknown[] = await tx.query('SELECT 1 FROM users WHERE id = $1 AND ended_at IS NULL FOR NO KEY UPDATE', [user.id])
    return rows.length > 0
  }

  /**
   * A membership that was there in any status stays as it is: a removed member is not brought back by an old token. Says whether it
   * was made, and so has to be counted.
   */
  async insertMembershipOnce(tx: EntityManager, { orgId, userId, role, status, updatedBy }: Pick<Membership, 'orgId' | 'userId' | 'role' | 'status' | 'updatedBy'>): Promise<boolean> {
    const made: unknown[] = await tx.query(
      'INSERT INTO memberships (org_id, user_id, role, status, updated_by) VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING RETURNING 1', [orgId, userId, role, status, updatedBy])
    return made.length > 0
  }

  /** Takes a guest away with all that was theirs: there is no account behind them. */
  async deleteGuest(tx: EntityManager, org: OrgId, id: UserId): Promise<void> {
    await tx.query('DELETE FROM member_roles WHERE org_id = $1 AND user_id = $2', [org, id])
    await tx.query(`DELETE FROM memberships WHERE org_id = $1 AND user_id = $2 AND status = 'Open'`, [org, id])
    await tx.query('DELETE FROM users u WHERE id = $1 AND NOT EXISTS (SELECT 1 FROM memberships m WHERE m.user_id = u.id)', [id])
  }

  /** Takes all guests of an org away. */
  async deleteGuests(tx: EntityManager, org: OrgId): Promise<void> {
    const guests: { id: UserId }[] = await tx.query(`SELECT user_id AS id FROM memberships WHERE org_id = $1 AND status = 'Open' FOR UPDATE`, [org])
    const ids = guests.map(({ id }) => id)
    await tx.query('DELETE FROM member_roles WHERE org_id = $1 AND user_id = ANY($2)', [org, ids])
    await tx.query('DELETE FROM memberships WHERE org_id = $1 AND user_id = ANY($2)', [org, ids])
    await tx.query('DELETE FROM users u WHERE id = ANY($1) AND NOT EXISTS (SELECT 1 FROM memberships m WHERE m.user_id = u.id)', [ids])
  }

  /** A guest has come, and is from now on who their account says. */
  async become(tx: EntityManager, { id, email, firstname, lastname }: Pick<User, 'id' | 'email' | 'firstname' | 'lastname'>): Promise<void> {
    await tx.query(
      'UPDATE users SET email = $2, firstname = $3, lastname = $4, introduced = false, updated_at = now(), updated_by = id WHERE id = $1',
      [id, email, firstname, lastname])
  }
}
