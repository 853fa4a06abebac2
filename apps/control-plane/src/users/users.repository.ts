import { Injectable } from '@nestjs/common'
import type { BuiltInRole, MemberStatus, OrgId, UserId } from '@tenantry/contracts'
import { DataSource, type EntityManager } from 'typeorm'
import { type Membership, type User, UserEntity } from './user.entity.js'

/** A user as one of their orgs sees them. */
export interface Member extends Omit<User, 'serverAdmin'> {
  readonly orgId: OrgId
  readonly orgName: string
  readonly role: BuiltInRole
  readonly status: MemberStatus
  readonly version: number
  readonly serverAdmin: boolean
}

const columns = `
  u.id, u.email, u.firstname, u.lastname, u.server_admin AS "serverAdmin", m.created_at AS "createdAt",
  greatest(u.updated_at, m.updated_at) AS "updatedAt", m.updated_by AS "updatedBy",
  m.org_id AS "orgId", m.role, m.status, m.version, o.name AS "orgName"`

@Injectable()
export class UsersRepository {
  constructor(private readonly source: DataSource) {}

  async find(org: OrgId, id: UserId): Promise<Member | undefined> {
    const rows: Member[] = await this.source.query(
      `SELECT ${columns} FROM memberships m JOIN users u ON u.id = m.user_id JOIN orgs o ON o.id = m.org_id WHERE m.org_id = $1 AND m.user_id = $2`, [org, id])
    return rows[0]
  }

  /** The active owners of an org, held until the transaction ends. */
  async holdActiveOwners(tx: EntityManager, org: OrgId): Promise<readonly UserId[]> {
    const rows: { id: UserId }[] = await tx.query(
      `SELECT user_id AS id FROM memberships WHERE org_id = $1 AND role = 'owner' AND status = 'Active' ORDER BY user_id FOR UPDATE`, [org])
    return rows.map(({ id }) => id)
  }

  /** The status of a membership, held until the transaction ends. */
  async holdStatus(tx: EntityManager, org: OrgId, id: UserId): Promise<MemberStatus | undefined> {
    const rows: { status: MemberStatus }[] = await tx.query('SELECT status FROM memberships WHERE org_id = $1 AND user_id = $2 FOR UPDATE', [org, id])
    return rows[0]?.status
  }

  /** Answers the new version. */
  async setStatus(tx: EntityManager, org: OrgId, id: UserId, status: MemberStatus, by: UserId): Promise<number> {
    const [rows]: [{ version: number }[], number] = await tx.query(
      `UPDATE memberships SET status = $3, version = version + 1, updated_at = now(), updated_by = $4 WHERE org_id = $1 AND user_id = $2 RETURNING version`,
      [org, id, status, by])
    return rows[0]?.version ?? 0
  }

  async insertOnce(tx: EntityManager, user: Pick<User, 'id' | 'email' | 'firstname' | 'lastname' | 'serverAdmin' | 'updatedBy'>): Promise<void> {
    await tx.createQueryBuilder().insert().into(UserEntity).values(user).orIgnore().execute()
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
}
