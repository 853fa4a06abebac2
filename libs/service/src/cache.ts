export interface CacheRules<K, V> {
  /** Finds the value; throws when it cannot be found now. `undefined` is a real answer: there is no such thing. */
  readonly load: (key: K, hint: unknown) => Promise<V | undefined>
  readonly keyOf: (key: K) => string
  /** The most entries held; the longest unused one goes first. */
  readonly max: number
  /** An entry older than this is asked for again, and kept when asking fails. */
  readonly freshMs: number
  /** How long one who has an old answer waits for a new one; it is used as it is by then. */
  readonly patienceMs?: number
  readonly now?: () => number
}

interface Entry<V> {
  readonly value: V
  readonly loadedAt: number
  fresh: boolean
  /** How often in a row it could not be asked for again, and until when nobody tries. */
  failures: number
  restsUntil: number
}

const patienceMs = 100
const shortestRestMs = 500
const longestRestMs = 4_000

/**
 * Answers kept in a process: dropped by event, asked for once however many wait, and kept past their time when the one who
 * knows is away or takes too long. Then it is left alone for a while that doubles, and what is held is as good as fresh: a
 * caller who is known waits for nobody. Absence is never kept.
 */
export class Cache<K, V> {
  private readonly entries = new Map<string, Entry<V>>()
  private readonly loading = new Map<string, Promise<V | undefined>>()
  private readonly now: () => number

  constructor(private readonly rules: CacheRules<K, V>) {
    this.now = rules.now ?? Date.now
  }

  /** The value when it is here and good; the hot path calls this first and awaits nothing. `name` is the key's, where it is at hand. */
  peek(key: K, name = this.rules.keyOf(key)): V | undefined {
    const entry = this.entries.get(name)
    return entry && this.isGood(entry) ? entry.value : undefined
  }

  async find(key: K, hint?: unknown): Promise<V | undefined> {
    const name = this.rules.keyOf(key)
    const entry = this.entries.get(name)
    if (entry && this.isGood(entry)) return this.used(name, entry)
    const loading = this.loading.get(name) ?? this.load(name, key, hint)
    try {
      return entry && await this.isLate(loading) ? await this.heldOr(name, loading) : await loading
    } catch (error) {
      const held = this.entries.get(name)
      if (held) return held.value
      throw error
    }
  }

  /** Forgets one answer for good: what it said is known to be wrong. */
  drop(key: K): void {
    this.entries.delete(this.rules.keyOf(key))
    this.loading.delete(this.rules.keyOf(key))
  }

  /** Forgets every answer that `matches`. */
  dropWhere(matches: (value: V) => boolean): void {
    for (const [name, entry] of this.entries) if (matches(entry.value)) this.entries.delete(name)
    this.loading.clear()
  }

  /** Doubts every answer: each is asked for again at its next use, and kept if nobody answers. */
  doubtAll(): void {
    for (const entry of this.entries.values()) entry.fresh = false
  }

  /** As `doubtAll`, and asks at once whoever was left alone: there is a reason to think that he is back. */
  doubtAndAsk(): void {
    this.doubtAll()
    for (const entry of this.entries.values()) entry.restsUntil = 0
  }

  get size(): number {
    return this.entries.size
  }

  private isGood(entry: Entry<V>): boolean {
    const now = this.now()
    return (entry.fresh && now - entry.loadedAt < this.rules.freshMs) || now < entry.restsUntil
  }

  private async isLate(loading: Promise<unknown>): Promise<boolean> {
    const { promise, resolve } = Promise.withResolvers<boolean>()
    const timer = setTimeout(resolve, this.rules.patienceMs ?? patienceMs, true)
    try {
      return await Promise.race([promise, loading.then(() => false)])
    } finally {
      clearTimeout(timer)
    }
  }

  /** What was dropped while it was waited for is not used any more. */
  private heldOr(name: string, loading: Promise<V | undefined>): V | undefined | Promise<V | undefined> {
    const held = this.entries.get(name)
    if (!held) return loading
    this.rest(held)
    return held.value
  }

  private rest(entry: Entry<V>): void {
    if (this.now() < entry.restsUntil) return
    entry.restsUntil = this.now() + Math.min(longestRestMs, shortestRestMs * 2 ** entry.failures++)
  }

  private used(name: string, entry: Entry<V>): V {
    this.entries.delete(name)
    this.entries.set(name, entry)
    return entry.value
  }

  private load(name: string, key: K, hint: unknown): Promise<V | undefined> {
    const loading = this.rules.load(key, hint).then((value) => {
      // A drop during the load means that this answer may already be wrong: it is given once and not kept.
      if (this.loading.get(name) === loading) this.keep(name, value)
      return value
    }, (error: unknown) => {
      const held = this.entries.get(name)
      if (held) this.rest(held)
      throw error
    }).finally(() => { if (this.loading.get(name) === loading) this.loading.delete(name) })
    // Whoever asked may have gone on with what was held.
    loading.catch(() => undefined)
    this.loading.set(name, loading)
    return loading
  }

  private keep(name: string, value: V | undefined): void {
    this.entries.delete(name)
    if (value === undefined) return
    this.entries.set(name, { value, loadedAt: this.now(), fresh: true, failures: 0, restsUntil: 0 })
    const oldest = this.entries.size > this.rules.max ? this.entries.keys().next().value : undefined
    if (oldest !== undefined) this.entries.delete(oldest)
  }
}
