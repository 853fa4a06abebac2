import fc from 'fast-check'
import { openBitmaps, type Bitmap } from './index.js'
import { aRow, toldBy } from './testing/arbitraries.js'
import { bitmapOf, randoms, runs } from './testing/model.js'

const bitmaps = openBitmaps({ maxBytes: 256e6 })

/** Rows as a field has them: every record in one of them, or in several. */
const aField = fc.record({ rows: fc.integer({ min: 1, max: 300 }), records: fc.constantFrom(50, 3_000, 90_000), most: fc.constantFrom(1, 1, 3), seed: fc.integer({ min: 1 }) })
  .map((origin) => {
    const { rows, records, most, seed } = origin
    const random = randoms(seed)
    const field = Array.from({ length: rows }, () => new Set<number>())
    for (let record = 0; record < records; record += 1) {
      for (let times = 1 + random(most); times > 0; times -= 1) field[random(random(2) === 0 ? rows : Math.min(rows, 3))]?.add(record)
    }
    return toldBy(field, origin)
  })
const someRows = fc.oneof(aField, fc.array(aRow, { maxLength: 6 }).map((rows) => toldBy(rows.map(({ columns }) => columns), rows.map(String))))

const bitmapsOf = (rows: readonly Set<number>[], isOptimised: boolean): Bitmap[] => rows.map((columns) => bitmapOf(bitmaps, columns, isOptimised))

/** For each pair the columns that both have and that pass, by looking at each record once. */
const pairsOf = (rows: readonly Set<number>[], others: readonly Set<number>[], passes: (column: number) => boolean): Map<string, number[]> => {
  const byColumn = new Map<number, number[]>()
  others.forEach((columns, at) => { for (const column of columns) byColumn.set(column, [...byColumn.get(column) ?? [], at]) })
  const pairs = new Map<string, number[]>()
  rows.forEach((columns, row) => {
    for (const column of columns) if (passes(column)) for (const other of others.length === 0 ? [0] : byColumn.get(column) ?? []) {
      const found = pairs.get(`${row},${other}`)
      if (found) found.push(column)
      else pairs.set(`${row},${other}`, [column])
    }
  })
  return pairs
}

describe('groups', () => {
  it('count every pair of rows, with and without a filter', () => {
    fc.assert(fc.property(someRows, someRows, aRow, fc.boolean(), fc.boolean(), (rows, others, filter, isFiltered, isOptimised) => bitmaps.scope(() => {
      const { counts, sums } = bitmaps.groups({
        rows: bitmapsOf(rows, isOptimised), others: bitmapsOf(others, isOptimised), ...(isFiltered && { filter: bitmapOf(bitmaps, filter.columns) }),
      })
      const wanted = pairsOf(rows, others, (column) => !isFiltered || filter.columns.has(column))
      const width = Math.max(others.length, 1)
      expect(sums).toEqual([])
      expect(counts.length).toBe(rows.length * width)
      const wrong = [...counts].filter((count, at) => count !== (wanted.get(`${Math.floor(at / width)},${at % width}`)?.length ?? 0))
      expect(wrong).toEqual([])
    })), { numRuns: runs(25), seed: 51 })
  })

  it('sum the values of every pair, of columns that have one', () => {
    fc.assert(fc.property(someRows, fc.oneof(fc.constant([]), someRows), aRow, fc.boolean(), fc.constantFrom(3, 99, 2 ** 31, 2 ** 31 + 1), fc.integer({ min: 1 }), (rows, others, filter, isFiltered, span, seed) => bitmaps.scope(() => {
      const random = randoms(seed)
      const all = [...new Set(rows.flatMap((row) => [...row]))].filter(() => random(4) > 0)
      const scale = span % 2 === 0 ? 1n : 2n ** 29n
      const plain = new Map(all.map((column) => [column, BigInt(random(span) - (span > 100 ? 2 ** 30 : 0)) * (span > 2 ** 30 ? scale : 1n)]))
      const values = bitmaps.slices()
      values.setMany([...plain.keys()], [...plain.values()])
      const { counts, sums } = bitmaps.groups({ rows: bitmapsOf(rows, true), others: bitmapsOf(others, false), values, ...(isFiltered && { filter: bitmapOf(bitmaps, filter.columns) }) })
      const wanted = pairsOf(rows, others, (column) => plain.has(column) && (!isFiltered || filter.columns.has(column)))
      const width = Math.max(others.length, 1)
      const wrong = [...counts].filter((count, at) => {
        const columns = wanted.get(`${Math.floor(at / width)},${at % width}`) ?? []
        return count !== columns.length || sums[at] !== columns.reduce((sum, column) => sum + (plain.get(column) ?? 0n), 0n)
      })
      expect(wrong).toEqual([])
      expect(sums.length).toBe(rows.length * width)
    })), { numRuns: runs(20), seed: 52 })
  })

  it('are refused when there are more of them than any memory holds, and not counted into a memory that is too small', () => {
    const row = bitmaps.of([1, 2, 3])
    // 2^29 numbers of 8 bytes, whose size has no bit among the lower 32.
    const [rows, others] = [Array.from({ length: 2 ** 15 }, () => row), Array.from({ length: 2 ** 14 }, () => row)]
    expect(() => bitmaps.groups({ rows, others })).toThrow(expect.objectContaining({ code: 'MemoryFull' }) as Error)
    expect(row.count()).toBe(3)
    row.free()
  })
})

afterAll(() => expect(bitmaps.bytesUsed()).toBe(0))
