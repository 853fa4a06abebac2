import fc from 'fast-check'
import { openBitmaps, type Bitmap } from './index.js'
import { aRow } from './testing/arbitraries.js'
import { ascending, bitmapOf, columnsIn, kinds, members, runs } from './testing/model.js'

const bitmaps = openBitmaps({ maxBytes: 256e6 })

const both = (a: Set<number>, b: Set<number>) => new Set([...a].filter((one) => b.has(one)))
const either = (a: Set<number>, b: Set<number>) => new Set([...a, ...b])
const onlyFirst = (a: Set<number>, b: Set<number>) => new Set([...a].filter((one) => !b.has(one)))
const notBoth = (a: Set<number>, b: Set<number>) => new Set([...onlyFirst(a, b), ...onlyFirst(b, a)])

const operations = [
  ['and', both, (a: Bitmap, b: Bitmap) => a.and(b), (a: Bitmap, b: Bitmap) => a.andCount(b)],
  ['or', either, (a: Bitmap, b: Bitmap) => a.or(b), (a: Bitmap, b: Bitmap) => a.orCount(b)],
  ['andNot', onlyFirst, (a: Bitmap, b: Bitmap) => a.andNot(b), (a: Bitmap, b: Bitmap) => a.andNotCount(b)],
  ['xor', notBoth, (a: Bitmap, b: Bitmap) => a.xor(b), (a: Bitmap, b: Bitmap) => a.xorCount(b)],
] as const

const expectSame = (bitmap: Bitmap, columns: Set<number>) => {
  const wanted = ascending(columns)
  expect(bitmap.count()).toBe(wanted.length)
  // Compared as bytes: jest takes seconds to compare long lists.
  expect(Buffer.compare(Buffer.from(Float64Array.from(columnsIn(bitmap)).buffer), Buffer.from(wanted.buffer))).toBe(0)
}

describe('two containers', () => {
  const pairs = kinds.flatMap((one) => kinds.map((other) => [one, other] as const))

  it.each(pairs)('of kind %s and %s combine as plain sets do', (one, other) => bitmaps.scope(() => {
    for (const [seed, isOptimised] of [[1, false], [2, true]] as const) {
      const a = members(one, seed)
      const b = members(other, seed + 7)
      const [x, y] = [bitmapOf(bitmaps, a, isOptimised), bitmapOf(bitmaps, b, isOptimised)]
      for (const [, plain, make, count] of operations) {
        const wanted = plain(a, b)
        const made = make(x, y)
        expectSame(made, wanted)
        expect(count(x, y)).toBe(wanted.size)
        expect(made.equals(bitmapOf(bitmaps, wanted))).toBe(true)
      }
      expectSame(x, a)
      expectSame(y, b)
    }
  }))
})

describe('rows', () => {
  it('combine as plain sets do, and leave their operands as they were', () => {
    fc.assert(fc.property(aRow, aRow, (a, b) => bitmaps.scope(() => {
      const [x, y] = [bitmapOf(bitmaps, a.columns, a.isOptimised), bitmapOf(bitmaps, b.columns, b.isOptimised)]
      for (const [, plain, make, count] of operations) {
        expectSame(make(x, y), plain(a.columns, b.columns))
        expect(count(x, y)).toBe(plain(a.columns, b.columns).size)
      }
      expectSame(x, a.columns)
      expectSame(y, b.columns)
    })), { numRuns: runs(15), seed: 11 })
  })

  it('are united and intersected many at a time', () => {
    fc.assert(fc.property(fc.array(aRow, { minLength: 1, maxLength: 5 }), (rows) => bitmaps.scope(() => {
      const made = rows.map(({ columns, isOptimised }) => bitmapOf(bitmaps, columns, isOptimised))
      const sets = rows.map(({ columns }) => columns)
      expectSame(bitmaps.union(made), sets.reduce(either))
      expectSame(bitmaps.intersection(made), sets.reduce(both))
    })), { numRuns: runs(10), seed: 12 })
    expect(() => bitmaps.intersection([])).toThrow(expect.objectContaining({ code: 'InvalidSize' }))
    bitmaps.scope(() => expect(bitmaps.union([]).count()).toBe(0))
  })

  it('join and leave a row in place, with how many changed', () => {
    fc.assert(fc.property(aRow, aRow, (a, b) => bitmaps.scope(() => {
      const [x, y] = [bitmapOf(bitmaps, a.columns, a.isOptimised), bitmapOf(bitmaps, b.columns, b.isOptimised)]
      const z = x.clone()
      expect(x.include(y)).toBe(onlyFirst(b.columns, a.columns).size)
      expectSame(x, either(a.columns, b.columns))
      expect(z.exclude(y)).toBe(both(a.columns, b.columns).size)
      expectSame(z, onlyFirst(a.columns, b.columns))
      expectSame(y, b.columns)
      expect(z.include(z)).toBe(0)
      z.exclude(z)
      expect(z.count()).toBe(0)
    })), { numRuns: runs(10), seed: 13 })
  })

  it('are equal when their columns are, however they are stored', () => {
    fc.assert(fc.property(aRow, aRow, (a, b) => bitmaps.scope(() => {
      const x = bitmapOf(bitmaps, a.columns)
      expect(x.equals(bitmapOf(bitmaps, a.columns, true))).toBe(true)
      expect(x.equals(bitmapOf(bitmaps, b.columns, b.isOptimised))).toBe(notBoth(a.columns, b.columns).size === 0)
    })), { numRuns: runs(10), seed: 14 })
  })

  it.each(kinds)('of every kind are counted under a filter of kind %s', (kind) => bitmaps.scope(() => {
    const filter = members(kind, 99)
    const rows = [...kinds, ...kinds].map((one, at) => members(one, at + 1))
    for (const isOptimised of [false, true]) {
      const made = rows.map((row) => bitmapOf(bitmaps, row, isOptimised))
      const passing = bitmapOf(bitmaps, filter, isOptimised)
      const wanted = rows.map((row) => both(row, filter).size)
      expect([...bitmaps.andCounts(made, passing)]).toEqual(wanted)
      expect([...bitmaps.groups({ rows: made, filter: passing }).counts]).toEqual(wanted)
      expect([...bitmaps.groups({ rows: made, others: [passing] }).counts]).toEqual(wanted)
    }
  }))

  it('are counted under a filter all in one call', () => {
    fc.assert(fc.property(fc.array(aRow, { maxLength: 4 }), aRow, fc.boolean(), (few, filter, areMany) => bitmaps.scope(() => {
      const rows = areMany ? Array.from({ length: few.length * 8 }, (_, at) => few[at % few.length] ?? filter) : few
      const made = rows.map(({ columns, isOptimised }) => bitmapOf(bitmaps, columns, isOptimised))
      expect([...bitmaps.andCounts(made)]).toEqual(rows.map(({ columns }) => columns.size))
      expect([...bitmaps.andCounts(made, bitmapOf(bitmaps, filter.columns, filter.isOptimised))]).toEqual(rows.map(({ columns }) => both(columns, filter.columns).size))
    })), { numRuns: runs(14), seed: 15 })
  })
})

afterAll(() => expect(bitmaps.bytesUsed()).toBe(0))
