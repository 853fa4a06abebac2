import type { Socket } from 'node:net'
import { FrameReader, encodeFrame } from '@tenantry/engines-contract'

export interface FrameEvents {
  onFrame(header: Readonly<Record<string, unknown>>, payload: Buffer): void
  onClose(): void
}

/** A socket that speaks frames. What is sent in one turn of the event loop leaves in one write. */
export class FramedSocket {
  private corked = false
  private closed = false

  constructor(private readonly socket: Socket, events: FrameEvents) {
    const reader = new FrameReader()
    socket.setNoDelay(true)
    socket.on('data', (chunk: Buffer) => {
      try {
        reader.take(chunk, ({ header, payload }) => events.onFrame(header, payload))
      } catch {
        socket.destroy()
      }
    })
    socket.on('error', () => socket.destroy())
    socket.on('close', () => {
      this.closed = true
      events.onClose()
    })
  }

  get open(): boolean {
    return !this.closed && !this.socket.destroyed
  }

  send(header: object, payload?: string): void {
    if (!this.open) return
    if (!this.corked) {
      this.corked = true
      this.socket.cork()
      process.nextTick(() => {
        this.corked = false
        this.socket.uncork()
      })
    }
    this.socket.write(encodeFrame(header, payload))
  }

  /** Lets the process end although the socket is open. */
  unref(): void {
    this.socket.unref()
  }

  destroy(): void {
    this.socket.destroy()
  }
}
