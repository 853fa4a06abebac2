import { Inject, Injectable } from '@nestjs/common'
import { type DatabaseId, type Page, type PageAsk, type Principal, Problem } from '@tenantry/contracts'
import { inTransaction } from '@tenantry/persistence'
import { DataSource, type EntityManager } from 'typeorm'
import type { ControlPlaneConfig } from '../config.js'
import { QuotasService } from '../orgs/quotas.service.js'
import { CONFIG } from '../platform/platform.module.js'
import type { Database } from './database.entity.js'
import { DatabaseMoves, there } from './database.moves.js'
import { DatabasesRepository } from './databases.repository.js'
import { type Deed, DeedsRepository } from './deeds.repository.js'

const daySeconds = 86_400

/** Stops, starts and brings back databases, and tells what was asked of them. */
@Injectable()
export class PowerService {
  constructor(@Inject(CONFIG) private readonly config: ControlPlaneConfig, private readonly source: DataSource, private readonly databases: DatabasesRepository,
    private readonly moves: DatabaseMoves, private readonly deeds: DeedsRepository, private readonly quotas: QuotasService) {}

  async askStop(caller: Principal, id: DatabaseId): Promise<Database> {
    return await this.locked(caller, id, (tx, database) => this.moves.wish(tx, database, 'stopAsked', { power: 'off' }, caller.userId))
  }

  async askStart(caller: Principal, id: DatabaseId): Promise<Database> {
    return await this.locked(caller, id, (tx, database) => this.moves.wish(tx, database, 'startAsked', { power: 'on' }, caller.userId))
  }

  /** Brings a deleted database back as it was, with its power on or off, if its data is kept still and its name is free. */
  async askUndelete(caller: Principal, id: DatabaseId, now = new Date()): Promise<Database> {
    return await this.locked(caller, id, async (tx, database) => {
      if (database.state === 'DELETED') this.mustBeKept(await this.deeds.lastEnd(tx, id), now)
      const after = await this.moves.wish(tx, database, 'undeleteAsked', { present: true }, caller.userId)
      // Last, as in create: it locks the org's row.
      await this.quotas.takeDatabase(tx, caller.orgId, after.storageBytes)
      return after
    })
  }

  async deedsOf(caller: Principal, id: DatabaseId, page: PageAsk): Promise<Page<Deed>> {
    there(await this.databases.find(caller.orgId, id))
    return await this.deeds.list(caller.orgId, id, page)
  }

  private async locked(caller: Principal, id: DatabaseId, work: (tx: EntityManager, database: Database) => Promise<Database>): Promise<Database> {
    return await inTransaction(this.source, async (tx) => await work(tx, there(await this.databases.lock(tx, caller.orgId, id))))
  }

  private mustBeKept(end: { readonly at: Date; readonly purged: boolean } | undefined, now: Date): void {
    const { undeleteDays } = this.config
    if (end?.purged) throw new Problem('DatabaseInWrongState', 'The data of the database was purged by the operator of this server, and it cannot be brought back any more.')
    if (end && now.getTime() - end.at.getTime() < undeleteDays * daySeconds * 1_000) return
    throw new Problem('DatabaseInWrongState', `The database was deleted more than ${undeleteDays} days ago and cannot be brought back any more.`)
  }
}
