import { connect } from 'node:net'
import { Problem } from '@tenantry/contracts'
import { wireVersion } from '@tenantry/engines-contract'
import type { FromHost, ToHost } from '@tenantry/engines-contract'
import { backoffMs } from './backoff.js'
import { FramedSocket } from './framed-socket.js'
import { fromHost, problemOf } from './messages.js'
import { engineAway } from './waiting-run.js'

export type HostAddress =
  | { readonly socketPath: string }
  | { readonly host: string; readonly port: number; readonly secret: string }

export interface HostEvents {
  welcome(welcome: Extract<FromHost, { type: 'welcome' }>): void
  push(message: FromHost, payload: Buffer): void
  lost(): void
}

/** What may be asked of the host; the id is added here. */
type Unnumbered<T> = T extends { readonly id: number } ? Omit<T, 'id'> : never
export type HostAsk = Unnumbered<Exclude<ToHost, { type: 'run' }>>

interface Waiting {
  readonly done: (answer: FromHost) => void
  readonly failed: (problem: Problem) => void
}

const greetWithinMs = 2_000

/** The connection to the host; it comes back by itself. */
export class HostLink {
  private socket: FramedSocket | undefined
  private greeted = false
  private failures = 0
  private retry: NodeJS.Timeout | undefined
  private closed = false
  private readonly waiting = new Map<number, Waiting>()
  private readonly arrivals = new Set<() => void>()

  constructor(
    private readonly address: HostAddress, private readonly waitMs: number,
    private readonly newId: () => number, private readonly events: HostEvents,
  ) {
    this.open()
  }

  get ready(): boolean {
    return this.greeted
  }

  /** Whether a call that waits has this id. */
  has(id: number): boolean {
    return this.waiting.has(id)
  }

  /** Asks the host and waits for its answer. A host that is away is waited for a moment, as long as nothing was sent. */
  async call(ask: HostAsk, signal: AbortSignal): Promise<FromHost> {
    await this.here(signal)
    return new Promise((resolve, reject) => {
      if (signal.aborted) return reject(stopped(signal))
      const id = this.newId()
      const stop = () => this.waiting.get(id)?.failed(stopped(signal))
      const finish = (end: () => void) => {
        this.waiting.delete(id)
        signal.removeEventListener('abort', stop)
        end()
      }
      this.waiting.set(id, { done: (answer) => finish(() => resolve(answer)), failed: (problem) => finish(() => reject(problem)) })
      signal.addEventListener('abort', stop, { once: true })
      this.tell({ ...ask, id })
    })
  }

  /** Resolves when the host can be asked; throws EngineUnavailable when it does not come back in a moment. */
  here(signal: AbortSignal): Promise<void> {
    return this.greeted ? Promise.resolve() : this.arrival(signal)
  }

  /** Sends without waiting for anything. */
  tell(message: object, payload?: string | Buffer): void {
    this.socket?.send(message, payload)
  }

  close(): void {
    this.closed = true
    clearTimeout(this.retry)
    this.socket?.destroy()
  }

  private open(): void {
    const { address } = this
    const to = 'socketPath' in address ? { path: address.socketPath } : { port: address.port, host: address.host }
    const socket = new FramedSocket((onread) => connect({ ...to, onread }), {
      onFrame: (header, payload) => {
        clearTimeout(late)
        this.take(header, payload)
      },
      onClose: () => {
        clearTimeout(late)
        this.lose()
      },
    })
    const late = setTimeout(() => socket.destroy(), greetWithinMs)
    late.unref()
    this.socket = socket
    socket.unref()
    socket.send({ type: 'hello', version: wireVersion, ...('secret' in address && { secret: address.secret }) } satisfies ToHost)
  }

  private take(header: Readonly<Record<string, unknown>>, payload: Buffer): void {
    const message = fromHost(header)
    if (message === undefined) return
    if (message.type === 'welcome') {
      this.greeted = true
      this.failures = 0
      this.events.welcome(message)
      for (const arrived of [...this.arrivals]) arrived()
      return
    }
    const call = 'id' in message ? this.waiting.get(message.id) : undefined
    if (call === undefined || message.type === 'rows' || message.type === 'end') return this.events.push(message, payload)
    if (message.type === 'problem') call.failed(problemOf(message))
    else call.done(message)
  }

  private lose(): void {
    this.greeted = false
    this.socket = undefined
    for (const waiting of [...this.waiting.values()]) waiting.failed(engineAway())
    this.events.lost()
    if (this.closed) return
    this.retry = setTimeout(() => this.open(), backoffMs(this.failures))
    this.retry.unref()
    this.failures += 1
  }

  private arrival(signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const finish = (end: () => void) => {
        clearTimeout(late)
        this.arrivals.delete(arrived)
        signal.removeEventListener('abort', stop)
        end()
      }
      const arrived = () => finish(resolve)
      const stop = () => finish(() => reject(stopped(signal)))
      const late = setTimeout(() => finish(() => reject(engineAway())), this.waitMs)
      if (signal.aborted || this.closed) return finish(() => reject(this.closed ? engineAway() : stopped(signal)))
      this.arrivals.add(arrived)
      signal.addEventListener('abort', stop, { once: true })
    })
  }
}

export const cancelled = (): Problem => new Problem('QueryCancelled', 'The statement was cancelled.')

/** Why a signal has aborted: a deadline of ours says that the host is away. */
const stopped = ({ reason }: AbortSignal): Problem =>
  typeof reason === 'object' && reason !== null && 'name' in reason && reason.name === 'TimeoutError' ? engineAway() : cancelled()
