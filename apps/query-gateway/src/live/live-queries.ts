import { type DatabaseId, type OrgId, Problem } from '@tenantry/contracts'
import { type Limits, Places } from '@tenantry/service'

/** What somebody wants to go on hearing of. */
export interface LiveAsk {
  readonly orgId: OrgId
  readonly databaseId: DatabaseId
  /** The key or session that the stream is counted for. */
  readonly holder: string
}

/** Whoever hears: it is asked for nothing new while it has not taken what it was given. */
export interface Hearer {
  readonly takes: () => boolean
  /** Asks again, and sends the answer where it is another one. */
  readonly refresh: () => Promise<void>
  readonly beat: () => void
  readonly end: (why?: Problem) => void
  readonly cut: () => void
  /** Undefined while the caller may go on hearing; else a promise that says so, or rejects with why not. */
  readonly mayStay: () => Promise<unknown> | undefined
}

interface LiveQuery extends LiveAsk {
  readonly hearer: Hearer
  /** How far the database was when it was asked last. */
  seen: string
  over: boolean
  asking: boolean
  beatAt: number
  stuckSince: number | undefined
}

interface Watched {
  readonly ask: LiveAsk
  readonly queries: Set<LiveQuery>
  busy: boolean
  lookedAt: number
  pending: NodeJS.Timeout | undefined
}

export interface LiveRules {
  readonly limits: Pick<Limits, 'EVENT_STREAMS' | 'EVENT_STREAMS_PER_ORG' | 'EVENT_STREAMS_PER_KEY' | 'ANSWER_READ_SECONDS'>
  readonly beatSeconds: number
  /** A text that is another one once the database has changed. Throws Problem. */
  readonly version: (ask: LiveAsk) => Promise<string>
}

/** However fast a database changes, its live queries are asked again at most this often. */
const leastMs = 100

/**
 * Queries that are answered again whenever their database has changed. Where a database stands is asked of its engine, by every
 * process for itself: nothing has to be told of a write, so that none can be missed, whoever writes. A write that came by here
 * only makes the look come sooner.
 */
export class LiveQueries {
  private readonly databases = new Map<DatabaseId, Watched>()
  private readonly places: Places
  private leaving = false

  constructor(private readonly rules: LiveRules) {
    this.places = new Places(rules.limits)
  }

  /** Asks by `first`, and from then on whenever something has changed; `connect` is given what to call when its stream closes. Throws Problem. */
  async open(ask: LiveAsk, first: () => Promise<void>, connect: (closed: () => void) => Hearer): Promise<void> {
    if (this.leaving) throw new Problem('ServiceUnavailable', 'This process is about to end; connect again.', { retryAfterSeconds: 1 })
    this.places.take(ask)
    try {
      // What changes while the first answer is made is seen as a change.
      const seen = await this.rules.version(ask)
      await first()
      const query: LiveQuery = { ...ask, seen, over: false, asking: false, beatAt: performance.now(), stuckSince: undefined, hearer: connect(() => this.forget(query)) }
      this.watched(ask).queries.add(query)
      if (this.leaving) query.hearer.end()
    } catch (error) {
      this.places.giveBack(ask)
      throw error
    }
  }

  /** Something may have been written: whoever hears of this database is served soon. */
  poke(databaseId: DatabaseId): void {
    const watched = this.databases.get(databaseId)
    if (!watched || watched.pending) return
    watched.pending = setTimeout(() => {
      watched.pending = undefined
      void this.serve(watched)
    }, Math.max(0, leastMs - (performance.now() - watched.lookedAt)))
  }

  /** Looks at every database that somebody hears of, and after every stream. */
  look(now = performance.now()): void {
    for (const watched of this.databases.values()) {
      for (const query of watched.queries) this.lookAfter(query, now)
      if (!watched.pending) void this.serve(watched)
    }
  }

  /** Ends all streams in peace and takes no new one. */
  leave(): void {
    this.leaving = true
    for (const { queries } of this.databases.values()) for (const { hearer } of queries) hearer.end()
  }

  get size(): number {
    return [...this.databases.values()].reduce((sum, { queries }) => sum + queries.size, 0)
  }

  private watched(ask: LiveAsk): Watched {
    const known = this.databases.get(ask.databaseId)
    if (known) return known
    const made: Watched = { ask, queries: new Set(), busy: false, lookedAt: performance.now(), pending: undefined }
    this.databases.set(ask.databaseId, made)
    return made
  }

  /** One look at a time at each database. */
  private async serve(watched: Watched): Promise<void> {
    if (watched.busy) return
    watched.busy = true
    watched.lookedAt = performance.now()
    try {
      const version = await this.rules.version(watched.ask)
      for (const query of watched.queries) await this.refresh(query, version)
    } catch (error) {
      for (const query of watched.queries) this.judge(query, error)
    } finally {
      watched.busy = false
    }
  }

  private async refresh(query: LiveQuery, version: string): Promise<void> {
    if (query.over || query.seen === version || !query.hearer.takes()) return
    try {
      await query.hearer.refresh()
      query.seen = version
    } catch (error) {
      this.judge(query, error)
    }
  }

  /** What may pass is asked again at the next look; anything else ends the stream. */
  private judge(query: LiveQuery, error: unknown): void {
    if (error instanceof Problem && error.mayPass) return
    if (!query.over) query.hearer.end(error instanceof Problem ? error : new Problem('InternalError', 'Something went wrong on our side; connect again.', { cause: error }))
  }

  private lookAfter(query: LiveQuery, now: number): void {
    const { hearer } = query
    this.askWhether(query)
    if (!hearer.takes()) {
      query.stuckSince ??= now
      if (now - query.stuckSince > this.rules.limits.ANSWER_READ_SECONDS * 1_000) hearer.cut()
      return
    }
    query.stuckSince = undefined
    if (now - query.beatAt < this.rules.beatSeconds * 1_000) return
    query.beatAt = now
    hearer.beat()
  }

  /** Ends the stream of one who may not hear any more. Who cannot be asked about now stays. */
  private askWhether(query: LiveQuery): void {
    const asked = query.asking ? undefined : query.hearer.mayStay()
    if (!asked) return
    query.asking = true
    void asked.then(() => undefined, (error: unknown) => {
      if (error instanceof Problem && (error.kind === 'unauthenticated' || error.kind === 'forbidden')) query.hearer.end(error)
    }).finally(() => { query.asking = false })
  }

  private forget(query: LiveQuery): void {
    if (query.over) return
    query.over = true
    this.places.giveBack(query)
    const watched = this.databases.get(query.databaseId)
    watched?.queries.delete(query)
    if (watched?.queries.size !== 0) return
    clearTimeout(watched.pending)
    this.databases.delete(query.databaseId)
  }
}
