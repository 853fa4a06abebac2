import { Injectable } from '@nestjs/common'
import {
  type DatabaseFact, type DatabaseId, type DatabaseTarget, type OrgId, type Page, type PageAsk, type Principal, Problem, type UserId, factsUpTo, newId, restless,
} from '@tenantry/contracts'
import { inTransaction } from '@tenantry/persistence'
import { DataSource, type EntityManager } from 'typeorm'
import { QuotasService } from '../orgs/quotas.service.js'
import { PlacementsService } from '../placements/placements.service.js'
import { type ShapeWish, ShapesService } from '../shapes/shapes.service.js'
import { UsersService } from '../users/users.service.js'
import type { Database } from './database.entity.js'
import { DatabaseMoves, missing, there, wrongState } from './database.moves.js'
import { DatabasesRepository } from './databases.repository.js'

export interface CreateDatabase {
  readonly name: string
  readonly options: Readonly<Record<string, unknown>>
  readonly shape: ShapeWish
}

export interface UpdateDatabase {
  readonly name: string
  readonly ownedBy: UserId | undefined
}

const mostAtOnce = 10_000

@Injectable()
export class DatabasesService {
  constructor(private readonly source: DataSource, private readonly databases: DatabasesRepository, private readonly moves: DatabaseMoves,
    private readonly quotas: QuotasService, private readonly shapes: ShapesService, private readonly users: UsersService,
    private readonly placements: PlacementsService) {}

  async create(caller: Principal, wish: CreateDatabase): Promise<Database> {
    const shape = await this.shapes.wished(wish.shape)
    return await inTransaction(this.source, async (tx) => {
      const id = newId<DatabaseId>()
      const node = await this.placements.take(tx, shape, id)
      const database = await this.databases.insert(tx, {
        id, orgId: caller.orgId, name: wish.name, options: wish.options, shape: shape.name, engine: shape.engine, node,
        storageBytes: shape.storageBytes, state: 'CREATING', createdBy: caller.userId, ownedBy: caller.userId, updatedBy: caller.userId,
      })
      this.moves.ask(tx, database)
      this.moves.tell(tx, 'database.created', database, caller.userId)
      // Last, because it locks the org's row: parallel creates then wait for each other's commit only.
      await this.quotas.takeDatabase(tx, caller.orgId, database.storageBytes)
      return database
    })
  }

  async list(caller: Principal, page: PageAsk): Promise<Page<Database>> {
    return await this.databases.list(caller.orgId, page)
  }

  /** All databases of the org, oldest first. Throws AnswerTooLarge for more than are told at once. */
  async all(caller: Principal): Promise<readonly Database[]> {
    const { items, next } = await this.databases.list(caller.orgId, { limit: mostAtOnce })
    if (next !== undefined) throw new Problem('AnswerTooLarge', `There are more than ${mostAtOnce} databases; list them in pages with GET /v2/databases.`)
    return items
  }

  async get(caller: Principal, id: DatabaseId): Promise<Database> {
    return there(await this.databases.find(caller.orgId, id))
  }

  /** A database that answers queries, and stays as it is until the transaction ends. Throws DatabaseInWrongState, DatabaseNotReady. */
  async lockRunning(tx: EntityManager, caller: Principal, id: DatabaseId): Promise<Database> {
    const database = there(await this.databases.lock(tx, caller.orgId, id))
    if (database.state === 'RUNNING' || database.state === 'DELETED') return database
    if (restless.includes(database.state)) throw new Problem('DatabaseNotReady', `The database is ${database.state}; try again when its status is RUNNING.`, { retryAfterSeconds: 1 })
    throw wrongState(database, 'have its credentials changed')
  }

  async update(caller: Principal, id: DatabaseId, wish: UpdateDatabase): Promise<Database> {
    if (wish.ownedBy && !await this.users.isActiveMember(caller.orgId, wish.ownedBy)) {
      throw new Problem('RelatedResourceNotFound', 'owned_by names no active user of this org.')
    }
    return await inTransaction(this.source, async (tx) => {
      const database = there(await this.databases.lock(tx, caller.orgId, id))
      if (!database.present) throw wrongState(database, 'be changed')
      const after = await this.databases.update(tx, database, { name: wish.name, ownedBy: wish.ownedBy ?? database.ownedBy }, caller.userId)
      if (after.name !== database.name || after.ownedBy !== database.ownedBy) this.moves.tell(tx, 'database.updated', after, caller.userId)
      return after
    })
  }

  async askDeletion(caller: Principal, id: DatabaseId): Promise<Database> {
    return await inTransaction(this.source, async (tx) => {
      const database = there(await this.databases.lock(tx, caller.orgId, id))
      return await this.moves.wish(tx, database, 'deletionAsked', { present: false }, caller.userId)
    })
  }

  /** Takes a report of the provisioner. One about older data or an older wish changes nothing. */
  async learn(tx: EntityManager, report: Report): Promise<void> {
    const database = await this.databases.lock(tx, report.orgId, report.databaseId)
    if (!database || database.generation !== report.generation || report.version < database.version) return
    const now = await this.moves.move(tx, database, factsUpTo(database.state, report.fact), { reason: report.reason })
    if (now.state === 'DELETED' && database.state !== 'DELETED') await this.quotas.returnDatabase(tx, database.orgId, database.storageBytes)
  }

  /** The data of a deleted database is gone, and what it lived on is free. */
  async forget(tx: EntityManager, id: DatabaseId): Promise<void> {
    await this.placements.release(tx, id)
  }

  /** What the gateway needs to know to reach a database; a foreign or deleted one is missing. */
  async target(org: OrgId, id: DatabaseId): Promise<DatabaseTarget> {
    const database = there(await this.databases.find(org, id))
    if (database.state === 'DELETED') throw missing()
    const { orgId, state, engine, generation, moves, storageBytes, node, documentsVersion, documentsOnly } = database
    return {
      databaseId: database.id, orgId, state, engine, generation, version: moves, limits: { storageBytes }, node,
      ...(documentsVersion > 0 && { documents: { version: documentsVersion, only: documentsOnly } }),
    }
  }

  /** Asks again for what should have come to rest long ago; answers how many there were. */
  async askAgain(afterSeconds: number, limit: number): Promise<number> {
    return await inTransaction(this.source, async (tx) => {
      const overdue = await this.databases.takeOverdue(tx, afterSeconds, limit)
      this.moves.ask(tx, ...overdue)
      return overdue.length
    })
  }
}

export interface Report {
  readonly databaseId: DatabaseId
  readonly orgId: OrgId
  readonly generation: number
  readonly version: number
  readonly fact: DatabaseFact
  readonly reason?: string | undefined
}
