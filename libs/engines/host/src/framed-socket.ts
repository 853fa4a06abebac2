import type { OnReadOpts, Socket } from 'node:net'
import { FrameReader, encodeFrame } from '@tenantry/engines-contract'

const readBytes = 64 * 1024

export interface FrameEvents {
  onFrame(header: Readonly<Record<string, unknown>>, payload: Buffer): void
  onClose(): void
}

/** A socket that speaks frames. What is sent in one turn of the event loop leaves in one write. */
export class FramedSocket {
  private corked = false
  private closed = false

  private readonly socket: Socket

  /** `open` connects; every piece that comes is read into the same bytes: a new piece of memory each time keeps the collector busy. */
  constructor(open: (onread: OnReadOpts) => Socket, events: FrameEvents) {
    const reader = new FrameReader()
    const take = (bytes: Buffer): void => {
      try {
        reader.take(bytes, ({ header, payload }) => events.onFrame(header, payload))
      } catch {
        this.socket.destroy()
      }
    }
    const buffer = Buffer.allocUnsafeSlow(readBytes)
    const socket = open({ buffer, callback: (length) => { take(buffer.subarray(0, length)); return true } })
    this.socket = socket
    socket.setNoDelay(true)
    socket.on('error', () => socket.destroy())
    socket.on('close', () => {
      this.closed = true
      events.onClose()
    })
  }

  get open(): boolean {
    return !this.closed && !this.socket.destroyed
  }

  send(header: object, payload?: string | Buffer): void {
    this.sendFrame(encodeFrame(header, payload))
  }

  sendFrame(frame: Buffer): void {
    if (!this.open) return
    if (!this.corked) {
      this.corked = true
      this.socket.cork()
      process.nextTick(() => {
        this.corked = false
        this.socket.uncork()
      })
    }
    this.socket.write(frame)
  }

  /** Lets the process end although the socket is open. */
  unref(): void {
    this.socket.unref()
  }

  destroy(): void {
    this.socket.destroy()
  }
}
