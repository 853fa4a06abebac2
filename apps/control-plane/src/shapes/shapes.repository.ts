import { Injectable } from '@nestjs/common'
import { DataSource } from 'typeorm'
import type { OfferedShape } from './catalogue.js'
import { type Shape, ShapeEntity } from './shape.entity.js'

const mostShapes = 1_000

/** What databases were made by. A shape that is offered no more stays, for those that have it. */
@Injectable()
export class ShapesRepository {
  constructor(private readonly source: DataSource) {}

  /** Writes down what is offered from now on. What is as it was keeps its time. */
  async offer(shapes: readonly OfferedShape[]): Promise<void> {
    await this.source.query(
      `WITH offered AS (SELECT * FROM json_to_recordset($1) AS s (name text, "displayName" text, vendor text, region text, engine text, node text, "storageBytes" bigint)),
       withdrawn AS (UPDATE shapes SET offered = false, updated_at = now() WHERE offered AND name NOT IN (SELECT name FROM offered))
       INSERT INTO shapes AS known (name, display_name, vendor, region, engine, node, storage_bytes)
       SELECT name, "displayName", vendor, region, engine, node, "storageBytes" FROM offered ORDER BY name
       ON CONFLICT (name) DO UPDATE SET display_name = excluded.display_name, vendor = excluded.vendor, region = excluded.region, engine = excluded.engine,
         node = excluded.node, storage_bytes = excluded.storage_bytes, offered = true, updated_at = now()
       WHERE (known.display_name, known.vendor, known.region, known.engine, known.node, known.storage_bytes, known.offered)
         IS DISTINCT FROM (excluded.display_name, excluded.vendor, excluded.region, excluded.engine, excluded.node, excluded.storage_bytes, true)`,
      [JSON.stringify(shapes)])
  }

  async list(): Promise<readonly Shape[]> {
    return await this.source.manager.find(ShapeEntity, { where: { offered: true }, order: { name: 'ASC' }, take: mostShapes })
  }

  async find(name: string): Promise<Shape | undefined> {
    return name.includes('\0') ? undefined : await this.source.manager.findOneBy(ShapeEntity, { name, offered: true }) ?? undefined
  }
}
