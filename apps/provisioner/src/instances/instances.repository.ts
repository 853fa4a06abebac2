import { Injectable } from '@nestjs/common'
import type { DatabaseId, Desired } from '@tenantry/contracts'
import { DataSource, type EntityManager } from 'typeorm'
import { type Instance, InstanceEntity } from './instance.entity.js'

const columns = `
  database_id AS "databaseId", org_id AS "orgId", engine, node, storage_bytes::float8 AS "storageBytes", generation, version, present, power,
  born_version AS "bornVersion", settled, attempts, reason, try_at AS "tryAt", wished_at AS "wishedAt", removed_at AS "removedAt", purged_at AS "purgedAt"`

@Injectable()
export class InstancesRepository {
  constructor(private readonly source: DataSource) {}

  /** Takes a wish and answers the instance, locked; undefined when a newer one is here. The same wish again wakes the instance. */
  async wish(tx: EntityManager, desired: Desired): Promise<Instance | undefined> {
    const rows: Instance[] = await tx.query(
      `INSERT INTO instances AS i (database_id, org_id, engine, node, storage_bytes, generation, version, present, power)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
       ON CONFLICT (database_id) DO UPDATE SET storage_bytes = $5, generation = $6, version = $7, present = $8, power = $9, settled = false, try_at = now(),
         born_version = CASE WHEN i.generation = $6 THEN i.born_version END,
         attempts = CASE WHEN i.version = $7 THEN i.attempts ELSE 0 END, reason = CASE WHEN i.version = $7 THEN i.reason END,
         wished_at = CASE WHEN i.version = $7 THEN i.wished_at ELSE now() END
       WHERE i.version <= $7 RETURNING ${columns}`,
      [desired.databaseId, desired.orgId, desired.engine, desired.node, desired.limits.storageBytes, desired.generation, desired.version, desired.present,
        desired.power])
    return rows[0]
  }

  async get(id: DatabaseId): Promise<Instance | undefined> {
    const rows: Instance[] = await this.source.query(`SELECT ${columns} FROM instances WHERE database_id = $1`, [id])
    return rows[0]
  }

  async lock(tx: EntityManager, id: DatabaseId): Promise<Instance | undefined> {
    const rows: Instance[] = await tx.query(`SELECT ${columns} FROM instances WHERE database_id = $1 FOR UPDATE`, [id])
    return rows[0]
  }

  async update(tx: EntityManager, id: DatabaseId, change: Partial<Instance>): Promise<void> {
    await tx.update(InstanceEntity, { databaseId: id }, change)
  }

  /** Instances that wait for another try; a fixed number a pass, the longest waiting first. */
  async due(limit: number): Promise<readonly DatabaseId[]> {
    const rows: { id: DatabaseId }[] = await this.source.query(
      'SELECT database_id AS id FROM instances WHERE NOT settled AND try_at <= now() ORDER BY try_at LIMIT $1', [limit])
    return rows.map((row) => row.id)
  }

  /** What is known of these, whatever is wished of them. */
  async find(ids: readonly DatabaseId[]): Promise<readonly Pick<Instance, 'databaseId' | 'settled' | 'attempts' | 'reason'>[]> {
    return await this.source.query('SELECT database_id AS "databaseId", settled, attempts, reason FROM instances WHERE database_id = ANY($1)', [ids])
  }

  /** What was removed is kept no longer: the next purge takes it. */
  async letGo(tx: EntityManager, id: DatabaseId, generation: number): Promise<void> {
    await tx.query(
      `UPDATE instances SET removed_at = to_timestamp(0) WHERE database_id = $1 AND generation = $2 AND NOT present AND removed_at IS NOT NULL AND purged_at IS NULL`,
      [id, generation])
  }

  async removedLongAgo(days: number, limit: number): Promise<readonly DatabaseId[]> {
    const rows: { id: DatabaseId }[] = await this.source.query(
      `SELECT database_id AS id FROM instances
       WHERE removed_at IS NOT NULL AND purged_at IS NULL AND removed_at < now() - make_interval(secs => $1) ORDER BY removed_at LIMIT $2`, [days * 86_400, limit])
    return rows.map((row) => row.id)
  }
}
