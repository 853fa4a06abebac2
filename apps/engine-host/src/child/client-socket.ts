import type { Socket } from 'node:net'
import { answerFrames, problemFrame } from '@tenantry/engines-contract'
import type { Answer, ProblemMessage } from '@tenantry/engines-contract'

/** A client that has this much to read waits with its statements, and after a while it is cut off: nothing here may grow without a bound. */
const mostUnreadBytes = 16 * 1024 * 1024
const patienceMs = 10_000
/** Answers that leave together: more of them would make the first ones wait for nothing. */
const mostTogether = 8
const mostTogetherBytes = 64 * 1024

/** One client's connection, as far as answers go. */
export class ClientSocket {
  client = 0
  ring: number | undefined
  private overloadedSince: number | undefined
  private held = 0

  constructor(private readonly socket: Socket) {}

  /** Whether bytes still wait in this process for the client to read. */
  get behind(): boolean {
    return this.held === 0 && this.socket.writableLength > 0 && !this.socket.destroyed
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

  /** Keeps the answer back until `flush`, unless enough has come together. */
  answer(id: number, answer: Answer): void {
    this.send(answerFrames(id, answer))
  }

  refuse(problem: Omit<ProblemMessage, 'type'>): void {
    this.send([problemFrame(problem)])
    this.flush()
  }

  /** Hands everything to the kernel in one call: a call for each answer costs more than making a small one. */
  flush(): void {
    if (this.held === 0) return
    this.held = 0
    this.socket.uncork()
  }

  destroy(): void {
    this.socket.destroy()
  }

  private send(buffers: readonly Buffer[]): void {
    if (this.socket.destroyed) return
    if (this.held === 0) this.socket.cork()
    this.held += 1
    for (const buffer of buffers) this.socket.write(buffer)
    if (this.held >= mostTogether || this.socket.writableLength > mostTogetherBytes) this.flush()
  }
}
