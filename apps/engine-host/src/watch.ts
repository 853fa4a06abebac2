import type { ProblemCode } from '@tenantry/contracts'
import { monotonicMs } from '@tenantry/engines-contract'
import type { EngineChild } from './child-process.js'
import type { EngineHostConfig } from './config.js'
import type { Running } from './note.js'
import type { ChildPool } from './pool.js'

const lookEveryMs = 40
/** A statement that runs longer has its child for itself. */
const privateAfterMs = 200
/** A cancelled statement may end by itself this long; by then nobody else is on its child. */
const cancelAfterMs = 280
/** So does a database whose statements are shorter but leave no room for others: seen busy this often in a row, for this long each time. */
const crowdingLooks = 10
const crowdingAfterMs = 10
const measureAfterMs = 100
/** A statement that has used less of the processor was kept waiting for it. */
const longWorkMs = 100
const freeTemporaryBytes = 16 * 1024 * 1024
const sharedAgainAfterMs = 1_000
const cancelKeptMs = 5_000

export interface Verdict {
  readonly code: ProblemCode
  readonly message: string
}
/** Tells the client whose statement is ended, before it is. */
export type Announce = (running: Running, verdict: Verdict) => void

/** Of the statements that run long: the longest of the org that has the most of them. */
export const whoMakesRoom = <T extends { readonly org: string; readonly ran: Pick<Running, 'startedMs'> }>(long: readonly T[]): T | undefined => {
  const countOf = ({ org }: T): number => long.filter((other) => other.org === org).length
  return [...long].sort((one, other) => countOf(other) - countOf(one) || one.ran.startedMs - other.ran.startedMs)[0]
}

/** Looks at what every child is doing, and ends a child whose statement may not go on. */
export class Watch {
  private readonly cancelled = new Map<string, number>()
  private readonly timer: NodeJS.Timeout
  private lastLookMs = monotonicMs()
  /** Statements ended since the start, by the reason. */
  readonly ended = new Map<ProblemCode, number>()

  constructor(
    private readonly pool: ChildPool, private readonly announce: Announce,
    private readonly limits: Pick<EngineHostConfig, 'childMemoryBytes' | 'temporaryBytes'>,
  ) {
    this.timer = setInterval(() => this.look(), lookEveryMs)
  }

  /** Ends this run as soon as it is seen to run too long after the wish. */
  cancel(client: number, run: number): void {
    if (this.cancelled.size < 100_000) this.cancelled.set(`${client}/${run}`, monotonicMs() + cancelKeptMs)
  }

  close(): void {
    clearInterval(this.timer)
  }

  private look(): void {
    const now = monotonicMs()
    for (const child of this.pool.children) if ((child.state === 'ready' || child.state === 'closing') && !child.doomed) this.lookAt(child, now)
    for (const [key, until] of this.cancelled) if (until < now) this.cancelled.delete(key)
    this.pool.keepApart(this.pool.greed.greedyOrgs(now))
    this.lastLookMs = now
    this.pool.retireIdle(now)
  }

  private lookAt(child: EngineChild, now: number): void {
    const running = child.note.read()
    if (running === undefined) {
      child.idleSince ??= now
      child.crowding = undefined
      child.restingBytes = child.memoryBytes()
      if (child.apartFor !== undefined && (now - child.idleSince > sharedAgainAfterMs || this.mayRiseAgain(child, now))) this.pool.shareAgain(child)
      return
    }
    child.idleSince = undefined
    if (child.measured?.sequence !== running.sequence) {
      // A statement that has only just begun is not what the memory is used for; behind one that is seen late, the last rest counts.
      const isNew = now - running.startedMs < lookEveryMs
      child.measured = { sequence: running.sequence, bytes: isNew ? child.memoryBytes() : child.restingBytes, processorMs: child.processorMs() }
    }
    const verdict = this.verdictOn(child, running, now)
    if (verdict) this.end(child, running, verdict)
    else if (child.apartFor === undefined && this.leavesNoRoom(child, running, now)) this.separate(child, running, now)
    else if (child.apartFor !== undefined) this.attend(child, running, now)
  }

  /** Has what keeps running apart from the others yield to them, and counts how long it ran. */
  private attend(child: EngineChild, running: Running, now: number): void {
    const database = child.owned.get(running.slot)
    const ranMs = now - running.startedMs
    if (ranMs < privateAfterMs) {
      if (this.mayRiseAgain(child, now)) this.pool.shareAgain(child)
      return
    }
    // On a child that yields any statement may take long: only one that works is held against its database.
    const worked = child.processorMs() - (child.measured?.processorMs ?? 0) > longWorkMs
    if (database && worked) this.pool.greed.ran(database, now - Math.max(running.startedMs, this.lastLookMs), now)
    if (database && this.pool.greed.keepsApart(database, now)) child.yield()
  }

  /** Whether the child yields although nobody on it is greedy any more. */
  private mayRiseAgain(child: EngineChild, now: number): boolean {
    return child.yielding && child.state === 'ready' && ![...child.owned.values()].some((database) => this.pool.greed.keepsApart(database, now))
  }

  /** Gives the child to what runs there. When there is no place for that, the org that has the most places makes room. */
  private separate(child: EngineChild, running: Running, now: number): void {
    const org = child.owned.get(running.slot)?.org ?? ''
    if (!this.pool.hasPlaceFor(org)) {
      const long = [...this.pool.apart(), child].map((one) => ({ one, org: one.apartFor ?? org, ran: one === child ? running : one.note.read() }))
        .filter((at): at is { one: EngineChild; org: string; ran: Running } => at.ran !== undefined && now - at.ran.startedMs > privateAfterMs)
      const longest = whoMakesRoom(long)
      if (longest === undefined) return
      this.end(longest.one, longest.ran, { code: 'QueryTimeout', message: 'The statement ran for long while others waited for its place, and was ended.' })
      if (longest.one === child) return
    }
    this.pool.makePrivate(child, running.slot)
  }

  private leavesNoRoom(child: EngineChild, { slot, startedMs }: Running, now: number): boolean {
    if (now - startedMs > privateAfterMs) return true
    if (now - startedMs > crowdingAfterMs) child.crowding = { slot, looks: child.crowding?.slot === slot ? child.crowding.looks + 1 : 1 }
    return child.crowding?.slot === slot && child.crowding.looks >= crowdingLooks
  }

  private verdictOn(child: EngineChild, running: Running, now: number): Verdict | undefined {
    const ranMs = now - running.startedMs
    if (now >= running.deadlineMs) return { code: 'QueryTimeout', message: 'The statement ran past its deadline and was ended.' }
    if (ranMs > cancelAfterMs && this.cancelled.has(`${running.client}/${running.run}`)) {
      return { code: 'QueryCancelled', message: 'The statement was cancelled.' }
    }
    if (ranMs < measureAfterMs) return undefined
    if (child.memoryBytes() - (child.measured?.bytes ?? 0) > this.limits.childMemoryBytes) {
      return { code: 'EngineRejectedQuery', message: 'The statement needs more memory than one statement may use.' }
    }
    return this.verdictOnFiles(child, running)
  }

  /** Temporary files count against what the database may use, but for a little: there must be some for reading a database that is full. */
  private verdictOnFiles(child: EngineChild, { slot }: Running): Verdict | undefined {
    const temporary = child.temporaryBytes()
    if (temporary > this.limits.temporaryBytes) {
      return { code: 'EngineRejectedQuery', message: 'The statement needs more temporary storage than one statement may use.' }
    }
    const database = temporary > freeTemporaryBytes ? child.owned.get(slot) : undefined
    if (database === undefined || temporary + child.storedBytes(slot) <= database.storageBytes) return undefined
    return { code: 'StorageFull', message: 'The statement needs more temporary storage than the database has left; delete data or raise its limit.' }
  }

  private end(child: EngineChild, running: Running, verdict: Verdict): void {
    const database = child.owned.get(running.slot)
    if (database) this.pool.greed.ended(database, monotonicMs())
    this.announce(running, verdict)
    this.ended.set(verdict.code, (this.ended.get(verdict.code) ?? 0) + 1)
    child.end()
  }
}
