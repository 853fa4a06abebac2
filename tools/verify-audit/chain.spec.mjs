import { createHash } from 'node:crypto'
import { verifyChain } from './chain.mjs'

const sha256 = (...parts) => parts.reduce((hash, part) => hash.update(part), createHash('sha256')).digest('hex')

/** Lines as the service writes them, hashed here once more from the words of the decision: hash before, number, canonical entry. */
const chained = (count, org = 'one') => {
  const lines = []
  for (let number = 1; number <= count; number++) {
    const prev_hash = lines.at(-1)?.hash ?? '0'.repeat(64)
    const entry = `{"action":"act","at":"2026-01-01T00:00:0${number % 10}.000Z","object_id":null,"org_id":"${org}"}`
    lines.push({ number, ...JSON.parse(entry), prev_hash, hash: sha256(Buffer.from(prev_hash, 'hex'), `${number}\n${entry}`) })
  }
  return lines
}
const texts = (lines) => lines.map((line) => typeof line === 'string' ? line : JSON.stringify(line))
const verify = (lines, asked) => verifyChain(texts(lines), asked)
const lines = chained(20)
const swap = (one, other) => lines.map((line, at) => at === one ? lines[other] : at === other ? lines[one] : line)
const changed = (at, change) => lines.map((line, index) => index === at ? { ...line, ...change } : line)

describe('a chain of deeds', () => {
  it('is whole as it was written, and names its end', async () => {
    expect(await verify(lines)).toEqual({ lines: 20, last: lines[19].hash })
    expect(await verify([])).toEqual({ lines: 0, last: '0'.repeat(64) })
  })

  it.each([
    ['a changed line', changed(4, { action: 'other' }), 5],
    ['a line that says more', changed(4, { note: 'x' }), 5],
    ['a changed line with a hash that fits it', changed(4, { action: 'other', hash: sha256(Buffer.from(lines[4].prev_hash, 'hex'), `5\n{"action":"other","at":"${lines[4].at}","object_id":null,"org_id":"one"}`) }), 6],
    ['a removed line', lines.toSpliced(7, 1), 8],
    ['a removed first line', lines.slice(1), 1],
    ['two swapped lines', swap(3, 4), 4],
    ['a line twice', lines.toSpliced(9, 0, lines[9]), 11],
    ['a line of another org', lines.toSpliced(20, 0, chained(21, 'two')[20]), 21],
    ['a line that is no JSON', lines.toSpliced(2, 1, '{'), 3],
    ['a line with a name written twice', lines.toSpliced(2, 1, JSON.stringify(lines[2]).replace('{', '{"action":"other",')), 3],
  ])('is broken by %s, and says where', async (_what, broken, line) => {
    expect(await verify(broken)).toEqual({ line, reason: expect.any(String) })
  })

  it('is known to be cut off at its end by who noted the last hash', async () => {
    expect(await verify(lines.slice(0, 15), { last: lines[19].hash })).toMatchObject({ line: 16 })
    expect(await verify(lines, { last: lines[19].hash })).toMatchObject({ lines: 20 })
  })

  it('may begin later when that is said, and is held together from there', async () => {
    expect(await verify(lines.slice(5), { part: true })).toMatchObject({ lines: 15 })
    expect(await verify(lines.slice(5).toSpliced(3, 1), { part: true })).toMatchObject({ line: 4 })
  })

  it('tells every one of 1,000 random changes of one character', async () => {
    const whole = texts(lines).join('\n')
    let seed = 7
    const next = (below) => { seed = (seed * 48_271) % 2_147_483_647; return seed % below }
    for (let round = 0; round < 1000; round++) {
      const at = next(whole.length)
      const other = String.fromCharCode(33 + next(90))
      if (whole[at] === other) continue
      const broken = whole.slice(0, at) + other + whole.slice(at + 1)
      expect((await verifyChain(broken.split('\n'))).reason).toEqual(expect.any(String))
    }
  })
})
