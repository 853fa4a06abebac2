import { Injectable } from '@nestjs/common'
import { type InviteId, type OrgId, type Page, type PageAsk, type UserId, pageOf } from '@tenantry/contracts'
import { DataSource, type EntityManager } from 'typeorm'
import { type Invite, InviteEntity } from './invite.entity.js'

/** An invite with the name of its org. */
export interface InviteRow extends Invite {
  readonly orgName: string
}

export type NewInvite = Pick<Invite, 'id' | 'orgId' | 'email' | 'emailKey' | 'role' | 'userId' | 'sentBy' | 'expiresAt' | 'createdAt'>
/** What moves of an invite; what is undefined stays as it is. */
export type InviteChange = { readonly [K in 'email' | 'role' | 'state' | 'userId' | 'sentBy' | 'acceptedBy' | 'moveOrg' | 'expiresAt']?: Invite[K] }

const selected = `
  SELECT i.id, i.org_id AS "orgId", i.email, i.email_key AS "emailKey", i.role, i.state, i.user_id AS "userId", i.sent_by AS "sentBy", i.accepted_by AS "acceptedBy",
    i.move_org AS "moveOrg", i.expires_at AS "expiresAt", i.created_at AS "createdAt", i.updated_at AS "updatedAt", i.updated_by AS "updatedBy", o.name AS "orgName"
  FROM invites i JOIN orgs o ON o.id = i.org_id`

@Injectable()
export class InvitesRepository {
  constructor(private readonly source: DataSource) {}

  async find(org: OrgId, id: InviteId, tx: EntityManager = this.source.manager): Promise<InviteRow | undefined> {
    const rows: InviteRow[] = await tx.query(`${selected} WHERE i.org_id = $1 AND i.id = $2 AND i.state <> 'revoked'`, [org, id])
    return rows[0]
  }

  /** In whatever org: for the person that it was sent to, who knows its id. */
  async findAnywhere(tx: EntityManager, id: InviteId): Promise<InviteRow | undefined> {
    const rows: InviteRow[] = await tx.query(`${selected} WHERE i.id = $1 AND i.state <> 'revoked'`, [id])
    return rows[0]
  }

  async findOpen(tx: EntityManager, org: OrgId, emailKey: string): Promise<InviteRow | undefined> {
    const rows: InviteRow[] = await tx.query(`${selected} WHERE i.org_id = $1 AND i.email_key = $2 AND i.state = 'open'`, [org, emailKey])
    return rows[0]
  }

  /** Oldest first, without those that were revoked. */
  async list(org: OrgId, { limit, after }: PageAsk): Promise<Page<InviteRow>> {
    const rows: InviteRow[] = await this.source.query(
      `${selected} WHERE i.org_id = $1 AND i.state <> 'revoked' AND ($2::timestamptz IS NULL OR (i.created_at, i.id) > ($2, $3)) ORDER BY i.created_at, i.id LIMIT $4`,
      [org, after?.at ?? null, after?.id ?? null, limit + 1])
    return pageOf(rows, limit, ({ createdAt, id }) => ({ at: createdAt, id }))
  }

  /** Invites of an org that end after `after`, whatever became of them, and the first end among them. */
  async countEnding(tx: EntityManager, org: OrgId, after: Date): Promise<{ readonly many: number; readonly first: Date | null }> {
    const [found]: { many: number; first: Date | null }[] = await tx.query('SELECT count(*)::int AS many, min(expires_at) AS first FROM invites WHERE org_id = $1 AND expires_at > $2', [org, after])
    return found ?? { many: 0, first: null }
  }

  /** Open ones that ended before `until`, and still have somebody who is waited for. */
  async listEnded(until: Date, limit: number): Promise<readonly Pick<Invite, 'id' | 'orgId'>[]> {
    return await this.source.query(
      `SELECT id, org_id AS "orgId" FROM invites WHERE state = 'open' AND user_id IS NOT NULL AND expires_at < $1 ORDER BY expires_at LIMIT $2`, [until, limit])
  }

  async insert(tx: EntityManager, invite: NewInvite): Promise<void> {
    await tx.insert(InviteEntity, { ...invite, state: 'open', updatedBy: invite.sentBy })
  }

  async update(tx: EntityManager, id: InviteId, change: InviteChange, by: UserId): Promise<void> {
    await tx.update(InviteEntity, { id }, { ...change, updatedAt: () => 'now()', updatedBy: by })
  }

  async closeAll(tx: EntityManager, org: OrgId, by: UserId): Promise<readonly InviteId[]> {
    const [rows]: [{ id: InviteId }[], number] = await tx.query(
      `UPDATE invites SET state = 'revoked', user_id = NULL, updated_at = now(), updated_by = $2 WHERE org_id = $1 AND state = 'open' RETURNING id`, [org, by])
    return rows.map(({ id }) => id)
  }

  /** Whether somebody with this address is a member of the org already. */
  async isMember(tx: EntityManager, org: OrgId, emailKey: string): Promise<boolean> {
    const rows: unknown[] = await tx.query(
      `SELECT 1 FROM memberships m JOIN users u ON u.id = m.user_id WHERE m.org_id = $1 AND m.status IN ('Active', 'Deactivated') AND lower(u.email) = lower($2) LIMIT 1`, [org, emailKey])
    return rows.length > 0
  }
}
