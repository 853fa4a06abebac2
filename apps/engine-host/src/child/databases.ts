import { databaseKey } from '@tenantry/engines-contract'
import type { EmbeddedDatabase, EmbeddedDriver } from '@tenantry/engines-contract'
import type { EmbeddedEngineName } from '@tenantry/contracts'
import type { OwnedDatabase } from './messages.js'
import type { ClientSocket } from './client-socket.js'
import type { WaitingRun } from './runs.js'

/** A database of this child: its statements wait in order, and its files are open while it is used. */
export interface Held extends OwnedDatabase {
  readonly waiting: WaitingRun[]
  open: EmbeddedDatabase | undefined
}

/** The databases that belong to this child; of those, the most recently used are open. */
export class HeldDatabases {
  private readonly byKey = new Map<string, Held>()
  private readonly bySlot = new Map<number, Held>()
  /** Open databases, the least recently used first. */
  private readonly opened = new Set<Held>()
  /** What is in the middle of something that several requests make, and who has begun that. */
  private readonly middle = new Map<Held, ClientSocket>()

  private entered: string | undefined
  /** The one that was found last: statements of one database come in rows, and a key that is put together anew is hashed anew. */
  private last: Held | undefined

  /** `enter` makes a folder the one in which the engine's temporary files lie. */
  constructor(private readonly drivers: Readonly<Record<EmbeddedEngineName, EmbeddedDriver>>, private readonly mostOpen: number, private readonly enter: (folder: string) => void) {}

  add(owned: OwnedDatabase): void {
    const held: Held = { ...owned, waiting: [], open: undefined }
    this.byKey.set(databaseKey(owned.database, owned.generation), held)
    this.bySlot.set(owned.slot, held)
    this.last = undefined
  }

  find(database: string, generation: number): Held | undefined {
    if (this.last?.database === database && this.last.generation === generation) return this.last
    this.last = this.byKey.get(`${database}/${generation}`)
    return this.last
  }

  /** Lets go of a database and returns it; undefined when it is not held under this slot. */
  take(slot: number): Held | undefined {
    const held = this.bySlot.get(slot)
    if (held === undefined) return undefined
    this.bySlot.delete(slot)
    this.last = undefined
    const key = databaseKey(held.database, held.generation)
    if (this.byKey.get(key) === held) this.byKey.delete(key)
    this.shut(held)
    return held
  }

  openOf(held: Held, storageBytes: number): EmbeddedDatabase {
    this.opened.delete(held)
    held.open ??= this.drivers[held.engine].open(held.folder, { storageBytes })
    this.opened.add(held)
    if (this.entered !== held.folder) {
      this.enter(held.folder)
      this.entered = held.folder
    }
    if (this.opened.size > this.mostOpen) this.shutOldest(held)
    return held.open
  }

  /** Notes whether the database is in the middle of something after a request of `from`, and that it was the one who began it. */
  follow(held: Held, from: ClientSocket): void {
    if (held.open?.busy !== true) this.middle.delete(held)
    else if (!this.middle.has(held)) this.middle.set(held, from)
  }

  /** Whether any database is in the middle of something. */
  get underWay(): boolean {
    return this.middle.size > 0
  }

  /** A client has gone: what it is in the middle of does not come to an end. */
  leave(client: ClientSocket): void {
    for (const [held, began] of this.middle) {
      if (began !== client) continue
      this.middle.delete(held)
      held.open?.giveUp?.()
    }
  }

  closeAll(): void {
    for (const held of [...this.opened]) this.shut(held)
  }

  /** One that is in the middle of something is shut when all others are, too. */
  private shutOldest(used: Held): void {
    const [oldest] = this.opened
    for (const held of this.opened) {
      if (held === used || held.open?.busy === true) continue
      return this.shut(held)
    }
    if (oldest) this.shut(oldest)
  }

  private shut(held: Held): void {
    held.open?.close()
    held.open = undefined
    this.middle.delete(held)
    this.opened.delete(held)
  }
}
