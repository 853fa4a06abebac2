import type { IncomingMessage } from 'node:http'
import { Problem } from '@tenantry/contracts'

/** What one piece holds: a client that is faster than the engine waits with the rest. */
const pieceBytes = 256 * 1024
/** A slow client's rows are handed on after this, and without any the engine is told that the import goes on. */
const longestWaitMs = 2_000

export interface BodyRules {
  readonly bytes: number
  /** Until all of it has arrived. */
  readonly seconds: number
  /** Without any of it. */
  readonly silenceSeconds: number
}

/** A request's body in pieces, as they are asked for. No more of it is held than one piece, and what one read of the socket gives. */
export class BodyPieces {
  private held: Buffer[] = []
  private heldBytes = 0
  private total = 0
  private heardMs = performance.now()
  private readonly beganMs = this.heardMs
  private ended = false
  private lost = false
  private wake: (() => void) | undefined

  constructor(private readonly request: IncomingMessage, private readonly rules: BodyRules) {
    if (Number(request.headers['content-length'] ?? 0) > rules.bytes) throw this.tooLarge()
    request.on('data', this.take).once('end', () => { this.ended = true; this.wake?.() })
    for (const event of ['close', 'error']) request.once(event, () => { this.lost = !this.ended; this.wake?.() })
  }

  /** The next piece, which is empty when nothing has come for a moment; undefined after the last. Throws RequestTooLarge, RequestTooSlow, QueryCancelled. */
  async next(): Promise<Buffer | undefined> {
    if (this.heldBytes < pieceBytes && !this.ended && !this.lost) await this.more()
    this.check()
    if (this.ended && this.heldBytes === 0) return undefined
    const piece = Buffer.concat(this.held)
    this.held = []
    this.heldBytes = 0
    this.request.resume()
    return piece
  }

  /** Nothing more is asked for: what still comes is not held, and whoever answers may let it pass. */
  release(): void {
    this.request.off('data', this.take)
    this.held = []
    this.heldBytes = 0
  }

  private readonly take = (bytes: Buffer): void => {
    this.heardMs = performance.now()
    this.total += bytes.length
    this.held.push(bytes)
    this.heldBytes += bytes.length
    if (this.heldBytes < pieceBytes && this.total <= this.rules.bytes) return
    this.request.pause()
    this.wake?.()
  }

  private async more(): Promise<void> {
    const late = Promise.withResolvers<void>()
    const timer = setTimeout(late.resolve, longestWaitMs)
    this.wake = late.resolve
    await late.promise
    this.wake = undefined
    clearTimeout(timer)
  }

  private check(): void {
    const now = performance.now()
    if (this.lost) throw new Problem('QueryCancelled', 'The request ended before its body did; nothing of it was kept.')
    if (this.total > this.rules.bytes) throw this.tooLarge()
    if (!this.ended && now - this.beganMs > this.rules.seconds * 1_000) throw tooSlow(`all of it may take ${this.rules.seconds} s`)
    if (!this.ended && this.heldBytes === 0 && now - this.heardMs > this.rules.silenceSeconds * 1_000) throw tooSlow(`nothing came for ${this.rules.silenceSeconds} s`)
  }

  private tooLarge(): Problem {
    return new Problem('RequestTooLarge', `An import may have ${this.rules.bytes} bytes at most; nothing of this one was kept.`)
  }
}

const tooSlow = (why: string): Problem => new Problem('RequestTooSlow', `The import did not arrive in time: ${why}. Nothing of it was kept.`)
