import { Injectable } from '@nestjs/common'
import type { OrgId } from '@tenantry/contracts'
import { DataSource, type EntityManager } from 'typeorm'

/** So many of each thing. */
export interface Amounts {
  readonly databases: number
  readonly users: number
  /** Reserved by the shapes of the databases, however little they hold. */
  readonly storageBytes: number
}

/** What an org uses, and what it may have. */
export interface Quotas {
  readonly used: Amounts
  readonly max: Amounts
}

const ownColumns = { databases: 'own_databases_max', users: 'own_users_max', storage: 'own_storage_max' } as const
export type OwnQuota = keyof typeof ownColumns

interface Row { readonly databases: number; readonly users: number; readonly storage: number }
interface QuotaRow extends Row { readonly databasesMax: number; readonly usersMax: number; readonly storageMax: number }
interface ComparedRow extends Row { readonly id: OrgId; readonly realDatabases: number; readonly realUsers: number; readonly realStorage: number }

/** What an org is found to use, beside what its counters say. */
export interface Compared {
  readonly orgId: OrgId
  readonly counted: Amounts
  readonly real: Amounts
}

const used = 'databases_used AS databases, users_used AS users, storage_used::float8 AS storage'
const amounts = ({ databases, users, storage }: Row): Amounts => ({ databases, users, storageBytes: storage })

/**
 * The counters of an org's quotas. Each move is one statement on the org's row, which a transaction locks last: takers wait for each
 * other's commit only, and no more of them pass than there is room for.
 */
@Injectable()
export class QuotasRepository {
  constructor(private readonly source: DataSource) {}

  /** Takes a database and the storage of its shape; answers false, and takes nothing, when the org may not have both. */
  async takeDatabase(tx: EntityManager, org: OrgId, storageBytes: number, usual: Amounts): Promise<boolean> {
    const [, taken]: [unknown, number] = await tx.query(
      `UPDATE orgs SET databases_used = databases_used + 1, storage_used = storage_used + $2::bigint
       WHERE id = $1 AND deleted_at IS NULL AND databases_used < coalesce(own_databases_max, $3) AND storage_used + $2::bigint <= coalesce(own_storage_max, $4::bigint)`,
      [org, storageBytes, usual.databases, usual.storageBytes])
    return taken === 1
  }

  /** A counter that was too low already stays at nothing, and is the sweep's to correct: what is given back must not fail for it. */
  async returnDatabase(tx: EntityManager, org: OrgId, storageBytes: number): Promise<void> {
    await tx.query('UPDATE orgs SET databases_used = greatest(0, databases_used - 1), storage_used = greatest(0, storage_used - $2::bigint) WHERE id = $1', [org, storageBytes])
  }

  async takeUser(tx: EntityManager, org: OrgId, usual: Amounts): Promise<boolean> {
    const [, taken]: [unknown, number] = await tx.query('UPDATE orgs SET users_used = users_used + 1 WHERE id = $1 AND deleted_at IS NULL AND users_used < coalesce(own_users_max, $2)', [org, usual.users])
    return taken === 1
  }

  async returnUser(tx: EntityManager, org: OrgId): Promise<void> {
    await tx.query('UPDATE orgs SET users_used = greatest(0, users_used - 1) WHERE id = $1', [org])
  }

  async setOwn(org: OrgId, quota: OwnQuota, max: number | null): Promise<void> {
    await this.source.query(`UPDATE orgs SET ${ownColumns[quota]} = $2, updated_at = now() WHERE id = $1`, [org, max])
  }

  async find(org: OrgId, usual: Amounts, tx: EntityManager = this.source.manager): Promise<Quotas | undefined> {
    const [row]: QuotaRow[] = await tx.query(
      `SELECT ${used}, coalesce(own_databases_max, $2) AS "databasesMax", coalesce(own_users_max, $3) AS "usersMax",
       coalesce(own_storage_max, $4::bigint)::float8 AS "storageMax" FROM orgs WHERE id = $1 AND deleted_at IS NULL`, [org, usual.databases, usual.users, usual.storageBytes])
    return row && { used: amounts(row), max: { databases: row.databasesMax, users: row.usersMax, storageBytes: row.storageMax } }
  }

  /** Some orgs by the order of their ids, with what they really use. Nothing is locked: what differs may be on its way. */
  async compare(after: OrgId | undefined, limit: number): Promise<readonly Compared[]> {
    return await comparing(this.source.manager, 'WHERE $1::uuid IS NULL OR id > $1 ORDER BY id LIMIT $2', [after ?? null, limit])
  }

  /** The same of one org, whose counters stand still until the transaction ends. */
  async hold(tx: EntityManager, org: OrgId): Promise<Compared | undefined> {
    // Apart from the count: only a statement that begins once the lock is held sees what was waited for.
    await tx.query('SELECT 1 FROM orgs WHERE id = $1 FOR UPDATE', [org])
    return (await comparing(tx, 'WHERE id = $1', [org]))[0]
  }

  async correct(tx: EntityManager, org: OrgId, { databases, users, storageBytes }: Amounts): Promise<void> {
    await tx.query('UPDATE orgs SET databases_used = $2, users_used = $3, storage_used = $4::bigint WHERE id = $1', [org, databases, users, storageBytes])
  }
}

const comparing = async (tx: EntityManager, which: string, values: readonly unknown[]): Promise<readonly Compared[]> => {
  const rows: ComparedRow[] = await tx.query(
    `SELECT o.id, ${used}, d.count AS "realDatabases", d.bytes AS "realStorage", m.count AS "realUsers"
     FROM (SELECT * FROM orgs ${which}) o
     CROSS JOIN LATERAL (SELECT count(*)::int AS count, coalesce(sum(storage_bytes), 0)::float8 AS bytes FROM databases WHERE org_id = o.id AND state <> 'DELETED') d
     CROSS JOIN LATERAL (SELECT count(*)::int AS count FROM memberships WHERE org_id = o.id AND status <> 'Left') m
     ORDER BY o.id`, [...values])
  return rows.map((row) => ({ orgId: row.id, counted: amounts(row), real: { databases: row.realDatabases, users: row.realUsers, storageBytes: row.realStorage } }))
}
