import { databaseKey } from '@tenantry/engines-contract'
import type { Problem } from '@tenantry/contracts'
import type { EngineChild } from './child-process.js'
import type { OwnedDatabase } from './child/messages.js'
import { unavailable } from './reports.js'

interface Waiting {
  readonly done: () => void
  readonly failed: (problem: Problem) => void
}

/** Who may run statements of a database now. */
export interface Owner {
  readonly child: EngineChild
  readonly slot: number
  readonly call: number
  /** Fulfilled when the child knows of the database, or when the database has gone on to another child. */
  readonly ready: Promise<void>
}

const answerWithinMs = 2_000

export type DatabaseName = Pick<OwnedDatabase, 'database' | 'generation'>
const keyOf = ({ database, generation }: DatabaseName): string => databaseKey(database, generation)

/** Which database belongs to which child, and who may still have it open. */
export class Ownership {
  private readonly owners = new Map<string, Owner>()
  /** The owner of each database, and those who have not let go of it yet. */
  private readonly holders = new Map<string, Map<EngineChild, number>>()
  private readonly keys = new Map<number, string>()
  private readonly calls = new Map<number, Waiting & { readonly child: EngineChild }>()
  private nextSlot = 1
  private nextCall = 1

  find(name: DatabaseName): Owner | undefined {
    return this.owners.get(keyOf(name))
  }

  holdersOf(name: DatabaseName): readonly EngineChild[] {
    return [...this.holders.get(keyOf(name))?.keys() ?? []]
  }

  /** Whether the slot is one that the database has, or has had with a child that still holds it. */
  isOf(slot: number | undefined, name: DatabaseName): boolean {
    return slot !== undefined && this.keys.get(slot) === keyOf(name)
  }

  /** Gives databases to a child; resolves when the child knows of them. */
  give(child: EngineChild, databases: readonly Omit<OwnedDatabase, 'slot'>[]): Promise<void> {
    const owned = databases.map((database) => ({ ...database, slot: this.nextSlot++ }))
    const call = this.nextCall++
    const ready = new Promise<void>((resolve, reject) => {
      const late = setTimeout(() => this.calls.get(call)?.failed(unavailable('The engine is busy; try again.')), answerWithinMs)
      this.calls.set(call, {
        child,
        done: () => {
          clearTimeout(late)
          resolve()
        },
        failed: (problem) => {
          clearTimeout(late)
          reject(problem)
        },
      })
    })
    for (const database of owned) {
      const key = keyOf(database)
      child.owned.set(database.slot, database)
      this.keys.set(database.slot, key)
      this.owners.set(key, { child, slot: database.slot, call, ready })
      this.holders.set(key, (this.holders.get(key) ?? new Map<EngineChild, number>()).set(child, database.slot))
    }
    ready.catch(() => this.forget(owned))
    child.tell({ type: 'own', call, databases: owned })
    return ready
  }

  /** Takes a database away from its owner, who lets go of it as soon as it can. */
  revoke(name: DatabaseName): void {
    const key = keyOf(name)
    const owner = this.owners.get(key)
    this.owners.delete(key)
    if (owner) this.disown(owner.child, owner.slot)
  }

  /** Takes databases away from their owner, who sends back what waits for them; but for one that runs at this moment. */
  revokeAll(child: EngineChild, databases: readonly OwnedDatabase[]): void {
    const revision = child.note.raise()
    // Read after the revision was raised: what has not begun by now does not begin any more.
    const running = child.note.read()?.slot
    const taken = databases.filter(({ slot }) => slot !== running)
    for (const database of taken) {
      if (this.find(database)?.slot === database.slot) this.owners.delete(keyOf(database))
      child.owned.delete(database.slot)
    }
    child.tell({ type: 'disown', slots: taken.map(({ slot }) => slot), revision })
  }

  /** The child has let go of what it had under this slot. */
  letGo(child: EngineChild, slot: number): void {
    const key = this.keys.get(slot)
    this.keys.delete(slot)
    const holders = key === undefined ? undefined : this.holders.get(key)
    if (key === undefined || holders?.get(child) !== slot) return
    holders.delete(child)
    if (holders.size === 0) this.holders.delete(key)
  }

  private forget(databases: readonly OwnedDatabase[]): void {
    for (const database of databases) {
      const key = keyOf(database)
      const owner = this.owners.get(key)
      if (owner?.slot !== database.slot) continue
      this.owners.delete(key)
      this.disown(owner.child, owner.slot)
    }
  }

  /** The child has what the call told it of; or the databases of the call have gone on to another child. */
  settle(call: number): void {
    this.calls.get(call)?.done()
    this.calls.delete(call)
  }

  /** The child has ended: it owns and holds nothing any more. */
  ended(child: EngineChild): void {
    for (const [call, waiting] of this.calls) {
      if (waiting.child !== child) continue
      this.calls.delete(call)
      waiting.failed(unavailable('The engine is starting again; try again.'))
    }
    for (const [key, owner] of this.owners) if (owner.child === child) this.owners.delete(key)
    for (const [slot, key] of this.keys) if (this.holders.get(key)?.get(child) === slot) this.letGo(child, slot)
  }

  private disown(child: EngineChild, slot: number): void {
    child.owned.delete(slot)
    child.tell({ type: 'disown', slots: [slot], revision: child.note.raise() })
  }
}
