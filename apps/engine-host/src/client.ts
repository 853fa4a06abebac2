import { timingSafeEqual } from 'node:crypto'
import type { Socket } from 'node:net'
import { DatabaseIdSchema, EngineNameSchema, Problem, problemData } from '@tenantry/contracts'
import { FrameReader, encodeFrame, lifecycleCalls, wireVersion } from '@tenantry/engines-contract'
import type { DatabaseAt, FromHost, LifecycleCall } from '@tenantry/engines-contract'
import { z } from 'zod'

const count = z.number().int().nonnegative()
const at = { id: count, database: DatabaseIdSchema, generation: z.number().int().positive(), engine: EngineNameSchema, storageBytes: count }

const HelloSchema = z.object({ type: z.literal('hello'), version: z.number(), secret: z.string().optional() })
const AskSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal(['where', ...lifecycleCalls]), ...at }),
  z.object({ type: z.literal('list'), id: count, after: z.string(), limit: z.number().int().min(1).max(1000) }),
  z.object({ type: z.literal('cancel'), run: count }),
])
export type ClientAsk = z.infer<typeof AskSchema>
export type PlacedAsk = DatabaseAt & { readonly type: 'where' | LifecycleCall; readonly id: number }

/** What the host does for its clients. */
export interface Desk {
  readonly inFlight: number
  /** What a client must show; undefined on a socket that only this user can reach. */
  readonly secret: string | undefined
  ask(client: HostClient, ask: ClientAsk): Promise<FromHost | undefined>
  left(client: HostClient): void
}

const mostUnreadBytes = 16 * 1024 * 1024
const mostCallsWaiting = 1_000

const same = (one: string, other: string): boolean => {
  const [left, right] = [Buffer.from(one), Buffer.from(other)]
  return left.length === right.length && timingSafeEqual(left, right)
}

/** One connection to the host. What is not of the protocol ends it, and nothing else. */
export class HostClient {
  private readonly reader = new FrameReader()
  private greeted = false
  private waiting = 0

  constructor(readonly number: number, private readonly socket: Socket, private readonly desk: Desk) {
    socket.on('data', (chunk: Buffer) => {
      try {
        this.reader.take(chunk, ({ header }) => this.take(header))
      } catch {
        socket.destroy()
      }
    })
    socket.on('error', () => socket.destroy())
    socket.on('close', () => desk.left(this))
  }

  tell(message: FromHost): void {
    if (this.socket.destroyed || !this.greeted) return
    this.socket.write(encodeFrame(message))
    if (this.socket.writableLength > mostUnreadBytes) this.socket.destroy()
  }

  end(): void {
    this.socket.destroy()
  }

  private take(header: Readonly<Record<string, unknown>>): void {
    if (!this.greeted) return this.greet(header)
    const ask = AskSchema.parse(header)
    if (this.waiting >= mostCallsWaiting) throw new Error('Too many calls wait for this client.')
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
    this.tell({ type: 'welcome', client: this.number, inFlight: this.desk.inFlight, relay: false })
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
