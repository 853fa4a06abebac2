/** One message on an engine socket: a small JSON header and bytes that nobody in between reads. */
export interface Frame<H> {
  readonly header: H
  readonly payload: Buffer
}

const prefixBytes = 8
export const noPayload: Buffer = Buffer.alloc(0)

/** No frame is longer than this; a longer answer crosses in several. */
export const maxFrameBytes = 8 * 1024 * 1024
const maxHeaderBytes = 4 * 1024 * 1024

/** Spells a frame: its length, the header's length, the header, the payload. */
export const encodeFrame = (header: object, payload: Buffer | string = noPayload): Buffer => {
  const text = JSON.stringify(header)
  const headerBytes = Buffer.byteLength(text)
  const payloadBytes = typeof payload === 'string' ? Buffer.byteLength(payload) : payload.length
  const frame = Buffer.allocUnsafe(prefixBytes + headerBytes + payloadBytes)
  frame.writeUInt32LE(headerBytes + payloadBytes, 0)
  frame.writeUInt32LE(headerBytes, 4)
  frame.write(text, prefixBytes, 'utf8')
  if (typeof payload === 'string') frame.write(payload, prefixBytes + headerBytes, 'utf8')
  else payload.copy(frame, prefixBytes + headerBytes)
  return frame
}

/** The bytes of a frame whose payload is written after it by the caller, so that a large one is not copied. */
export const encodePrefix = (header: object, payloadBytes: number): Buffer => {
  const text = Buffer.from(JSON.stringify(header))
  const prefix = Buffer.allocUnsafe(prefixBytes)
  prefix.writeUInt32LE(text.length + payloadBytes, 0)
  prefix.writeUInt32LE(text.length, 4)
  return Buffer.concat([prefix, text])
}

/** A peer that does not speak frames; its connection ends. */
export class MalformedFrame extends Error {}

const headerOf = (bytes: Buffer): Readonly<Record<string, unknown>> => {
  let header: unknown
  try {
    header = JSON.parse(bytes.toString('utf8'))
  } catch (cause) {
    throw new MalformedFrame('A frame header is not JSON.', { cause })
  }
  if (typeof header !== 'object' || header === null || Array.isArray(header)) throw new MalformedFrame('A frame header is not an object.')
  return header as Readonly<Record<string, unknown>>
}

/**
 * Cuts a byte stream into frames and holds at most one unfinished frame. `take` throws MalformedFrame; nothing can be read after that.
 */
export class FrameReader {
  private chunks: Buffer[] = []
  private held = 0
  private wanted = prefixBytes

  constructor(private maxBytes = maxFrameBytes) {}

  /** From the next frame on, frames may be this long. */
  allow(maxBytes: number): void {
    this.maxBytes = maxBytes
  }

  /** Adds bytes and hands each frame that they complete to `each`, in order. */
  take(chunk: Buffer, each: (frame: Frame<Readonly<Record<string, unknown>>>) => void): void {
    this.chunks.push(chunk)
    this.held += chunk.length
    if (this.held < this.wanted) return
    let bytes = this.chunks.length === 1 ? chunk : Buffer.concat(this.chunks, this.held)
    for (;;) {
      this.wanted = bytes.length < prefixBytes ? prefixBytes : this.sizeOf(bytes)
      if (bytes.length < this.wanted) break
      const headerEnd = prefixBytes + bytes.readUInt32LE(4)
      each({ header: headerOf(bytes.subarray(prefixBytes, headerEnd)), payload: bytes.subarray(headerEnd, this.wanted) })
      bytes = bytes.subarray(this.wanted)
    }
    this.chunks = bytes.length > 0 ? [bytes] : []
    this.held = bytes.length
  }

  private sizeOf(bytes: Buffer): number {
    const size = bytes.readUInt32LE(0)
    const header = bytes.readUInt32LE(4)
    if (size > this.maxBytes || header > size || header > maxHeaderBytes || header < 2) throw new MalformedFrame('A frame has an impossible length.')
    return prefixBytes + size
  }
}
