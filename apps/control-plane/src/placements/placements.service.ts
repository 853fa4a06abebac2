import { Inject, Injectable } from '@nestjs/common'
import { type DatabaseId, type EngineName, Problem } from '@tenantry/contracts'
import type { EntityManager } from 'typeorm'
import type { ControlPlaneConfig } from '../config.js'
import { CONFIG } from '../platform/platform.module.js'
import { PlacementsRepository } from './placements.repository.js'

/** What a shape says of the place of its databases: `any` server of its engine, or the one of this name. */
export interface Placing {
  readonly name: string
  readonly engine: EngineName
  readonly node: string
}

/** Says on which server a database lives, where it lives on one. It is said once, with the database's record, and never changed. */
@Injectable()
export class PlacementsService {
  constructor(@Inject(CONFIG) private readonly config: Pick<ControlPlaneConfig, 'ownServers' | 'sharedServers'>, private readonly placements: PlacementsRepository) {}

  async taken(): Promise<ReadonlySet<string>> {
    return new Set(await this.placements.taken())
  }

  /** Why there can be no database of this shape now, in words; undefined when there can. */
  unavailable(shape: Placing, taken: ReadonlySet<string>): string | undefined {
    if (this.sharedBy(shape)?.length === 0) return noServers(shape)
    const servers = this.serversOf(shape)
    if (servers === undefined) return undefined
    if (servers.length === 0) return noServers(shape)
    return servers.every((server) => taken.has(`${shape.engine}/${server}`)) ? allTaken(shape, servers.length) : undefined
  }

  /** The node of a new database. Throws ShapeNotServed. */
  async take(tx: EntityManager, shape: Placing, id: DatabaseId): Promise<string> {
    const shared = this.sharedBy(shape)
    if (shared) return await this.leastUsed(tx, shape, shared)
    const servers = this.serversOf(shape)
    if (servers === undefined) return shape.node
    const server = await this.placements.take(tx, shape.engine, servers, id)
    if (server !== undefined) return server
    throw new Problem('ShapeNotServed', servers.length === 0 ? noServers(shape) : allTaken(shape, servers.length))
  }

  /** The server of a database whose data is gone is free for the next one. */
  async release(tx: EntityManager, id: DatabaseId): Promise<void> {
    await this.placements.release(tx, id)
  }

  /** The servers that a shape may use where many databases share one. */
  private sharedBy({ engine, node }: Placing): readonly string[] | undefined {
    return this.config.sharedServers[engine]?.filter((server) => node === 'any' || server === node)
  }

  private async leastUsed(tx: EntityManager, shape: Placing, servers: readonly string[]): Promise<string> {
    const [only] = servers
    if (only === undefined) throw new Problem('ShapeNotServed', noServers(shape))
    return servers.length === 1 ? only : await this.placements.leastUsed(tx, shape.engine, servers)
  }

  /** The servers that a shape may use; undefined where databases share what they live on. */
  private serversOf({ engine, node }: Placing): readonly string[] | undefined {
    return this.config.ownServers[engine]?.filter((server) => node === 'any' || server === node)
  }
}

const noServers = ({ name, node }: Placing): string =>
  `No database of the shape ${name} can be had here: ${node === 'any' ? 'no server is configured for it' : `the server ${node} is not configured`}.`

const allTaken = ({ name }: Placing, servers: number): string => servers === 1
  ? `No database of the shape ${name} can be had now: its server belongs to another database. A deleted database gives its server back when its data is purged.`
  : `No database of the shape ${name} can be had now: all ${servers} servers belong to other databases. A deleted database gives its server back when its data is purged.`
