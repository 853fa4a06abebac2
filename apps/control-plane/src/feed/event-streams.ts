import { Inject, Injectable } from '@nestjs/common'
import { type DatabaseId, type OrgId, Problem } from '@tenantry/contracts'
import { Places } from '@tenantry/service'
import type { ControlPlaneConfig } from '../config.js'
import { CONFIG } from '../platform/platform.module.js'
import type { FeedEvent } from './feed.entity.js'
import { type FeedReach, FeedRepository } from './feed.repository.js'

/** What somebody wants to hear of, and from which event on. */
export interface StreamAsk {
  readonly orgId: OrgId
  /** The one database that is meant; all of the org without it. */
  readonly databaseId?: DatabaseId | undefined
  /** The key or session that the stream is counted for. */
  readonly holder: string
  /** The last event that was heard; without it the stream begins with the next one. */
  readonly after?: number | undefined
}

/** Whoever hears: it is never given more while it has not taken what it was given. */
export interface Listener {
  readonly takes: () => boolean
  readonly tell: (events: readonly FeedEvent[]) => void
  /** Says that the stream lives, and how far it has come. */
  readonly beat: (seq: number) => void
  readonly end: (why?: Problem) => void
  readonly cut: () => void
  /** Undefined while the caller may go on hearing; else a promise that says so, or rejects with why not. */
  readonly mayStay: () => Promise<unknown> | undefined
}

interface Stream extends StreamAsk {
  readonly listener: Listener
  at: number
  over: boolean
  asking: boolean
  beatAt: number
  stuckSince: number | undefined
}

const pageEvents = 100
const mostPagesAtATime = 5
// Fewer than the connections that a service has to Postgres: streams never keep deeds from it.
const lanes = 2

/**
 * Live streams of the numbered events of orgs. Each reads on from its own number out of the records when its org's number has
 * grown, so that a stream can lose and double nothing, whichever process wrote the events and whoever was away meanwhile.
 */
@Injectable()
export class EventStreams {
  private readonly streams = new Set<Stream>()
  private readonly places: Places
  private leaving = false

  constructor(@Inject(CONFIG) private readonly config: Pick<ControlPlaneConfig, 'limits' | 'eventBeatSeconds'>, private readonly feed: FeedRepository) {
    this.places = new Places(config.limits)
  }

  /** Opens a stream; `connect` is told where it begins and is given what to call when it closes. Throws TooManyEventStreams, EventsGone. */
  async open(ask: StreamAsk, connect: (at: number, closed: () => void) => Listener): Promise<void> {
    if (this.leaving) throw new Problem('ServiceUnavailable', 'This process is about to end; connect again.', { retryAfterSeconds: 1 })
    this.places.take(ask)
    try {
      const at = await this.beginning(ask)
      const stream: Stream = { ...ask, at, over: false, asking: false, beatAt: performance.now(), stuckSince: undefined, listener: connect(at, () => this.forget(stream)) }
      this.streams.add(stream)
      if (this.leaving) stream.listener.end()
    } catch (error) {
      this.places.giveBack(ask)
      throw error
    }
  }

  /** Tells every stream what it has not heard yet. One that cannot be served now is served the next time. */
  async advance(now = performance.now()): Promise<void> {
    for (const stream of this.streams) this.lookAfter(stream, now)
    const orgs = [...new Set([...this.streams].map(({ orgId }) => orgId))]
    if (orgs.length === 0) return
    const reaches = new Map((await this.feed.reach(orgs)).map((reach) => [reach.orgId, reach]))
    const behind = [...this.streams].filter(({ orgId, at }) => at !== (reaches.get(orgId)?.last ?? 0)).values()
    await Promise.all(Array.from({ length: lanes }, async () => {
      for (const stream of behind) await this.serve(stream, reaches.get(stream.orgId))
    }))
  }

  /** Ends the streams of those who may not hear any more. Who cannot be asked about now stays. */
  watch(): void {
    for (const stream of this.streams) {
      if (stream.asking) continue
      const asked = stream.listener.mayStay()
      if (!asked) continue
      stream.asking = true
      void asked.then(() => undefined, (error: unknown) => {
        if (error instanceof Problem && (error.kind === 'unauthenticated' || error.kind === 'forbidden')) stream.listener.end(error)
      }).finally(() => { stream.asking = false })
    }
  }

  /** Ends all streams in peace and takes no new one. */
  leave(): void {
    this.leaving = true
    for (const { listener } of this.streams) listener.end()
  }

  get size(): number {
    return this.streams.size
  }

  private async beginning({ orgId, after }: StreamAsk): Promise<number> {
    const [reach] = await this.feed.reach([orgId])
    const { last, gone } = reach ?? { last: 0, gone: 0 }
    if (after === undefined) return last
    if (after > last || after < gone) throw isGone(after)
    return after
  }

  private async serve(stream: Stream, reach: FeedReach | undefined): Promise<void> {
    const { listener, orgId, databaseId } = stream
    const { last, gone } = reach ?? { last: 0, gone: 0 }
    if (stream.at > last || stream.at < gone) return listener.end(isGone(stream.at))
    for (let page = 0; page < mostPagesAtATime && stream.at < last && listener.takes(); page++) {
      const events = await this.feed.between(orgId, databaseId, stream.at, last, pageEvents)
      if (stream.over) return
      if (events.length > 0) listener.tell(events)
      stream.at = events.length < pageEvents ? last : events.at(-1)?.seq ?? last
    }
  }

  private lookAfter(stream: Stream, now: number): void {
    if (stream.listener.takes()) {
      stream.stuckSince = undefined
      if (now - stream.beatAt < this.config.eventBeatSeconds * 1_000) return
      stream.beatAt = now
      stream.listener.beat(stream.at)
    } else {
      stream.stuckSince ??= now
      if (now - stream.stuckSince > this.config.limits.ANSWER_READ_SECONDS * 1_000) stream.listener.cut()
    }
  }

  private forget(stream: Stream): void {
    if (stream.over) return
    stream.over = true
    this.streams.delete(stream)
    this.places.giveBack(stream)
  }
}

const isGone = (after: number): Problem =>
  new Problem('EventsGone', `Event ${after} is not among those that are kept; read the databases anew and connect without a last event id.`)
