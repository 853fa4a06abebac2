import type { Socket } from 'node:net'
import { answerFrames, problemFrame } from '@tenantry/engines-contract'
import type { Answer, ProblemMessage } from '@tenantry/engines-contract'

/** A client that has this much to read waits with its statements, and after a while it is cut off: nothing here may grow without a bound. */
const mostUnreadBytes = 16 * 1024 * 1024
const patienceMs = 10_000

/** One client's connection, as far as answers go. Everything is handed to the kernel at once, before the next statement begins. */
export class ClientSocket {
  client = 0
  ring: number | undefined
  private overloadedSince: number | undefined

  constructor(private readonly socket: Socket) {}

  /** Whether bytes still wait in this process for the client to read. */
  get behind(): boolean {
    return this.socket.writableLength > 0 && !this.socket.destroyed
  }

  /** Whether the client must read before anything more is run for it. */
  get overloaded(): boolean {
    if (this.socket.writableLength <= mostUnreadBytes) {
      this.overloadedSince = undefined
      return false
    }
    this.overloadedSince ??= performance.now()
    if (performance.now() - this.overloadedSince > patienceMs) this.socket.destroy()
    return !this.socket.destroyed
  }

  get gone(): boolean {
    return this.socket.destroyed
  }

  answer(id: number, answer: Answer): void {
    this.send(answerFrames(id, answer))
  }

  refuse(problem: Omit<ProblemMessage, 'type'>): void {
    this.send([problemFrame(problem)])
  }

  destroy(): void {
    this.socket.destroy()
  }

  private send(buffers: readonly Buffer[]): void {
    if (this.socket.destroyed) return
    for (const buffer of buffers) this.socket.write(buffer)
  }
}
