import fc from 'fast-check'
import { openBitmaps, type Bitmap, type Comparison, type Slices } from './index.js'
import { aRow, toldBy } from './testing/arbitraries.js'
import { bitmapOf, columnsIn, randoms, runs } from './testing/model.js'

const bitmaps = openBitmaps({ maxBytes: 256e6 })
const least = -(2n ** 63n)
const most = 2n ** 63n - 1n

const column = fc.oneof(fc.nat(300), fc.integer({ min: 65_400, max: 65_700 }), fc.nat(400_000), fc.constantFrom(2 ** 32, 2 ** 53 - 1))
const value = fc.oneof(
  fc.bigInt({ min: -5n, max: 5n }), fc.bigInt({ min: 0n, max: 99n }), fc.bigInt({ min: -1000n, max: 1000n }), fc.bigInt({ min: least, max: most }),
  fc.constantFrom(0n, -1n, least, most, least + 1n, most - 1n),
)
/** Few columns with any value, and sometimes as many as make every kind of container. */
const aField = fc.record({
  pairs: fc.array(fc.tuple(column, value), { maxLength: 200 }),
  many: fc.constantFrom(0, 0, 30_000),
  span: fc.constantFrom(7, 1_000, 2 ** 30),
  seed: fc.integer({ min: 1 }),
}).map((origin) => {
  const { pairs, many, span, seed } = origin
  const random = randoms(seed)
  const field = new Map<number, bigint>()
  for (let at = 0; at < many; at += 1) field.set(random(100_000), BigInt(random(span) - Math.floor(span / 3)))
  for (const [key, set] of pairs) field.set(key, set)
  return toldBy(field, `${many} ${span} ${seed} ${String(pairs)}`)
})

const slicesOf = (field: Map<number, bigint>): Slices => {
  const slices = bitmaps.slices()
  slices.setMany([...field.keys()], [...field.values()])
  return slices
}

const isSo = { '<': (a: bigint, b: bigint) => a < b, '<=': (a: bigint, b: bigint) => a <= b, '==': (a: bigint, b: bigint) => a === b,
  '!=': (a: bigint, b: bigint) => a !== b, '>=': (a: bigint, b: bigint) => a >= b, '>': (a: bigint, b: bigint) => a > b } as const
const comparisons: readonly Comparison[] = ['<', '<=', '==', '!=', '>=', '>']

const entriesUnder = (field: Map<number, bigint>, filter?: Set<number>) => [...field].filter(([key]) => !filter || filter.has(key)).sort(([one], [other]) => one - other)
const maybe = (row: { columns: Set<number>, isOptimised: boolean }, isFiltered: boolean): [Set<number> | undefined, Bitmap | undefined] =>
  isFiltered ? [row.columns, bitmapOf(bitmaps, row.columns, row.isOptimised)] : [undefined, undefined]

const property = (seed: number, numRuns: number, check: (slices: Slices, entries: [number, bigint][], filter: Bitmap | undefined, constant: bigint, other: bigint) => void) =>
  fc.assert(fc.property(aField, aRow, fc.boolean(), value, value, (field, row, isFiltered, constant, other) => bitmaps.scope(() => {
    const slices = slicesOf(field)
    if (row.isOptimised) slices.optimise()
    const [plain, filter] = maybe(row, isFiltered)
    check(slices, entriesUnder(field, plain), filter, constant, other)
  })), { numRuns: runs(numRuns), seed })

describe('values by column', () => {
  it('compare with a constant as the values themselves do', () => property(41, 25, (slices, entries, filter, constant) => {
    for (const comparison of comparisons) {
      const wanted = entries.filter(([, one]) => isSo[comparison](one, constant)).map(([key]) => key)
      expect(slices.compare(comparison, constant, filter).equals(bitmapOf(bitmaps, wanted))).toBe(true)
      expect(slices.compareCount(comparison, constant, filter)).toBe(wanted.length)
    }
  }))

  it('are found between two constants, both of them included', () => property(42, 25, (slices, entries, filter, constant, other) => {
    const wanted = entries.filter(([, one]) => one >= constant && one <= other).map(([key]) => key)
    expect(slices.between(constant, other, filter).equals(bitmapOf(bitmaps, wanted))).toBe(true)
    expect(slices.betweenCount(constant, other, filter)).toBe(wanted.length)
  }))

  it('have an exact sum, a smallest and a largest, and how many have it', () => property(43, 40, (slices, entries, filter) => {
    const values = entries.map(([, one]) => one)
    expect(slices.sum(filter)).toEqual({ sum: values.reduce((sum, one) => sum + one, 0n), count: values.length })
    const sorted = values.sort((one, other) => one < other ? -1 : one > other ? 1 : 0)
    const extreme = (wanted: bigint | undefined) => wanted === undefined ? undefined : { value: wanted, count: values.filter((one) => one === wanted).length }
    expect(slices.min(filter)).toEqual(extreme(sorted[0]))
    expect(slices.max(filter)).toEqual(extreme(sorted.at(-1)))
  }))

  it('are sorted, with offset and limit, equal ones by their columns', () => property(44, 40, (slices, entries, filter, constant) => {
    const offset = Number((constant < 0n ? -constant : constant) % 20n)
    for (const order of ['smallest', 'largest'] as const) {
      const sign = order === 'largest' ? -1 : 1
      const wanted = [...entries].sort(([oneColumn, one], [otherColumn, other]) => one < other ? -sign : one > other ? sign : oneColumn - otherColumn).slice(offset, offset + 15)
      const page = slices.sorted(15, order, { offset, ...(filter && { filter }) })
      expect([...page.columns]).toEqual(wanted.map(([key]) => key))
      expect([...page.values]).toEqual(wanted.map(([, one]) => one))
    }
  }))

  it('are read in pages', () => property(45, 25, (slices, entries, filter) => {
    const read: [number, bigint][] = []
    for (let from = 0; ;) {
      const { columns, values } = slices.page(from, 777, filter)
      columns.forEach((key, at) => read.push([key, values[at] ?? 0n]))
      const last = columns.at(-1)
      if (last === undefined || last === Number.MAX_SAFE_INTEGER) break
      from = last + 1
    }
    expect(read.length).toBe(entries.length)
    expect(read.every(([key, one], at) => key === entries[at]?.[0] && one === entries[at]?.[1])).toBe(true)
  }))

  it('have their different values told apart', () => property(46, 40, (slices, entries, filter) => {
    using distinct = slices.distinct(filter)
    const values = new Set(entries.map(([, one]) => one))
    const list = (bitmap: Bitmap) => [...bitmap.exactPages()].flatMap((page) => [...page])
    const sorted = (all: bigint[]) => all.sort((one, other) => one < other ? -1 : 1)
    expect(list(distinct.positive)).toEqual(sorted([...values].filter((one) => one >= 0n)))
    expect(list(distinct.negative)).toEqual(sorted([...values].filter((one) => one < 0n).map((one) => -one)))
  }))

  it('are replaced and cleared, whatever was there', () => {
    const step = fc.oneof(
      fc.record({ set: fc.array(fc.tuple(column, value), { maxLength: 60 }) }), fc.record({ clear: fc.array(column, { maxLength: 60 }) }), fc.record({ one: fc.tuple(column, value) }), fc.record({ gone: column }),
    )
    fc.assert(fc.property(aField, fc.array(step, { maxLength: 12 }), (start, steps) => bitmaps.scope(() => {
      const slices = slicesOf(start)
      const plain = new Map(start)
      for (const one of steps) {
        if ('set' in one) {
          slices.setMany(one.set.map(([key]) => key), one.set.map(([, set]) => set))
          for (const [key, set] of one.set) plain.set(key, set)
        } else if ('clear' in one) {
          expect(slices.clearMany(one.clear)).toBe(new Set(one.clear.filter((key) => plain.has(key))).size)
          for (const key of one.clear) plain.delete(key)
        } else if ('one' in one) {
          expect(slices.set(...one.one)).toBe(plain.get(one.one[0]) !== one.one[1])
          plain.set(...one.one)
          expect(slices.get(one.one[0])).toBe(one.one[1])
        } else {
          expect(slices.clear(one.gone)).toBe(plain.delete(one.gone))
          expect(slices.get(one.gone)).toBeUndefined()
        }
      }
      expect(columnsIn(slices.columns())).toEqual([...plain.keys()].sort((one, other) => one - other))
      expect(slices.sum()).toEqual({ sum: [...plain.values()].reduce((sum, one) => sum + one, 0n), count: plain.size })
    })), { numRuns: runs(20), seed: 47 })
  })

  it('come as numbers or as big integers, and others are refused with nothing changed', () => bitmaps.scope(() => {
    const slices = bitmaps.slices()
    slices.setMany([5, 3, 3], [-7, 1, 2])
    slices.setMany(BigUint64Array.of(9n), BigInt64Array.of(most))
    expect([slices.get(3), slices.get(5), slices.get(9n), slices.get(4)]).toEqual([2n, -7n, most, undefined])
    for (const wrong of [0.5, 2 ** 53, Number.NaN, most + 1n, least - 1n]) {
      expect(() => slices.set(3, wrong)).toThrow(expect.objectContaining({ code: 'InvalidValue' }))
      expect(() => slices.compare('<', wrong)).toThrow(expect.objectContaining({ code: 'InvalidValue' }))
    }
    expect(() => slices.setMany([1, 2], [1])).toThrow(expect.objectContaining({ code: 'InvalidSize' }))
    expect([slices.count(), slices.get(3)]).toEqual([3, 2n])
  }))
})

afterAll(() => expect(bitmaps.bytesUsed()).toBe(0))
