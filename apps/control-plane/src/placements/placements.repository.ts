import { Injectable } from '@nestjs/common'
import type { DatabaseId, EngineName } from '@tenantry/contracts'
import { DataSource, type EntityManager } from 'typeorm'

@Injectable()
export class PlacementsRepository {
  constructor(private readonly source: DataSource) {}

  /** Every server that is taken, as `engine/server`. */
  async taken(): Promise<readonly string[]> {
    const rows: { key: string }[] = await this.source.query(`SELECT engine || '/' || server AS key FROM placements`)
    return rows.map(({ key }) => key)
  }

  /**
   * Takes the first free one of these servers and answers its name; undefined when none is free. Who wants the same one at the same time
   * waits for the other's commit, and each look sees what was committed before it.
   */
  async take(tx: EntityManager, engine: EngineName, servers: readonly string[], id: DatabaseId): Promise<string | undefined> {
    for (let tries = 0; tries < servers.length; tries++) {
      const free: { server: string }[] = await tx.query(
        `SELECT server FROM unnest($2::text[]) WITH ORDINALITY AS s (server, nth)
         WHERE NOT EXISTS (SELECT FROM placements p WHERE p.engine = $1 AND p.server = s.server) ORDER BY nth LIMIT 1`, [engine, servers])
      const wanted = free[0]?.server
      if (wanted === undefined) return undefined
      const rows: unknown[] = await tx.query(
        'INSERT INTO placements (engine, server, database_id) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING RETURNING server', [engine, wanted, id])
      if (rows.length > 0) return wanted
    }
    return undefined
  }

  /** The one of these servers that the fewest databases live on. */
  async leastUsed(tx: EntityManager, engine: EngineName, servers: readonly string[]): Promise<string> {
    const rows: { server: string }[] = await tx.query(
      `SELECT server FROM unnest($2::text[]) WITH ORDINALITY AS s (server, nth)
       LEFT JOIN databases d ON d.engine = $1 AND d.node = s.server AND d.state <> 'DELETED' GROUP BY server, nth ORDER BY count(d.id), nth LIMIT 1`, [engine, servers])
    return rows[0]?.server ?? ''
  }

  async release(tx: EntityManager, id: DatabaseId): Promise<void> {
    await tx.query('DELETE FROM placements WHERE database_id = $1', [id])
  }
}
