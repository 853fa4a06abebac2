import { Problem } from '@tenantry/contracts'
import { databaseKey } from '@tenantry/engines-contract'
import type { DatabaseAt, LifecycleCall, Observed, PlacedAt } from '@tenantry/engines-contract'
import type { EngineChild } from './child-process.js'
import type { ChildPool } from './pool.js'
import type { Storage } from './storage.js'

/** What the host does for a client, one call at a time for each generation of a database. */
export class Calls {
  private readonly tails = new Map<string, Promise<unknown>>()

  constructor(private readonly storage: Storage, private readonly pool: ChildPool) {}

  /** The child that answers statements on this database. Throws DatabaseNotFound or DatabaseInWrongState. */
  where(at: PlacedAt): Promise<EngineChild> {
    return this.inTurn(at, async () => {
      const seen = this.storage.observe(at)
      if (seen === 'stopped') throw new Problem('DatabaseInWrongState', 'The database is stopped; start it first.')
      if (seen !== 'running') throw new Problem('DatabaseNotFound', 'There is no such database.')
      return this.pool.place(at, this.storage.folder(at))
    })
  }

  /** What the files of a database take. Throws DatabaseNotFound. */
  bytes(at: DatabaseAt): Promise<number> {
    return this.inTurn(at, () => this.storage.bytes(at))
  }

  lifecycle(call: LifecycleCall, at: DatabaseAt): Promise<Observed | undefined> {
    return this.inTurn(at, async () => {
      switch (call) {
        case 'observe': return this.storage.observe(at)
        case 'ensure': await this.storage.ensure(at); return undefined
        // Files that a child still has open do not come back under another child.
        case 'start':
          await this.pool.letGo(at)
          await this.storage.start(at)
          return undefined
        case 'restore':
          await this.pool.letGo(at)
          await this.storage.restore(at)
          return undefined
        case 'purge': await this.storage.purge(at); return undefined
        // The wish is on disk before the children let go: from then on nobody is sent to the database any more.
        case 'stop':
          await this.storage.stop(at)
          await this.pool.release(at)
          return undefined
        case 'remove':
          await this.pool.release(at)
          await this.storage.remove(at)
          return undefined
      }
    })
  }

  private async inTurn<T>(at: DatabaseAt, work: () => Promise<T>): Promise<T> {
    const key = databaseKey(at.database, at.generation)
    const before = this.tails.get(key)
    const turn = before === undefined ? work() : before.then(work)
    const tail = turn.catch(() => undefined)
    this.tails.set(key, tail)
    try {
      return await turn
    } finally {
      if (this.tails.get(key) === tail) this.tails.delete(key)
    }
  }
}
