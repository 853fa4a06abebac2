import path from 'node:path'
import { Tinypool } from 'tinypool'
import type { ToCompare, ToHash } from './hashing.worker.js'

const idleMs = 60_000

/**
 * bcrypt in threads of its own, as many as there are processors, behind everything that answers requests. In libuv's threads it
 * would stand at the side of files and names, and at the same place in the scheduler as the event loop.
 */
export class HashingThreads {
  private readonly pool: Tinypool

  constructor(most: number) {
    this.pool = new Tinypool({
      // Beside this file, in the form that this one has: the thread imports nothing of ours.
      filename: new URL(`./hashing.worker${path.extname(import.meta.url)}`, import.meta.url).href,
      minThreads: 1, maxThreads: most, idleTimeout: idleMs, env: {},
    })
  }

  async hash(text: string, cost: number): Promise<string> {
    return String(await this.pool.run({ text, cost } satisfies ToHash, { name: 'hash' }))
  }

  async compare(text: string, hash: string): Promise<boolean> {
    return await this.pool.run({ text, hash } satisfies ToCompare, { name: 'compare' }) === true
  }

  /** Ends the threads; what they still had to do is refused. */
  async close(): Promise<void> {
    await this.pool.destroy()
  }
}
