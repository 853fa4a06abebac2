import type { Socket } from 'node:net'
import { answerFrames, problemFrame } from '@tenantry/engines-contract'
import type { Answer, ProblemMessage } from '@tenantry/engines-contract'

/** A client that reads this slowly is cut off: nothing here may grow without a bound. */
const mostUnreadBytes = 64 * 1024 * 1024

/** One client's connection, as far as answers go. Everything is handed to the kernel at once, before the next statement begins. */
export class ClientSocket {
  client = 0
  ring: number | undefined

  constructor(private readonly socket: Socket) {}

  /** Whether bytes still wait in this process for the client to read. */
  get behind(): boolean {
    return this.socket.writableLength > 0 && !this.socket.destroyed
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
    if (this.socket.writableLength > mostUnreadBytes) this.socket.destroy()
  }
}
