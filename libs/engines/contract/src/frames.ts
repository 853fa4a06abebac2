import { readFixedHeader } from './fixed-headers.js'

/** One message on an engine socket: a small header and bytes that nobody in between reads. */
export interface Frame<H> {
  readonly header: H
  readonly payload: Buffer
}

export const prefixBytes = 8
export const noPayload: Buffer = Buffer.alloc(0)

/** No frame is longer than this; a longer answer crosses in several. */
export const maxFrameBytes = 8 * 1024 * 1024
const maxHeaderBytes = 4 * 1024 * 1024

/** Room for a frame, with its lengths in it: the header begins at `prefixBytes`, the payload follows it. Of that, `apart` is written by the caller. */
export const newFrame = (headerBytes: number, payloadBytes: number, apart = 0): Buffer => {
  const frame = Buffer.allocUnsafe(prefixBytes + headerBytes + payloadBytes - apart)
  frame.writeUInt32LE(headerBytes + payloadBytes, 0)
  frame.writeUInt32LE(headerBytes, 4)
  return frame
}

/** Spells a frame with a header in JSON. */
export const encodeFrame = (header: object, payload: Buffer | string = noPayload): Buffer => {
  const text = JSON.stringify(header)
  const headerBytes = Buffer.byteLength(text)
  const payloadBytes = typeof payload === 'string' ? Buffer.byteLength(payload) : payload.length
  const frame = newFrame(headerBytes, payloadBytes)
  frame.write(text, prefixBytes, 'utf8')
  if (typeof payload === 'string') frame.write(payload, prefixBytes + headerBytes, 'utf8')
  else payload.copy(frame, prefixBytes + headerBytes)
  return frame
}

/** The bytes of a frame whose payload is written after it by the caller, so that a large one is not copied. */
export const encodePrefix = (header: object, payloadBytes: number): Buffer => {
  const text = JSON.stringify(header)
  const prefix = newFrame(Buffer.byteLength(text), payloadBytes, payloadBytes)
  prefix.write(text, prefixBytes, 'utf8')
  return prefix
}

/** A peer that does not speak frames; its connection ends. */
export class MalformedFrame extends Error {}

type Header = Readonly<Record<string, unknown>>

const brace = 0x7b

const headerOf = (bytes: Buffer, from: number, to: number): Header =>
  bytes[from] === brace ? jsonHeaderOf(bytes.toString('utf8', from, to)) : fixedHeaderOf(bytes, from, to)

const fixedHeaderOf = (bytes: Buffer, from: number, to: number): Header => {
  const header = readFixedHeader(bytes, from, to)
  if (header === undefined) throw new MalformedFrame('A frame header is neither JSON nor of a kind that is known.')
  return header as unknown as Header
}

const jsonHeaderOf = (text: string): Header => {
  let header: unknown
  try {
    header = JSON.parse(text)
  } catch (cause) {
    throw new MalformedFrame('A frame header is not JSON.', { cause })
  }
  if (typeof header !== 'object' || header === null || Array.isArray(header)) throw new MalformedFrame('A frame header is not an object.')
  return header as Readonly<Record<string, unknown>>
}

/**
 * Cuts a byte stream into frames and holds at most one unfinished frame. What it hands out is its own: the bytes that it was given may
 * be used again at once. `take` throws MalformedFrame; nothing can be read after that.
 */
export class FrameReader {
  private readonly prefix = Buffer.alloc(prefixBytes)
  private prefixHeld = 0
  private frame: Buffer | undefined
  private frameHeld = 0

  constructor(private maxBytes = maxFrameBytes) {}

  /** From the next frame on, frames may be this long. */
  allow(maxBytes: number): void {
    this.maxBytes = maxBytes
  }

  /** Adds bytes and hands each frame that they complete to `each`, in order. */
  take(chunk: Buffer, each: (frame: Frame<Readonly<Record<string, unknown>>>) => void): void {
    for (let at = 0; at < chunk.length;) {
      const whole = this.wholeAt(chunk, at)
      if (whole > 0) {
        const headerEnd = at + prefixBytes + chunk.readUInt32LE(at + 4)
        each({ header: headerOf(chunk, at + prefixBytes, headerEnd), payload: ownCopy(chunk, headerEnd, at + whole) })
        at += whole
      } else {
        at += this.frame ? this.fill(this.frame, chunk, at, each) : this.fillPrefix(chunk, at)
      }
    }
  }

  /** The length of a frame that stands whole in the chunk, which is the case for most; 0 otherwise. */
  private wholeAt(chunk: Buffer, at: number): number {
    if (this.frame !== undefined || this.prefixHeld > 0 || chunk.length - at < prefixBytes) return 0
    const size = this.sizeOf(chunk, at)
    return chunk.length - at >= size ? size : 0
  }

  private fillPrefix(chunk: Buffer, at: number): number {
    const copied = chunk.copy(this.prefix, this.prefixHeld, at, at + prefixBytes - this.prefixHeld)
    this.prefixHeld += copied
    if (this.prefixHeld === prefixBytes) {
      this.frame = Buffer.allocUnsafe(this.sizeOf(this.prefix, 0))
      this.frameHeld = this.prefix.copy(this.frame)
      this.prefixHeld = 0
    }
    return copied
  }

  private fill(frame: Buffer, chunk: Buffer, at: number, each: (frame: Frame<Readonly<Record<string, unknown>>>) => void): number {
    const copied = chunk.copy(frame, this.frameHeld, at)
    this.frameHeld += copied
    if (this.frameHeld < frame.length) return copied
    this.frame = undefined
    const headerEnd = prefixBytes + frame.readUInt32LE(4)
    each({ header: headerOf(frame, prefixBytes, headerEnd), payload: frame.subarray(headerEnd) })
    return copied
  }

  private sizeOf(bytes: Buffer, at: number): number {
    const size = bytes.readUInt32LE(at)
    const header = bytes.readUInt32LE(at + 4)
    if (size > this.maxBytes || header > size || header > maxHeaderBytes || header < 2) throw new MalformedFrame('A frame has an impossible length.')
    return prefixBytes + size
  }
}

const ownCopy = (chunk: Buffer, from: number, to: number): Buffer => {
  if (from === to) return noPayload
  const copy = Buffer.allocUnsafe(to - from)
  chunk.copy(copy, 0, from, to)
  return copy
}
