import { Injectable } from '@nestjs/common'
import type { OrgId, PageAsk, UserId } from '@tenantry/contracts'
import { DataSource } from 'typeorm'

export interface AccountSeen {
  readonly id: UserId
  readonly email: string
  readonly emailKey: string
  readonly orgId: OrgId
  readonly serverAdmin: boolean
  readonly createdAt: Date
  /** The newest login of those that are remembered: one that has ended is for a day. */
  readonly lastLogin: Date | null
}

/** Looks across all accounts, which nobody but an operator may. */
@Injectable()
export class OperatorsRepository {
  constructor(private readonly source: DataSource) {}

  async accounts({ limit, after }: PageAsk, emailKey: string | undefined): Promise<readonly AccountSeen[]> {
    return await this.source.query(
      `WITH page AS (
         SELECT id, email, email_key, org_id, server_admin, created_at FROM accounts
         WHERE ended_at IS NULL AND ($1::timestamptz IS NULL OR (created_at, id) > ($1, $2)) AND ($4::text IS NULL OR email_key = $4) ORDER BY created_at, id LIMIT $3)
       SELECT p.id, p.email, p.email_key AS "emailKey", p.org_id AS "orgId", p.server_admin AS "serverAdmin", p.created_at AS "createdAt", s.at AS "lastLogin"
       FROM page p LEFT JOIN (SELECT user_id, max(created_at) AS at FROM sessions WHERE user_id IN (SELECT id FROM page) GROUP BY user_id) s ON s.user_id = p.id
       ORDER BY p.created_at, p.id`,
      [after?.at ?? null, after?.id ?? null, limit + 1, emailKey ?? null])
  }
}
