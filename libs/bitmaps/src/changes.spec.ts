import fc from 'fast-check'
import { openBitmaps, type Column } from './index.js'
import { aRow } from './testing/arbitraries.js'
import { bitmapOf, columnsIn, randoms, runs } from './testing/model.js'

const bitmaps = openBitmaps({ maxBytes: 256e6 })
const edges: readonly Column[] = [0, 1, 65_535, 65_536, 2 ** 20 - 1, 2 ** 20, 2 ** 32 - 1, 2 ** 32, 2 ** 32 + 65_536, 2 ** 53 - 1, 2n ** 53n, 2n ** 63n, 2n ** 64n - 1n]

describe('a bitmap', () => {
  it('takes and loses single columns as a plain set does', () => {
    const step = fc.record({ column: fc.oneof(fc.nat(200), fc.integer({ min: 65_400, max: 65_700 }), fc.nat(200_000)), isAdding: fc.boolean() })
    fc.assert(fc.property(aRow, fc.array(step, { maxLength: 300 }), (start, steps) => bitmaps.scope(() => {
      const bitmap = bitmapOf(bitmaps, start.columns, start.isOptimised)
      const plain = new Set(start.columns)
      for (const { column, isAdding } of steps) {
        expect(bitmap.has(column)).toBe(plain.has(column))
        if (isAdding) expect(bitmap.add(column)).toBe(plain.size !== plain.add(column).size)
        else expect(bitmap.remove(column)).toBe(plain.delete(column))
      }
      expect(bitmap.count()).toBe(plain.size)
      expect(bitmap.equals(bitmapOf(bitmaps, plain))).toBe(true)
    })), { numRuns: runs(25), seed: 21 })
  })

  it('goes from a list to words and back while it is filled and emptied', () => bitmaps.scope(() => {
    const bitmap = bitmaps.empty()
    const random = randoms(5)
    const plain = new Set<number>()
    while (plain.size < 6_000) {
      const column = random(65_536)
      expect(bitmap.add(column)).toBe(!plain.has(column))
      plain.add(column)
    }
    expect(columnsIn(bitmap)).toEqual([...plain].sort((one, other) => one - other))
    for (const column of [...plain].slice(0, 5_990)) {
      expect(bitmap.remove(column)).toBe(true)
      plain.delete(column)
    }
    expect(columnsIn(bitmap)).toEqual([...plain].sort((one, other) => one - other))
    expect(bitmap.bytesUsed()).toBeLessThan(8_000)
  }))

  it('keeps ids that count up as one run', () => bitmaps.scope(() => {
    const bitmap = bitmaps.of([0, 1, 2])
    for (let column = 3; column < 65_536; column += 1) bitmap.add(column)
    expect(bitmap.count()).toBe(65_536)
    expect(bitmap.bytesUsed()).toBeLessThan(300)
  }))

  it('takes many columns in any order and any form, with how many are new', () => {
    const many = fc.array(fc.oneof(fc.nat(300_000), fc.maxSafeNat()), { maxLength: 400 })
    fc.assert(fc.property(aRow, many, many, (start, added, removed) => bitmaps.scope(() => {
      const bitmap = bitmapOf(bitmaps, start.columns, start.isOptimised)
      const plain = new Set(start.columns)
      const fresh = new Set(added.filter((column) => !plain.has(column))).size
      expect(bitmap.addMany(added)).toBe(fresh)
      for (const column of added) plain.add(column)
      expect(bitmap.removeMany(BigUint64Array.from(removed, BigInt))).toBe(new Set(removed.filter((column) => plain.has(column))).size)
      for (const column of removed) plain.delete(column)
      expect(bitmap.equals(bitmapOf(bitmaps, plain, true))).toBe(true)
    })), { numRuns: runs(20), seed: 22 })
  })

  it('takes columns that are more than fit through the window at a time', () => bitmaps.scope(() => {
    const columns = Float64Array.from({ length: 300_000 }, (_, at) => at * 3)
    const bitmap = bitmaps.of(columns)
    expect(bitmap.count()).toBe(300_000)
    expect(bitmap.at(299_999)).toBe(899_997)
    expect(bitmaps.of(columns.slice().reverse()).equals(bitmap)).toBe(true)
    expect(bitmaps.of(Uint32Array.from(columns)).equals(bitmap)).toBe(true)
    expect(bitmap.addMany(columns)).toBe(0)
  }))

  it('knows every column from the first to the last', () => bitmaps.scope(() => {
    const bitmap = bitmaps.empty()
    for (const column of edges) expect([bitmap.has(column), bitmap.add(column), bitmap.has(column), bitmap.add(column)]).toEqual([false, true, true, false])
    expect([...bitmap.exactPages(3)].flatMap((page) => [...page])).toEqual(edges.map(BigInt))
    expect([bitmap.min(), bitmap.max()]).toEqual([0, 2n ** 64n - 1n])
    edges.forEach((column, position) => expect([bitmap.at(position), bitmap.rank(column)]).toEqual([column, position]))
    expect(bitmaps.of(edges.map(BigInt).reverse()).equals(bitmap)).toBe(true)
    expect(() => [...bitmap.pages()]).toThrow(expect.objectContaining({ code: 'InvalidColumn' }))
    for (const column of edges) expect([bitmap.remove(column), bitmap.has(column), bitmap.remove(column)]).toEqual([true, false, false])
    expect(bitmap.count()).toBe(0)
  }))

  it.each([-1, 0.5, Number.NaN, Infinity, 2 ** 53, -1n, 2n ** 64n])('refuses %s, which is no column, and stays as it is', (wrong) => bitmaps.scope(() => {
    const bitmap = bitmaps.of([1, 2])
    const refusal = expect.objectContaining({ code: 'InvalidColumn' })
    expect(() => bitmap.add(wrong)).toThrow(refusal)
    expect(() => bitmap.has(wrong)).toThrow(refusal)
    expect(() => bitmap.addMany(typeof wrong === 'bigint' ? [3n, wrong] : [3, wrong])).toThrow(refusal)
    expect(columnsIn(bitmap)).toEqual([1, 2])
  }))
})

afterAll(() => expect(bitmaps.bytesUsed()).toBe(0))
