import type { ServerResponse } from 'node:http'
import { Problem } from '@tenantry/contracts'

export interface OutgoingRules {
  /** Answers up to this size are handed to the connection and forgotten. */
  readonly smallBytes: number
  /** What all larger answers that clients have not taken yet may hold together. */
  readonly mostBytes: number
  /** How long a client may take for a larger answer before its connection is cut. */
  readonly seconds: number
}

/** Bounds what slow readers can make this process hold: a large answer keeps its place until it is taken. */
export class Outgoing {
  private held = 0

  constructor(private readonly rules: OutgoingRules) {}

  /** Writes an answer by `write`; a promise is there while it needs room here. Throws TooManyQueries when there is none. */
  send(response: ServerResponse, bytes: number, write: () => void): Promise<void> | undefined {
    if (bytes > this.rules.smallBytes) return this.sendLarge(response, bytes, write)
    write()
    return undefined
  }

  private async sendLarge(response: ServerResponse, bytes: number, write: () => void): Promise<void> {
    if (this.held + bytes > this.rules.mostBytes) throw new Problem('TooManyQueries', 'Too many large answers are on their way already; ask for fewer rows or try again.', { retryAfterSeconds: 1 })
    this.held += bytes
    const cut = setTimeout(() => response.destroy(), this.rules.seconds * 1000)
    try {
      const taken = new Promise<void>((resolve) => { response.once('finish', resolve).once('close', resolve) })
      write()
      await taken
    } finally {
      clearTimeout(cut)
      this.held -= bytes
    }
  }
}
