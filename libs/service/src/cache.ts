export interface CacheRules<K, V> {
  /** Finds the value; throws when it cannot be found now. `undefined` is a real answer: there is no such thing. */
  readonly load: (key: K, hint: unknown) => Promise<V | undefined>
  readonly keyOf: (key: K) => string
  /** The most entries held; the longest unused one goes first. */
  readonly max: number
  /** An entry older than this is asked for again, and kept when asking fails. */
  readonly freshMs: number
  readonly now?: () => number
}

interface Entry<V> { value: V; loadedAt: number; fresh: boolean }

/**
 * Answers kept in a process: dropped by event, asked for once however many wait, and kept past their time when the one who
 * knows is away. Absence is never kept.
 */
export class Cache<K, V> {
  private readonly entries = new Map<string, Entry<V>>()
  private readonly loading = new Map<string, Promise<V | undefined>>()
  private readonly now: () => number

  constructor(private readonly rules: CacheRules<K, V>) {
    this.now = rules.now ?? Date.now
  }

  /** The value when it is here and fresh; the hot path calls this first and awaits nothing. */
  peek(key: K): V | undefined {
    const entry = this.entries.get(this.rules.keyOf(key))
    return entry && this.isFresh(entry) ? entry.value : undefined
  }

  async find(key: K, hint?: unknown): Promise<V | undefined> {
    const name = this.rules.keyOf(key)
    const entry = this.entries.get(name)
    if (entry && this.isFresh(entry)) return this.used(name, entry)
    try {
      return await (this.loading.get(name) ?? this.load(name, key, hint))
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

  get size(): number {
    return this.entries.size
  }

  private isFresh(entry: Entry<V>): boolean {
    return entry.fresh && this.now() - entry.loadedAt < this.rules.freshMs
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
    }).finally(() => { if (this.loading.get(name) === loading) this.loading.delete(name) })
    this.loading.set(name, loading)
    return loading
  }

  private keep(name: string, value: V | undefined): void {
    this.entries.delete(name)
    if (value === undefined) return
    this.entries.set(name, { value, loadedAt: this.now(), fresh: true })
    const oldest = this.entries.size > this.rules.max ? this.entries.keys().next().value : undefined
    if (oldest !== undefined) this.entries.delete(oldest)
  }
}
