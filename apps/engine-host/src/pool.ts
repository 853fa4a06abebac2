import type { EmbeddedEngineName } from '@tenantry/contracts'
import { databaseKey, monotonicMs } from '@tenantry/engines-contract'
import type { MovedDatabase, PlacedAt } from '@tenantry/engines-contract'
import { type ChildEvents, EngineChild } from './child-process.js'
import type { FromEngineChild, OwnedDatabase } from './child/messages.js'
import type { EngineHostConfig } from './config.js'
import { Greed } from './greed.js'
import type { Logger } from './logger.js'
import type { Running } from './note.js'
import { mostOpenDatabases, openFilesLimit } from './open-databases.js'
import { type DatabaseName, type Owner, Ownership } from './ownership.js'
import type { Places } from './places.js'
import { Reports, manyRun, unavailable } from './reports.js'

/** What the pool tells the clients of the host. */
export interface PoolEvents {
  moved(from: EngineChild, begun: ReadonlyMap<number, readonly number[]>, databases: readonly MovedDatabase[]): void
  gone(child: EngineChild, begun: ReadonlyMap<number, readonly number[]>, running: Running | undefined): void
}

type Unplaced = Omit<OwnedDatabase, 'slot'>

const answerWithinMs = 2_000
const letGoWithinMs = 1_000
/** A busy machine takes its time to start a process; clients wait a second longer than this. */
const startWithinMs = 4_000
/** At the start of the host nobody waits yet; who started it gives it a minute. */
const firstStartWithinMs = 50_000
const idleChildMs = 30_000
const restartDelayMs = 100

const fewestFirst = (children: readonly EngineChild[]): readonly EngineChild[] =>
  [...children].sort((one, other) => one.owned.size - other.owned.size)

/** The children: how many there are, and which of them a database is given to. */
export class ChildPool implements ChildEvents {
  readonly children = new Set<EngineChild>()
  /** Who keeps running long. */
  readonly greed: Greed
  private readonly ownership = new Ownership()
  private readonly reports = new Reports()
  private readonly made = new Set<EmbeddedEngineName>()
  private readonly openDatabases: number
  private nextChild = 1
  private restarts: NodeJS.Timeout | undefined
  private ending = false

  constructor(
    private readonly config: EngineHostConfig, private readonly places: Places,
    private readonly events: PoolEvents, private readonly log: Logger,
  ) {
    this.greed = new Greed(config.orgChildren)
    this.openDatabases = mostOpenDatabases(openFilesLimit(), config.childMemoryBytes)
  }

  /** Starts the warm children and has one of them make the templates. */
  async start(engines: readonly EmbeddedEngineName[], templateFolder: (engine: EmbeddedEngineName) => string): Promise<void> {
    this.refill()
    const child = await this.anyReady(firstStartWithinMs)
    for (const engine of engines) {
      child.tell({ type: 'template', engine, folder: templateFolder(engine) })
      await this.reports.until(() => this.made.has(engine), answerWithinMs * 5, 'An engine child could not make the empty database.')
    }
  }

  /**
   * The child that a database belongs to, chosen now when it has none. Throws TooManyQueries when its org has used up its places, and
   * EngineUnavailable.
   */
  async place({ database, generation, engine, storageBytes, org }: PlacedAt, folder: string): Promise<EngineChild> {
    const at = { database, generation, engine, folder, storageBytes, org: org ?? databaseKey(database, generation) }
    for (let attempt = 0; attempt < 5; attempt += 1) {
      const known = this.ownership.find(at)
      // A child that is being ended owns its databases until it has gone.
      if (known?.child.doomed === true) await this.reports.until(() => this.ownership.find(at) !== known, answerWithinMs, 'The engine is starting again; try again.')
      const owner = this.ownership.find(at) ?? await this.choose(at)
      const told = await owner.ready.then(() => true, () => false)
      if (told && this.ownership.find(at) === owner && owner.child.state === 'ready') return owner.child
    }
    throw unavailable('The engine is starting again; try again.')
  }

  /**
   * Returns when no child runs a statement of the database or can begin one. A child that is in one for too long is ended. One that is
   * busy with another database and has not heard yet may have the files open a while longer: see `letGo`.
   */
  async release(name: DatabaseName): Promise<void> {
    this.ownership.revoke(name)
    try {
      await this.letGo(name, letGoWithinMs)
    } catch {
      // Their revision was raised before: what their notes do not show by now, they do not begin any more.
      const running = this.ownership.holdersOf(name).filter((child) => this.ownership.isOf(child.note.read()?.slot, name))
      for (const child of running) child.end()
      await this.reports.until(() => running.every(({ state }) => state === 'ended'), answerWithinMs, 'The engine does not let go of the database.')
    }
  }

  /** Returns when no child has a database without an owner open any more. Throws EngineUnavailable when that takes too long. */
  async letGo(name: DatabaseName, withinMs = answerWithinMs): Promise<void> {
    if (this.ownership.find(name)) return
    await this.reports.until(() => this.ownership.holdersOf(name).length === 0, withinMs, 'The engine still lets go of the database; try again.')
  }

  /**
   * Gives the child to the database in `slot` alone and its other databases to another child. Returns false when the child runs a
   * statement of one of those meanwhile, or when there is no other child yet.
   */
  makePrivate(child: EngineChild, slot: number): boolean {
    const others = [...child.owned.values()].filter((owned) => owned.slot !== slot)
    const target = others.length === 0 ? child : this.leastLoaded(child)
    if (target === undefined) {
      this.refill(1)
      return false
    }
    if (!this.moveAll(child, others, target, slot)) return false
    child.apartFor = child.owned.get(slot)?.org ?? ''
    this.refill()
    return true
  }

  /** Whether the org may have one more child apart: the last places are for children that everybody shares. */
  hasPlaceFor(org: string): boolean {
    return this.apart().length < this.config.mostChildren - this.config.warmChildren && this.apart(org).length < this.config.orgChildren
  }

  /** The children that are there for one org, whichever or this one, but for those that are being ended. */
  apart(org?: string): readonly EngineChild[] {
    return [...this.children].filter(({ apartFor, doomed, state }) => apartFor !== undefined && (org ?? apartFor) === apartFor && !doomed && state !== 'closing')
  }

  /** Takes the databases of these orgs away from the children that everybody shares. */
  keepApart(orgs: ReadonlySet<string>): void {
    if (orgs.size === 0) return
    for (const child of this.shared()) {
      const taken = [...child.owned.values()].filter(({ org }) => orgs.has(org))
      if (taken.length > 0) this.ownership.revokeAll(child, taken)
    }
  }

  /**
   * Makes a child apart one for everybody again. One that yields is ended between two statements, since its priority cannot be raised and
   * it might take long to let go of files; its databases find another child when they are asked again. An import is waited for.
   */
  shareAgain(child: EngineChild): void {
    if (!child.yielding) {
      child.apartFor = undefined
      return
    }
    if (child.note.isBetweenPieces()) return
    const revision = child.note.raise()
    if (child.note.read() === undefined) child.end()
    else child.tell({ type: 'disown', slots: [], revision })
  }

  /** Children beyond the warm ones that have been idle for long, and any that keeps much memory at rest, hand over what they own and end. */
  retireIdle(now: number): void {
    const resting = this.shared().filter(({ idleSince }) => idleSince !== undefined)
    // An import rests between its pieces, and would be ended by going elsewhere.
    const heavy = resting.find(({ bornBytes, restingBytes, note }) => restingBytes - bornBytes > this.config.childMemoryBytes && !note.isBetweenPieces())
    const spare = this.shared().length > this.config.warmChildren
    const idle = heavy ?? (spare ? resting.find(({ idleSince = now }) => now - idleSince > idleChildMs) : undefined)
    if (idle === undefined) return
    const target = this.leastLoaded(idle)
    if (target === undefined) return this.refill(1)
    if (!this.moveAll(idle, [...idle.owned.values()], target, undefined)) return
    idle.state = 'closing'
    idle.tell({ type: 'close' })
  }

  onMessage(child: EngineChild, message: FromEngineChild): void {
    switch (message.type) {
      case 'ready':
        child.state = 'ready'
        child.served = true
        child.idleSince = monotonicMs()
        child.bornBytes = child.memoryBytes()
        break
      case 'made':
        if (message.problem === undefined) this.made.add(message.engine)
        else this.log.error({ engine: message.engine, problem: message.problem }, 'an empty database could not be made')
        break
      case 'owned':
        this.ownership.settle(message.call)
        break
      case 'released':
        for (const slot of message.slots) this.ownership.letGo(child, slot)
        break
    }
    this.reports.changed()
  }

  onWords(child: EngineChild, words: string): void {
    this.log.warn({ child: child.number, words }, 'an engine child complained')
  }

  onExit(child: EngineChild): void {
    this.children.delete(child)
    this.ownership.ended(child)
    this.events.gone(child, child.note.begun(), child.note.read())
    this.reports.changed()
    if (!this.ending) this.restarts ??= setTimeout(() => this.refill(), child.served ? 0 : restartDelayMs)
  }

  /** Lets every child finish what waits there, up to the deadline, and ends them. */
  async close(withinMs: number): Promise<void> {
    this.ending = true
    clearTimeout(this.restarts)
    for (const child of this.children) {
      child.state = 'closing'
      child.tell({ type: 'close' })
    }
    try {
      await this.reports.until(() => this.children.size === 0, withinMs, 'late')
    } catch {
      for (const child of this.children) child.end()
      await this.reports.until(() => this.children.size === 0, answerWithinMs, 'Engine children do not end.')
    }
  }

  private shared(): readonly EngineChild[] {
    return [...this.children].filter((child) => child.state === 'ready' && child.apartFor === undefined && !child.doomed)
  }

  /** The child for everybody with the fewest databases, among those that are not held up by a statement. */
  private leastLoaded(except?: EngineChild): EngineChild | undefined {
    const now = monotonicMs()
    return fewestFirst(this.shared().filter((child) => child !== except && !child.isHeldUp(now)))[0]
  }

  /** Starts children until enough of them are there for everybody, and `extra` more, as far as the limit allows. */
  private refill(extra = 0): void {
    this.restarts = undefined
    const open = () => [...this.children].filter(({ state, apartFor }) => state !== 'closing' && apartFor === undefined).length
    const wanted = this.config.warmChildren + (open() === this.config.warmChildren ? extra : 0)
    while (!this.ending && open() < wanted && this.children.size < this.config.mostChildren) this.startChild()
  }

  private startChild(): EngineChild {
    const child = new EngineChild(this.nextChild, this.places.run, {
      inFlight: this.config.queriesInFlight, openDatabases: this.openDatabases, memoryBytes: this.config.childMemoryBytes, bitmaps: this.config.bitmaps,
    }, this)
    this.children.add(child)
    this.nextChild += 1
    return child
  }

  private async startApart(org: string): Promise<EngineChild | undefined> {
    const child = this.startChild()
    child.apartFor = org
    await this.reports.until(() => child.state !== 'starting', startWithinMs, 'The engine is starting; try again.')
    return child.state === 'ready' ? child : undefined
  }

  /** A child for what keeps running long: a new one, or one that its org has and that can be asked at this moment. */
  private async anyApart(org: string): Promise<EngineChild> {
    const free = () => fewestFirst(this.apart(org).filter((child) => child.state === 'ready' && !child.isHeldUp(monotonicMs())))[0]
    const canStart = () => this.hasPlaceFor(org) && this.children.size < this.config.mostChildren
    const isSettled = () => !this.hasPlaceFor(org) && this.apart(org).every(({ state }) => state !== 'starting')
    await this.reports.until(() => canStart() || free() !== undefined || isSettled(), startWithinMs, 'The engine is starting; try again.')
    const child = canStart() ? await this.startApart(org) : free()
    if (child) return child
    // Others hold the places: whoever has the most of them makes room as soon as this is in somebody's way.
    if (this.apart(org).length === 0 && !this.greed.isGreedyOrg(org, monotonicMs())) return this.anyReady()
    throw manyRun()
  }

  private async anyReady(withinMs = startWithinMs): Promise<EngineChild> {
    if (this.leastLoaded() === undefined) this.refill(this.shared().length > 0 ? 1 : 0)
    const any = () => this.leastLoaded() ?? fewestFirst(this.shared())[0]
    await this.reports.until(() => any() !== undefined, withinMs, 'The engine is starting; try again.')
    const child = any()
    if (child === undefined) throw unavailable('The engine is starting; try again.')
    return child
  }

  private async choose(database: Unplaced): Promise<Owner> {
    const child = await (this.greed.keepsApart(database, monotonicMs()) ? this.anyApart(database.org) : this.anyReady())
    // The owner's readiness tells the outcome; another call may have chosen meanwhile.
    if (!this.ownership.find(database)) void this.ownership.give(child, [database])
    const owner = this.ownership.find(database)
    if (owner === undefined) throw unavailable('The engine is starting again; try again.')
    return owner
  }

  /** Moves databases to another child; false when one of them may be running at this moment. `kept` stays and may. */
  private moveAll(from: EngineChild, databases: readonly OwnedDatabase[], target: EngineChild, kept: number | undefined): boolean {
    const revision = from.note.raise()
    // Read after the revision was raised: the child begins nothing more without asking, and what it has begun is in its notes.
    const running = from.note.read()
    if (running !== undefined && running.slot !== kept) {
      from.tell({ type: 'disown', slots: [], revision })
      return false
    }
    const begun = from.note.begun()
    from.tell({ type: 'disown', slots: databases.map(({ slot }) => slot), revision })
    for (const { slot } of databases) from.owned.delete(slot)
    if (databases.length === 0) return true
    const unanswered = databases.map((database) => this.ownership.find(database)?.call)
    this.ownership.give(target, databases.map(({ slot: _, ...database }) => database)).then(
      () => this.events.moved(from, begun, databases.map(({ database, generation }) => ({ database, generation, child: target.number, path: target.socket }))),
      (error: unknown) => this.log.warn({ error }, 'databases could not be moved to another engine child'),
    )
    for (const call of unanswered) if (call !== undefined) this.ownership.settle(call)
    return true
  }
}
