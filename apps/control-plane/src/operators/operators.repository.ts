import { Injectable } from '@nestjs/common'
import { type BuiltInRole, type DatabaseId, type DatabaseState, type MemberStatus, type OrgId, type PageAsk, type UserId, restless } from '@tenantry/contracts'
import { DataSource } from 'typeorm'

export interface OrgSeen {
  readonly id: OrgId
  readonly name: string
  readonly status: string
  /** The addresses of some active owners. */
  readonly owners: readonly string[]
  readonly databases: number
  readonly users: number
  readonly createdAt: Date
}

export interface MemberSeen {
  readonly userId: UserId
  readonly orgId: OrgId
  readonly orgName: string
  readonly role: BuiltInRole
  readonly status: MemberStatus
}

export interface DatabaseSeen {
  readonly id: DatabaseId
  readonly name: string
  readonly orgId: OrgId
  readonly orgName: string
  readonly state: DatabaseState
  readonly stateAt: Date
  readonly reason: string | null
  readonly createdAt: Date
}

const mostOwners = 5
/** What has not come to rest for so long does not by itself. */
const stuckSeconds = 60

/** Looks across all orgs, which nobody but an operator may. */
@Injectable()
export class OperatorsRepository {
  constructor(private readonly source: DataSource) {}

  async orgs({ limit, after }: PageAsk, only: OrgId | undefined): Promise<readonly OrgSeen[]> {
    return await this.source.query(
      `SELECT o.id, o.name, CASE WHEN o.deleted_at IS NULL THEN 'Active' ELSE 'Deleted' END AS status, o.databases_used AS databases, o.users_used AS users, o.created_at AS "createdAt",
         ARRAY(SELECT u.email FROM memberships m JOIN users u ON u.id = m.user_id
           WHERE m.org_id = o.id AND m.role = 'owner' AND m.status = 'Active' ORDER BY m.created_at, u.id LIMIT $4) AS owners
       FROM orgs o WHERE ($1::timestamptz IS NULL OR (o.created_at, o.id) > ($1, $2)) AND ($5::uuid IS NULL OR o.id = $5) ORDER BY o.created_at, o.id LIMIT $3`,
      [after?.at ?? null, after?.id ?? null, limit + 1, mostOwners, only ?? null])
  }

  async membersOf(users: readonly UserId[]): Promise<readonly MemberSeen[]> {
    return await this.source.query(
      `SELECT m.user_id AS "userId", m.org_id AS "orgId", o.name AS "orgName", m.role, m.status
       FROM memberships m JOIN orgs o ON o.id = m.org_id WHERE m.user_id = ANY($1) ORDER BY m.user_id, m.created_at, m.org_id`, [users])
  }

  async databases({ limit, after }: PageAsk, stuck: boolean): Promise<readonly DatabaseSeen[]> {
    return await this.source.query(
      `SELECT d.id, d.name, d.org_id AS "orgId", o.name AS "orgName", d.state, d.state_at AS "stateAt", d.created_at AS "createdAt",
         (SELECT h.reason FROM database_history h WHERE h.database_id = d.id ORDER BY h.seq DESC LIMIT 1) AS reason
       FROM databases d JOIN orgs o ON o.id = d.org_id
       WHERE ($1::timestamptz IS NULL OR (d.created_at, d.id) > ($1, $2))
         AND (NOT $4 OR d.state = 'FAILED' OR (d.state = ANY($5) AND d.state_at < now() - make_interval(secs => $6)))
       ORDER BY d.created_at, d.id LIMIT $3`,
      [after?.at ?? null, after?.id ?? null, limit + 1, stuck, restless, stuckSeconds])
  }

  async orgOf(database: DatabaseId): Promise<OrgId | undefined> {
    const rows: { orgId: OrgId }[] = await this.source.query('SELECT org_id AS "orgId" FROM databases WHERE id = $1', [database])
    return rows[0]?.orgId
  }
}
