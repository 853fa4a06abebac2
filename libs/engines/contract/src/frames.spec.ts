import fc from 'fast-check'
import { FrameReader, MalformedFrame, encodeFrame, encodePrefix, maxFrameBytes } from './frames.js'
import type { Frame } from './frames.js'

const read = (chunks: readonly Buffer[], reader = new FrameReader()): Frame<Readonly<Record<string, unknown>>>[] => {
  const frames: Frame<Readonly<Record<string, unknown>>>[] = []
  for (const chunk of chunks) reader.take(chunk, (frame) => frames.push({ header: frame.header, payload: Buffer.from(frame.payload) }))
  return frames
}

const cut = (bytes: Buffer, sizes: readonly number[]): Buffer[] => {
  const chunks: Buffer[] = []
  let at = 0
  for (let index = 0; at < bytes.length; index += 1) {
    const size = sizes[index % sizes.length] ?? 1
    chunks.push(bytes.subarray(at, at + size))
    at += size
  }
  return chunks
}

const lengths = (size: number, header: number): Buffer => {
  const bytes = Buffer.alloc(8)
  bytes.writeUInt32LE(size, 0)
  bytes.writeUInt32LE(header, 4)
  return bytes
}

describe('frames', () => {
  it('come out as they went in, however the stream is cut', () => {
    const sent = fc.array(fc.record({ header: fc.dictionary(fc.string(), fc.jsonValue()), payload: fc.uint8Array({ maxLength: 300 }) }), { maxLength: 8 })
    const property = fc.property(sent, fc.array(fc.integer({ min: 1, max: 50 }), { minLength: 1 }), (frames, sizes) => {
      const wire = Buffer.concat(frames.map(({ header, payload }) => encodeFrame(header, Buffer.from(payload))))
      const got = read(cut(wire, sizes))
      expect(got.map(({ header }) => header)).toEqual(frames.map(({ header }) => JSON.parse(JSON.stringify(header))))
      expect(got.map(({ payload }) => [...payload])).toEqual(frames.map(({ payload }) => [...payload]))
    })
    fc.assert(property, { seed: 7, numRuns: 300 })
  })

  it('carry text as UTF-8', () => {
    const [frame] = read([encodeFrame({ name: 'ü€😀' }, 'select "ü€😀"')])
    expect(frame?.header).toEqual({ name: 'ü€😀' })
    expect(frame?.payload.toString()).toBe('select "ü€😀"')
  })

  it('may be written as a prefix and a payload apart', () => {
    const payload = Buffer.from('abc')
    expect(Buffer.concat([encodePrefix({ id: 1 }, payload.length), payload])).toEqual(encodeFrame({ id: 1 }, payload))
  })

  it.each([
    ['a frame longer than allowed', lengths(maxFrameBytes + 1, 10)],
    ['a header longer than its frame', lengths(10, 11)],
    ['a header too short to be an object', lengths(10, 1)],
    ['a header that is not JSON', Buffer.concat([lengths(5, 5), Buffer.from('{nope')])],
    ['a header of no known kind', Buffer.concat([lengths(4, 4), Buffer.from('nope')])],
    ['a run that is cut', Buffer.concat([lengths(4, 4), Buffer.from([1, 0, 0, 0])])],
    ['an end that is cut', Buffer.concat([lengths(4, 4), Buffer.from([2, 0, 0, 0])])],
    ['a header that is an array', Buffer.concat([lengths(2, 2), Buffer.from('[]')])],
    ['a header that is null', Buffer.concat([lengths(4, 4), Buffer.from('null')])],
    ['an HTTP request', Buffer.from('GET / HTTP/1.1\r\nhost: a\r\n\r\n')],
  ])('refuse %s', (_, bytes) => {
    expect(() => read([bytes])).toThrow(MalformedFrame)
  })

  it('may be longer once the reader is told so, even in bytes that have come already', () => {
    const reader = new FrameReader(100)
    const seen: number[] = []
    reader.take(Buffer.concat([encodeFrame({ n: 1 }), encodeFrame({ n: 2 }, 'x'.repeat(200))]), ({ payload }) => {
      seen.push(payload.length)
      reader.allow(1_000)
    })
    expect(seen).toEqual([0, 200])
  })

  it('hold no more than one unfinished frame', () => {
    const reader = new FrameReader(1_000)
    expect(() => read([lengths(1_001, 10)], reader)).toThrow(MalformedFrame)
  })
})
