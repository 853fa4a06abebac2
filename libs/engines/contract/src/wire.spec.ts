import { FrameReader } from './frames.js'
import type { Answer } from './engine.js'
import { answerFrames, answerOf } from './wire.js'
import type { AnswerMessage } from './wire.js'

const cross = (answer: Answer): Answer => {
  const parts: Buffer[] = []
  let whole: Answer | undefined
  new FrameReader().take(Buffer.concat(answerFrames(5, answer)), ({ header, payload }) => {
    const message = header as unknown as AnswerMessage
    if (message.type === 'rows') parts.push(payload)
    else whole = answerOf(message, payload, parts)
  })
  if (whole === undefined) throw new Error('no end came')
  return whole
}

describe('an answer on the wire', () => {
  const small: Answer = { fields: Buffer.from('[{}]'), data: Buffer.from('[[1]]'), rows: 1, micros: 12 }

  it('arrives as it was made', () => {
    expect(cross(small)).toEqual(small)
    expect(cross({ ...small, plan: Buffer.from('[{"id":2}]') })).toEqual({ ...small, plan: Buffer.from('[{"id":2}]') })
    const told = { ...small, plan: Buffer.from('{"a":1}'), warnings: Buffer.from('["here be dragons 🐉"]') }
    expect(cross(told)).toEqual(told)
    expect(cross({ ...small, warnings: told.warnings, data: Buffer.alloc(3 * 1024 * 1024, 'x') }).warnings).toEqual(told.warnings)
  })

  it.each([1024 * 1024 - 1, 1024 * 1024, 1024 * 1024 + 1, 5 * 1024 * 1024 + 17])('arrives whole when its rows are %d bytes', (bytes) => {
    const data = Buffer.alloc(bytes, 'x')
    expect(cross({ ...small, data }).data.equals(data)).toBe(true)
  })
})
