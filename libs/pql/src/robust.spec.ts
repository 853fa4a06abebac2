import { edited } from '@tenantry/testing'
import fc from 'fast-check'
import { hasWrites, parsePql, PqlError, printPql, walk } from './index.js'
import { parseWith } from './parse.js'
import { scannerOf } from './scanner.js'

const runs = process.env['TEST_LONG'] === '1' ? 10_000 : 1_000
const seed = 23

/** Parses, and says whether the text was taken. Anything thrown that is no PqlError fails the test. */
const isTaken = (text: string): boolean => {
  try {
    const query = parsePql(text)
    expect(printPql(parsePql(printPql(query)))).toBe(printPql(query))
    return true
  } catch (error) {
    if (error instanceof PqlError) return false
    throw new Error(`${text} failed the parser.`, { cause: error })
  }
}

const samples = [
  'Set("a b", f=1, g=\'x\\\'y\', 2019-01-02T03:04) Clear(7, f=null)ClearRow(f=3)',
  'Store(Intersect(Row(f=brand1), Row(20 < age <= 30.5)), kept="yes") Delete(Row(t < "2021-01-01T00:00:00.5+02:00"))',
  'GroupBy(Rows(f, limit=2, like="%a_"), Rows(g), filter=Not(Row(h != null)), aggregate=Sum(field=n), having=Condition(count > 1), sort="sum desc")',
  'TopN(field=f, Row(a >< [-1, .5]), n=3, ids=[1, 2, "x"]) TopK($f, k=2, from=2019-01-01T00:00) Range(f=1, 2019-01-01T00:00, 2020-01-01T00:00)',
  'Count(Distinct(Row(b=true), field=id, index=other)) Sort(All(limit=3,), field=n, sort-desc=false) Apply("x", "y") Options(Row(a=$v), shards=[0])',
]
const pieces = [...new Set(samples.flatMap((text) => text.match(/\w+|\s|./g) ?? [])), '\u0000', 'Θ', '👋', '\ud800', '\\', '#', '/*', '9'.repeat(40)]

const mutated = fc.tuple(fc.constantFrom(...samples), fc.array(fc.tuple(fc.nat(1_000), fc.nat(6), fc.constantFrom('', ...pieces)), { minLength: 1, maxLength: 4 }))
  .map(([text, edits]) => edited(text, edits))

/** How many characters were looked at to read a text, or to refuse it. */
const stepsOf = (text: string): number => {
  const scanner = scannerOf(text, 250)
  try {
    parseWith(scanner)
  } catch (error) {
    if (!(error instanceof PqlError)) throw error
  }
  return scanner.steps
}

const nested = (depth: number, open: string, inner: string): string => open.repeat(depth) + inner + ')'.repeat(depth)

describe('any text', () => {
  it(`is taken or refused, never more than that, for ${runs} texts of pieces and ${runs} of characters`, () => {
    fc.assert(fc.property(fc.array(fc.constantFrom(...pieces), { maxLength: 40 }), (parts) => void isTaken(parts.join(''))), { seed, numRuns: runs })
    fc.assert(fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (text) => void isTaken(text)), { seed, numRuns: runs })
  })

  it(`is taken or refused after ${runs} mutations of texts that are right, some of them taken and some refused`, () => {
    let taken = 0
    fc.assert(fc.property(mutated, (text) => { if (isTaken(text)) taken += 1 }), { seed, numRuns: runs })
    expect(taken).toBeGreaterThan(runs / 100)
    expect(taken).toBeLessThan(runs / 2)
  })

  it('is refused at every place where one that is right is cut off inside a call', () => {
    for (const text of samples) for (let length = 1; length < text.length; length += 1) isTaken(text.slice(0, length))
    expect(isTaken(samples.join(' '))).toBe(true)
  })
})

describe('nesting', () => {
  it('is refused beyond the limit by a sentence, though it be a megabyte', () => {
    for (const open of ['Union(', 'Row(a=Row(', 'Set(', 'TopN(field=f, filter=Union(', 'Row(a=[Row(', 'Count(Row(a=']) {
      expect(() => parsePql(open.repeat(1_000_000 / open.length))).toThrow(expect.objectContaining({ kind: 'limit', message: 'calls are nested more than 250 deep' }))
    }
  })

  it.each([['Union(', 'All()'], ['Row(a=', 'Union()'], ['Row(a=[', '1']])('up to the limit leaves the stack enough room for all that is done with a tree: %s', (open, inner) => {
    const text = open.endsWith('[') ? `${'Row(a=['.repeat(249)}1${'])'.repeat(249)}` : nested(249, open, inner)
    const deep = (frames: number): void => {
      if (frames > 0) return deep(frames - 1)
      const query = parsePql(text)
      expect(printPql(parsePql(printPql(query)))).toBe(printPql(query))
      expect([...walk(query.calls)].length).toBeGreaterThanOrEqual(249)
      expect(hasWrites(query)).toBe(false)
    }
    deep(1_000)
  })

  it('may be limited more narrowly by the caller', () => {
    expect(() => parsePql('Count(Row(a=1))', { maxDepth: 2 })).not.toThrow()
    expect(() => parsePql('Count(Row(a=1))', { maxDepth: 1 })).toThrow(PqlError)
  })
})

describe('the work of reading', () => {
  it.each<[string, (count: number) => string]>([
    ['calls', (count) => 'Set(1, f=2)'.repeat(count)],
    ['children', (count) => `Union(${'Row(a=1), '.repeat(count)}All())`],
    ['arguments', (count) => `Row(${Array.from({ length: count }, (_, at) => `f${at}=1`).join()})`],
    ['a list', (count) => `Row(a=[${'12, '.repeat(count)}1])`],
    ['a text', (count) => `Row(a="${'x'.repeat(count)}")`],
    ['escapes', (count) => `Row(a="${'\\\\'.repeat(count)}")`],
    ['a text without an end', (count) => `Row(a="${'x'.repeat(count)}`],
    ['texts without an end', (count) => 'Row(a="'.repeat(count)],
    ['spaces', (count) => `Row(a=1${' '.repeat(count)})`],
    ['spaces for nothing', (count) => `Row(a=null${' '.repeat(count)}`],
    ['digits', (count) => `Row(a=${'9'.repeat(count)})`],
    ['zeros', (count) => `Row(a=0.${'0'.repeat(count)}1${'0'.repeat(count)})`],
    ['a column that is none', (count) => `Set(${'9'.repeat(count)}.5, a=1)`],
    ['a name', (count) => `Row(${'n'.repeat(count)}=1)`],
    ['a word', (count) => `Row(a=${'n-'.repeat(count)})`],
    ['fields by place', (count) => 'TopN(field=f, n=1,)'.repeat(count)],
    ['spaces behind a field', (count) => `Sum(f${' '.repeat(count)}=1)`],
  ])('grows with %s and no faster', (_name, text) => {
    const [small, large] = [1_000, 10_000].map((count) => stepsOf(text(count)) / text(count).length)
    expect(large).toBeLessThan((small ?? 0) * 1.5)
    expect(large).toBeLessThan(12)
  })
})
