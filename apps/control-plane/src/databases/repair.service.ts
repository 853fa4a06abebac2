import { Injectable } from '@nestjs/common'
import { type DatabaseId, type DatabaseState, type OrgId, Problem, operatorId, restless } from '@tenantry/contracts'
import { Outbox } from '@tenantry/events'
import { inTransaction } from '@tenantry/persistence'
import { DataSource } from 'typeorm'
import type { Database } from './database.entity.js'
import { DatabaseMoves, there, wrongState } from './database.moves.js'
import { DatabasesRepository } from './databases.repository.js'

/** Where a database stands after an operator has touched it. */
export interface Repaired {
  readonly id: DatabaseId
  readonly name: string
  readonly state: DatabaseState
}

/** What only an operator does to a database: has a stuck one tried again, and ends the data of a deleted one before its time. */
@Injectable()
export class RepairService {
  constructor(private readonly source: DataSource, private readonly databases: DatabasesRepository, private readonly moves: DatabaseMoves,
    private readonly outbox: Outbox) {}

  /**
   * A failed one is wished for anew. What is still on its way is asked for again under the same version: what has come true of it
   * meanwhile must be told as what it was. Throws DatabaseInWrongState for one at rest.
   */
  async retry(org: OrgId, id: DatabaseId): Promise<Repaired> {
    return await inTransaction(this.source, async (tx) => {
      const database = there(await this.databases.lock(tx, org, id))
      if (database.state === 'FAILED') return repaired(await this.moves.wish(tx, database, 'retryAsked', {}, operatorId))
      if (!restless.includes(database.state)) throw wrongState(database, 'be tried again')
      this.moves.ask(tx, database)
      return repaired(database)
    })
  }

  /** Nothing brings the database back afterwards. Throws InvalidParameter unless its name is said; DatabaseInWrongState. */
  async purge(org: OrgId, id: DatabaseId, name: string): Promise<Repaired> {
    return await inTransaction(this.source, async (tx) => {
      const database = there(await this.databases.lock(tx, org, id))
      if (database.name !== name) throw new Problem('InvalidParameter', 'The name is not that of this database, so nothing was purged.')
      if (database.state !== 'DELETED') throw wrongState(database, 'be purged; delete it first')
      const after = await this.moves.move(tx, database, ['purgeAsked'], { by: operatorId })
      this.outbox.append(tx, 'control.database.purge-asked', { databaseId: id, orgId: org, generation: database.generation })
      return repaired(after)
    })
  }
}

const repaired = ({ id, name, state }: Database): Repaired => ({ id, name, state })
