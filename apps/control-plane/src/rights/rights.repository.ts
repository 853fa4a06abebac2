import { Injectable } from '@nestjs/common'
import type { MemberStatus, OrgId, RoleId, UserId } from '@tenantry/contracts'
import { DataSource, type EntityManager } from 'typeorm'
import type { Sources, Standing } from './standing.js'

/** The columns of a Standing, where `m` is a membership and `u` its user. */
export const standingColumns = `
  m.org_id AS "orgId", m.user_id AS "userId", m.status, m.version, u.server_admin AS "serverAdmin", m.role, m.acl,
  coalesce((SELECT json_agg(json_build_object('id', r.id, 'name', r.name, 'acl', r.acl) ORDER BY r.name)
    FROM member_roles h JOIN roles r ON r.id = h.role_id WHERE h.org_id = m.org_id AND h.user_id = m.user_id), '[]') AS roles`

/** A membership whose rights have changed, with the version that the change made. */
export interface Moved {
  readonly userId: UserId
  readonly version: number
}

@Injectable()
export class RightsRepository {
  constructor(private readonly source: DataSource) {}

  async find(org: OrgId, user: UserId, tx: EntityManager = this.source.manager): Promise<Standing | undefined> {
    const rows: Standing[] = await tx.query(
      `SELECT ${standingColumns} FROM memberships m JOIN users u ON u.id = m.user_id WHERE m.org_id = $1 AND m.user_id = $2`, [org, user])
    return rows[0]
  }

  /** Holds the rights of an org: until the transaction ends nobody else changes who may do what there. Taken before any row. */
  async hold(tx: EntityManager, org: OrgId): Promise<void> {
    await tx.query('SELECT pg_advisory_xact_lock(hashtextextended($1, 0))', [`control-plane:rights:${org}`])
  }

  async hasOtherActiveOwner(tx: EntityManager, org: OrgId, user: UserId): Promise<boolean> {
    const rows: unknown[] = await tx.query(
      `SELECT 1 FROM memberships WHERE org_id = $1 AND user_id <> $2 AND role = 'owner' AND status = 'Active' LIMIT 1`, [org, user])
    return rows.length > 0
  }

  /** Whether an org has anything that needs an owner: other people, or databases, those too that are just being made. */
  async hasOthersOrDatabases(tx: EntityManager, org: OrgId, user: UserId): Promise<boolean> {
    // Whoever makes a database holds this row until it is there; only a statement that begins then sees it.
    await tx.query('SELECT 1 FROM orgs WHERE id = $1 FOR UPDATE', [org])
    const rows: unknown[] = await tx.query(
      `SELECT 1 FROM memberships WHERE org_id = $1 AND user_id <> $2 AND status IN ('Active', 'Deactivated')
       UNION ALL SELECT 1 FROM databases WHERE org_id = $1 AND state <> 'DELETED' LIMIT 1`, [org, user])
    return rows.length > 0
  }

  /** Answers the new version. */
  async setStatus(tx: EntityManager, { orgId, userId }: Standing, status: MemberStatus, by: UserId): Promise<number> {
    return await this.moved(tx, 'status = $4', [orgId, userId, by, status])
  }

  /** Answers the new version. */
  async setSources(tx: EntityManager, { orgId, userId }: Standing, { role, roles, acl }: Sources, by: UserId): Promise<number> {
    await tx.query('DELETE FROM member_roles WHERE org_id = $1 AND user_id = $2', [orgId, userId])
    await tx.query('INSERT INTO member_roles (org_id, user_id, role_id) SELECT $1, $2, unnest($3::uuid[])', [orgId, userId, roles.map(({ id }) => id)])
    return await this.moved(tx, 'role = $4, acl = $5', [orgId, userId, by, role, acl])
  }

  async leaveAll(tx: EntityManager, org: OrgId, by: UserId): Promise<readonly Moved[]> {
    const [rows]: [Moved[], number] = await tx.query(
      `UPDATE memberships SET status = 'Left', version = version + 1, updated_at = now(), updated_by = $2
       WHERE org_id = $1 AND status <> 'Left' RETURNING user_id AS "userId", version`, [org, by])
    return rows
  }

  async orgsOf(tx: EntityManager, user: UserId): Promise<readonly OrgId[]> {
    const rows: { org: OrgId }[] = await tx.query('SELECT org_id AS org FROM memberships WHERE user_id = $1 ORDER BY org_id', [user])
    return rows.map(({ org }) => org)
  }

  /** Every membership of a user that has not ended, in the order of their orgs. */
  async standingsOf(tx: EntityManager, user: UserId): Promise<readonly Standing[]> {
    return await tx.query(`SELECT ${standingColumns} FROM memberships m JOIN users u ON u.id = m.user_id WHERE m.user_id = $1 AND m.status <> 'Left' ORDER BY m.org_id`, [user])
  }

  async isGone(tx: EntityManager, org: OrgId): Promise<boolean> {
    const rows: unknown[] = await tx.query('SELECT 1 FROM orgs WHERE id = $1 AND deleted_at IS NOT NULL', [org])
    return rows.length > 0
  }

  /** Answers the new version. */
  async touch(tx: EntityManager, orgId: OrgId, userId: UserId, by: UserId): Promise<number> {
    return await this.moved(tx, 'status = status', [orgId, userId, by])
  }

  /** Everyone who holds a role has a new version from now on. */
  async touchHolders(tx: EntityManager, org: OrgId, role: RoleId, by: UserId): Promise<readonly Moved[]> {
    const [rows]: [Moved[], number] = await tx.query(
      `UPDATE memberships SET version = version + 1, updated_at = now(), updated_by = $3
       WHERE org_id = $1 AND user_id IN (SELECT user_id FROM member_roles WHERE org_id = $1 AND role_id = $2) RETURNING user_id AS "userId", version`,
      [org, role, by])
    return rows
  }

  private async moved(tx: EntityManager, change: string, values: readonly unknown[]): Promise<number> {
    const [rows]: [{ version: number }[], number] = await tx.query(
      `UPDATE memberships SET ${change}, version = version + 1, updated_at = now(), updated_by = $3 WHERE org_id = $1 AND user_id = $2 RETURNING version`,
      [...values])
    if (!rows[0]) throw new Error('A membership that was just read is not there.')
    return rows[0].version
  }
}
