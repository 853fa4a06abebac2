import type { DatabaseId } from '@tenantry/contracts'
import fc from 'fast-check'
import { queryLanguages } from './engine.js'
import { endHeaderBytes, isFixedRun, readFixedHeader, runHeaderBytes, writeEndHeader, writeRunHeader } from './fixed-headers.js'
import { FrameReader } from './frames.js'
import { type AnswerMessage, type RunMessage, runFrame } from './wire.js'

const count = fc.nat({ max: Number.MAX_SAFE_INTEGER })
const run: fc.Arbitrary<RunMessage> = fc.record({
  type: fc.constant('run' as const), id: fc.integer({ min: 1, max: 0xffff_ffff }), database: fc.uuid() as fc.Arbitrary<DatabaseId>, generation: count, engine: fc.constant('sqlite' as const),
  storageBytes: count, access: fc.constantFrom('read' as const, 'write' as const), language: fc.constantFrom(...queryLanguages), deadline: fc.double({ min: 0, noNaN: true, noDefaultInfinity: true }), answerBytes: count, answerRows: count,
  plan: fc.constant(true as const),
}, { requiredKeys: ['type', 'id', 'database', 'generation', 'engine', 'storageBytes', 'access', 'language', 'deadline', 'answerBytes', 'answerRows'] })
const end: fc.Arbitrary<Extract<AnswerMessage, { type: 'end' }>> =
  fc.record({ type: fc.constant('end' as const), id: count, rows: count, micros: count, fieldsBytes: count, planBytes: count, warningsBytes: count })

const roundTrip = <T>(length: number, write: (bytes: Buffer, at: number) => T): unknown => {
  const bytes = Buffer.alloc(length + 10, 0xff)
  write(bytes, 5)
  expect([bytes.subarray(0, 5), bytes.subarray(5 + length)]).toEqual([Buffer.alloc(5, 0xff), Buffer.alloc(5, 0xff)])
  return readFixedHeader(bytes, 5, 5 + length)
}

describe('a header in fixed places', () => {
  it('of a run says what the run says, and touches no byte beside it', () => {
    fc.assert(fc.property(run, (message) => {
      expect(isFixedRun(message)).toBe(true)
      expect(roundTrip(runHeaderBytes, (bytes, at) => writeRunHeader(bytes, at, message))).toEqual(message)
    }), { seed: 11, numRuns: 500 })
  })

  it('of an end says what the end says', () => {
    fc.assert(fc.property(end, (message) => {
      expect(roundTrip(endHeaderBytes, (bytes, at) => writeEndHeader(bytes, at, message))).toEqual(message)
    }), { seed: 12, numRuns: 500 })
  })

  it('is left to JSON by a run that has more to say, and both arrive alike', () => {
    const [plain] = fc.sample(run, { seed: 13, numRuns: 1 })
    if (!plain) throw new Error('no run')
    const odd: readonly RunMessage[] = [{ ...plain, params: [1, 'a', null] }, { ...plain, database: 'short' as DatabaseId }, { ...plain, id: 1.5 }, { ...plain, org: 'o' } as RunMessage]
    expect(odd.map(isFixedRun)).toEqual(odd.map(() => false))
    for (const message of [plain, ...odd]) {
      const seen: unknown[] = []
      new FrameReader().take(runFrame(message, 'select \'ü€😀\''), ({ header, payload }) => seen.push(header, payload.toString()))
      expect(seen).toEqual([message, 'select \'ü€😀\''])
    }
  })

  it('that is of no kind, of an unknown engine or language, or with flags of another release is none', () => {
    const bytes = Buffer.alloc(runHeaderBytes)
    expect([[0, 0, 0, 0], [3, 0, 0, 0], [1, 0, 200, 0], [1, 4, 0, 0], [1, 255, 0, 0], [1, 0, 0, 200]].map((start) => {
      bytes.set(start)
      return readFixedHeader(bytes, 0, runHeaderBytes)
    })).toEqual(Array.from({ length: 6 }))
  })
})
