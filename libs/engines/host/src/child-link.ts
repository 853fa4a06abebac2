import { type OnReadOpts, type Socket, connect } from 'node:net'
import { answerOf, mostWaitingRuns, runFrame } from '@tenantry/engines-contract'
import { FramedSocket } from './framed-socket.js'
import { fromChild, problemOf } from './messages.js'
import { tooManyQueries } from './waiting-run.js'
import type { WaitingRun } from './waiting-run.js'
import { WaitingRuns } from './waiting-runs.js'

export interface LinkEvents {
  /** Nothing has begun: the run may be sent again, elsewhere. */
  sendAgain(run: WaitingRun, link: ChildLink): void
  /** The connection has ended. What waited is the caller's to settle. */
  lost(link: ChildLink): void
}

/** The connection to one engine child, and the runs that wait there. */
export class ChildLink {
  readonly waiting = new WaitingRuns()
  /** Once the child has ended: the writes that had begun there. */
  begun: ReadonlySet<number> | undefined
  reached = false
  private retired = false
  private readonly socket: FramedSocket

  constructor(readonly child: number, path: string, client: number, private readonly events: LinkEvents) {
    const open = (onread: OnReadOpts): Socket => connect({ path, onread }).once('connect', () => {
      this.reached = true
    })
    this.socket = new FramedSocket(open, { onFrame: (header, payload) => this.take(header, payload), onClose: () => events.lost(this) })
    this.socket.unref()
    this.socket.send({ type: 'hello', client })
  }

  get open(): boolean {
    return this.socket.open && this.begun === undefined
  }

  send(run: WaitingRun): void {
    if (this.waiting.size >= mostWaitingRuns) return run.refuse(tooManyQueries())
    run.attempts += 1
    run.parts = []
    this.waiting.add(run)
    this.socket.sendFrame(runFrame(run.message, run.text))
  }

  get closed(): boolean {
    return !this.socket.open
  }

  /** Asks the child to drop a run that has not begun. */
  cancel(id: number): void {
    if (this.waiting.delete(id)) this.socket.send({ type: 'cancel', id })
  }

  /** Closes as soon as nothing waits here any more. */
  retire(): void {
    this.retired = true
    if (this.waiting.size === 0) this.close()
  }

  close(): void {
    this.socket.destroy()
  }

  private take(header: Readonly<Record<string, unknown>>, payload: Buffer): void {
    const message = fromChild(header)
    const run = message && this.waiting.get(message.id)
    if (message === undefined || run === undefined) return
    if (message.type === 'rows') {
      run.parts.push(payload)
      return
    }
    this.waiting.delete(message.id)
    if (message.type === 'end') run.answer(answerOf(message, payload, run.parts))
    else if (message.retry === 'safe') this.events.sendAgain(run, this)
    else run.refuse(problemOf(message))
    if (this.retired && this.waiting.size === 0) this.close()
  }
}
