import fc from 'fast-check'
import { openBitmaps } from './index.js'
import { aRow } from './testing/arbitraries.js'
import { ascending, bitmapOf, columnsIn, columnsOf, runs } from './testing/model.js'

const bitmaps = openBitmaps({ maxBytes: 256e6 })
const bound = fc.oneof(fc.nat(2 ** 18), fc.constantFrom(0, 65_535, 65_536, 2 ** 20, 2 ** 32, 2 ** 53 - 1), fc.maxSafeNat())

describe('by position', () => {
  it('a bitmap has the ends, ranks and places of its sorted columns', () => {
    fc.assert(fc.property(aRow, fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 5, maxLength: 5 }), (row, shares) => bitmaps.scope(() => {
      const bitmap = bitmapOf(bitmaps, row.columns, row.isOptimised)
      const sorted = ascending(row.columns)
      expect([bitmap.min(), bitmap.max()]).toEqual([sorted[0], sorted.at(-1)])
      expect(bitmap.at(sorted.length)).toBeUndefined()
      for (const share of shares) {
        const position = Math.floor(share * sorted.length)
        const column = sorted[position]
        expect(bitmap.at(position)).toBe(column)
        if (column === undefined) continue
        expect(bitmap.rank(column)).toBe(position)
        expect(bitmap.page(column, 3)).toEqual(sorted.slice(position, position + 3))
        expect(bitmap.exactPage(column, 3)).toEqual(BigUint64Array.from(sorted.slice(position, position + 3), BigInt))
      }
    })), { numRuns: runs(25), seed: 31 })
  })

  it('a page size changes nothing but the pages', () => {
    fc.assert(fc.property(aRow, fc.integer({ min: 700, max: 70_000 }), (row, most) => bitmaps.scope(() => {
      const pages = [...bitmapOf(bitmaps, row.columns, row.isOptimised).pages(most)]
      const all = pages.flatMap((page) => [...page])
      const sorted = ascending(row.columns)
      expect(all.length).toBe(sorted.length)
      expect(all.every((column, at) => column === sorted[at])).toBe(true)
      expect(pages.every((page) => page.length <= Math.min(most, 65_536))).toBe(true)
    })), { numRuns: runs(10), seed: 32 })
  })
})

describe('a range', () => {
  it('is cut out of a bitmap, and counted in it', () => {
    fc.assert(fc.property(aRow, bound, bound, (row, one, other) => bitmaps.scope(() => {
      const bitmap = bitmapOf(bitmaps, row.columns, row.isOptimised)
      const [from, to] = [Math.min(one, other), Math.max(one, other)]
      const wanted = [...row.columns].filter((column) => column >= from && column < to)
      expect(bitmap.slice(from, to).equals(bitmapOf(bitmaps, wanted))).toBe(true)
      expect(bitmap.countBetween(from, to)).toBe(wanted.length)
      expect(bitmap.slice(to, from).count()).toBe(0)
    })), { numRuns: runs(30), seed: 33 })
  })

  it('is made without its columns being listed', () => bitmaps.scope(() => {
    const range = bitmaps.range(65_530, 2 ** 24 + 7)
    expect([range.count(), range.min(), range.max()]).toEqual([2 ** 24 + 7 - 65_530, 65_530, 2 ** 24 + 6])
    expect(range.bytesUsed()).toBeLessThan(20_000)
    const end = bitmaps.range(2n ** 64n - 10n, 2n ** 64n)
    expect([end.count(), end.max(), end.rank(2n ** 64n - 1n)]).toEqual([10, 2n ** 64n - 1n, 9])
    expect(end.slice(2n ** 64n - 3n, 2n ** 64n).count()).toBe(3)
    expect(bitmaps.range(5, 5).count()).toBe(0)
  }))

  it('that no memory could hold is refused at once', () => {
    const before = bitmaps.bytesUsed()
    expect(() => bitmaps.range(0, 2n ** 64n)).toThrow(expect.objectContaining({ code: 'MemoryFull' }))
    expect(() => bitmaps.range(0, 2 ** 42)).toThrow(expect.objectContaining({ code: 'MemoryFull' }))
    expect(bitmaps.bytesUsed()).toBe(before)
  })
})

describe('a shift', () => {
  const by = fc.oneof(fc.constantFrom(0, 1, 63, 64, 65, 65_535, 65_536, 65_537, 2 ** 20), fc.nat(200_000))

  it('moves every column up', () => {
    fc.assert(fc.property(aRow, by, (row, up) => bitmaps.scope(() => {
      const columns = [...row.columns].filter((column) => column < 2 ** 40)
      const bitmap = bitmapOf(bitmaps, columns, row.isOptimised)
      expect(bitmap.shift(up).equals(bitmapOf(bitmaps, columns.map((column) => column + up)))).toBe(true)
      expect(columnsIn(bitmap).length).toBe(columns.length)
    })), { numRuns: runs(25), seed: 34 })
  })

  it.each([64, 128, 65_472, 65_535])('moves words by %i as well, inside and across containers', (up) => bitmaps.scope(() => {
    for (const kind of ['dense', 'most', 'runs', 'whole'] as const) {
      const columns = [...columnsOf([{ key: 4, kind, seed: up }, { key: 5, kind: 'dense', seed: up }, { key: 9, kind, seed: 3 }])]
      for (const isOptimised of [false, true]) {
        expect(bitmapOf(bitmaps, columns, isOptimised).shift(up).equals(bitmapOf(bitmaps, columns.map((column) => column + up)))).toBe(true)
      }
    }
  }))

  it('leaves out what would pass the last column', () => bitmaps.scope(() => {
    const bitmap = bitmaps.of([0n, 2n ** 64n - 70_000n, 2n ** 64n - 2n, 2n ** 64n - 1n])
    expect([...bitmap.shift(1).exactPages()].flatMap((page) => [...page])).toEqual([1n, 2n ** 64n - 69_999n, 2n ** 64n - 1n])
    expect(bitmap.shift(2n ** 64n - 1n).max()).toBe(2n ** 64n - 1n)
  }))
})

afterAll(() => expect(bitmaps.bytesUsed()).toBe(0))
