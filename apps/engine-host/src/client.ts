import { timingSafeEqual } from 'node:crypto'
import type { Socket } from 'node:net'
import { Problem, problemData } from '@tenantry/contracts'
import { FrameReader, encodeFrame, maxFrameBytes, wireVersion } from '@tenantry/engines-contract'
import type { FromHost } from '@tenantry/engines-contract'
import { AskSchema, HelloSchema } from './client-asks.js'
import type { ClientAsk } from './client-asks.js'
import type { Relay, RelaySession } from './relay.js'

/** What the host does for its clients. */
export interface Desk {
  readonly inFlight: number
  /** What a client must show; undefined on a socket that only this user can reach. */
  readonly secret: string | undefined
  /** There for clients of other machines. */
  readonly relay: Relay | undefined
  ask(client: HostClient, ask: ClientAsk): Promise<FromHost | undefined>
  left(client: HostClient): void
}

const mostUnreadBytes = 64 * 1024 * 1024
const mostCallsWaiting = 10_000
const greetWithinMs = 2_000
/** A greeting is short; who has not greeted makes the host keep no more than this. */
const longestGreetingBytes = 4_096

const same = (one: string, other: string): boolean => {
  const [left, right] = [Buffer.from(one), Buffer.from(other)]
  return left.length === right.length && timingSafeEqual(left, right)
}

/** One connection to the host. What is not of the protocol ends it, and nothing else. */
export class HostClient {
  private readonly reader = new FrameReader(longestGreetingBytes)
  private readonly session: RelaySession | undefined
  private readonly late: NodeJS.Timeout
  private greeted = false
  private waiting = 0

  constructor(readonly number: number, private readonly socket: Socket, private readonly desk: Desk) {
    this.session = desk.relay?.session((frames) => this.send(frames))
    this.late = setTimeout(() => socket.destroy(), greetWithinMs)
    socket.on('data', (chunk: Buffer) => {
      try {
        this.reader.take(chunk, ({ header, payload }) => this.take(header, payload))
      } catch {
        socket.destroy()
      }
    })
    socket.on('error', () => socket.destroy())
    socket.on('close', () => {
      clearTimeout(this.late)
      this.session?.end()
      desk.left(this)
    })
  }

  /** Whether it has not shown yet that it may be here. */
  get isStranger(): boolean {
    return !this.greeted
  }

  tell(message: FromHost): void {
    this.send([encodeFrame(message)])
  }

  end(): void {
    this.socket.destroy()
  }

  private send(frames: readonly Buffer[]): void {
    if (this.socket.destroyed || !this.greeted) return
    for (const frame of frames) this.socket.write(frame)
    if (this.socket.writableLength > mostUnreadBytes) this.socket.destroy()
  }

  private take(header: Readonly<Record<string, unknown>>, payload: Buffer): void {
    if (!this.greeted) return this.greet(header)
    if (this.session && header['type'] === 'run') return this.session.take(header, payload)
    const ask = AskSchema.parse(header)
    if (this.session && ask.type === 'cancel') return this.session.cancel(ask.run)
    if (this.waiting >= mostCallsWaiting) {
      if (ask.type !== 'cancel') this.tell({ type: 'problem', id: ask.id, retry: 'safe', code: 'EngineUnavailable', message: 'Too many calls wait at the engine host; try again.', retryAfterSeconds: 1 })
      return
    }
    this.waiting += 1
    void this.answer(ask)
  }

  private greet(header: Readonly<Record<string, unknown>>): void {
    const hello = HelloSchema.parse(header)
    const { secret } = this.desk
    if (hello.version !== wireVersion || (secret !== undefined && !same(hello.secret ?? '', secret))) {
      this.socket.destroy()
      return
    }
    this.greeted = true
    clearTimeout(this.late)
    this.reader.allow(maxFrameBytes)
    this.tell({ type: 'welcome', client: this.number, inFlight: this.desk.inFlight, relay: this.session !== undefined })
  }

  private async answer(ask: ClientAsk): Promise<void> {
    try {
      const answer = await this.desk.ask(this, ask)
      if (answer) this.tell(answer)
    } catch (error) {
      if (ask.type === 'cancel') return
      const problem = error instanceof Problem ? error : new Problem('InternalError', 'The engine host failed in an unexpected way.', { cause: error })
      this.tell({ type: 'problem', id: ask.id, retry: 'never', ...problemData(problem) })
    } finally {
      this.waiting -= 1
    }
  }
}
