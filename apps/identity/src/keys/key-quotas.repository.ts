import { Injectable } from '@nestjs/common'
import type { OrgId } from '@tenantry/contracts'
import { DataSource, type EntityManager } from 'typeorm'

/** How many keys an org has, and may have. */
export interface KeyQuota {
  readonly used: number
  readonly max: number
}

/** How many keys an org is found to have, beside what its counter says. */
export interface Compared {
  readonly orgId: OrgId
  readonly counted: number
  readonly real: number
}

const realKeys = `(SELECT count(*)::int FROM api_keys k WHERE k.org_id = o.org_id AND k.status = 'ACTIVE')`

/** The counter of each org's keys, one row that a transaction locks last. */
@Injectable()
export class KeyQuotasRepository {
  constructor(private readonly source: DataSource) {}

  /** Answers false, and takes nothing, when the org has all that it may have. */
  async take(tx: EntityManager, org: OrgId, usualMax: number): Promise<boolean> {
    const taken: unknown[] = await tx.query(
      `INSERT INTO key_quotas AS q (org_id, used) VALUES ($1, 1)
       ON CONFLICT (org_id) DO UPDATE SET used = q.used + 1 WHERE q.used < coalesce(q.own_max, $2) RETURNING 1`, [org, usualMax])
    return taken.length > 0
  }

  /** A counter that was too low already stays at nothing, and is the sweep's to correct. */
  async giveBack(tx: EntityManager, org: OrgId, many: number): Promise<void> {
    await tx.query('UPDATE key_quotas SET used = greatest(0, used - $2) WHERE org_id = $1', [org, many])
  }

  async setOwn(tx: EntityManager, org: OrgId, max: number | null): Promise<void> {
    await tx.query('INSERT INTO key_quotas (org_id, used, own_max) VALUES ($1, 0, $2) ON CONFLICT (org_id) DO UPDATE SET own_max = $2', [org, max])
  }

  async find(org: OrgId, usualMax: number, tx: EntityManager = this.source.manager): Promise<KeyQuota> {
    const [row]: KeyQuota[] = await tx.query('SELECT used, coalesce(own_max, $2) AS max FROM key_quotas WHERE org_id = $1', [org, usualMax])
    return row ?? { used: 0, max: usualMax }
  }

  /** Some orgs by the order of their ids, also those that have keys and no counter. Nothing is locked: what differs may be on its way. */
  async compare(after: OrgId | undefined, limit: number): Promise<readonly Compared[]> {
    return await this.source.query(
      `SELECT o.org_id AS "orgId", coalesce(q.used, 0) AS counted, ${realKeys} AS real
       FROM (SELECT org_id FROM key_quotas UNION SELECT org_id FROM api_keys) o LEFT JOIN key_quotas q ON q.org_id = o.org_id
       WHERE $1::uuid IS NULL OR o.org_id > $1 ORDER BY o.org_id LIMIT $2`, [after ?? null, limit])
  }

  /** The same of one org, whose counter stands still until the transaction ends. */
  async hold(tx: EntityManager, org: OrgId): Promise<Compared> {
    await tx.query('INSERT INTO key_quotas (org_id, used) VALUES ($1, 0) ON CONFLICT DO NOTHING', [org])
    await tx.query('SELECT 1 FROM key_quotas WHERE org_id = $1 FOR UPDATE', [org])
    // Apart from the lock: only a statement that begins once it is held sees what was waited for.
    const [row]: Compared[] = await tx.query(`SELECT o.org_id AS "orgId", o.used AS counted, ${realKeys} AS real FROM key_quotas o WHERE o.org_id = $1`, [org])
    return row ?? { orgId: org, counted: 0, real: 0 }
  }

  async correct(tx: EntityManager, { orgId, real }: Compared): Promise<void> {
    await tx.query('UPDATE key_quotas SET used = $2 WHERE org_id = $1', [orgId, real])
  }
}
