/** Runs work of one key in order and work of different keys side by side. The work must not throw. */
export class KeyedQueue {
  private readonly tails = new Map<string, Promise<void>>()

  run(key: string, work: () => Promise<void>): Promise<void> {
    const tail = (this.tails.get(key) ?? Promise.resolve()).then(work)
    this.tails.set(key, tail)
    void tail.finally(() => { if (this.tails.get(key) === tail) this.tails.delete(key) })
    return tail
  }

  /** Resolves when nothing is left to run. */
  async idle(): Promise<void> {
    while (this.tails.size > 0) await Promise.allSettled(this.tails.values())
  }
}
