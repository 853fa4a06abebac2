import fc from 'fast-check'
import { sumOf } from './frozen.js'
import { openBitmaps } from './index.js'
import { Room } from './room.js'
import { aRow } from './testing/arbitraries.js'
import { bitmapOf, columnsOf, randoms, runs, type Kind } from './testing/model.js'

const room = new Room(8e6)
const bitmaps = openBitmaps({ maxBytes: 256e6 })
const invalid = expect.objectContaining({ code: 'InvalidBytes' })
const everyKind: readonly Kind[] = ['list', 'dense', 'runs', 'few', 'whole', 'most']
const mixed = () => columnsOf(everyKind.map((kind, at) => ({ key: at * at, kind, seed: at + 1 })))

/** The image with the sum that its bytes have now. */
const withSum = (image: Uint8Array): Uint8Array => {
  new DataView(image.buffer).setBigUint64(16, sumOf(room, image), true)
  return image
}

interface Told { readonly key: bigint, readonly kind: number, readonly card: number, readonly runs: number, readonly numbers: readonly number[] }
const list = (key: bigint, numbers: readonly number[]): Told => ({ key, kind: 1, card: numbers.length, runs: 0, numbers })
const spans = (key: bigint, card: number, numbers: readonly number[]): Told => ({ key, kind: 3, card, runs: numbers.length / 2, numbers })
const upTo = (count: number, step = 1) => Array.from({ length: count }, (_, at) => at * step)

/** An image that says what it is told, true or not, under a sum that is right. */
const forged = (containers: readonly Told[]): Uint8Array => {
  const align = (bytes: number) => bytes + 15 & ~15
  const entries = 32 + align(containers.length * 8)
  const starts = containers.reduce((all, { numbers }) => [...all, (all.at(-1) ?? 0) + align(numbers.length * 2)], [entries + containers.length * 16])
  const image = new Uint8Array(starts.at(-1) ?? 0)
  const view = new DataView(image.buffer);
  [0x4d424e54, 1, containers.length, image.length].forEach((word, at) => view.setUint32(at * 4, word, true))
  containers.forEach(({ key, kind, card, runs: count, numbers }, at) => {
    const start = starts[at] ?? 0
    view.setBigUint64(32 + at * 8, key, true);
    [start, card, kind, count].forEach((word, place) => view.setUint32(entries + at * 16 + place * 4, word, true))
    numbers.forEach((low, place) => view.setUint16(start + place * 2, low, true))
  })
  return withSum(image)
}

describe('an image with the right sum', () => {
  it('is a bitmap when what it says is true', () => bitmaps.scope(() => {
    expect(bitmaps.load(forged([list(2n, [1, 5, 65_535]), spans(9n, 13, [10, 20, 40, 41])])).equals(bitmaps.of(
      [131_073, 131_077, 196_607, ...upTo(11).map((at) => 589_834 + at), 589_864, 589_865]))).toBe(true)
    expect(bitmaps.load(forged([])).count()).toBe(0)
  }))

  it.each([
    ['keys out of order', [list(3n, [1]), list(2n, [1])]],
    ['a key twice', [list(3n, [1]), list(3n, [2])]],
    ['a key past the last', [list(2n ** 48n, [1])]],
    ['members out of order', [list(1n, [1, 3, 2, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13])]],
    ['a member twice, far in', [list(1n, [...upTo(20), 19, 20])]],
    ['a list that is too long', [list(1n, upTo(5_000))]],
    ['a list without members', [list(1n, [])]],
    ['runs out of order', [spans(1n, 13, [40, 41, 10, 20])]],
    ['runs that meet', [spans(1n, 13, [10, 20, 21, 22])]],
    ['a run that ends before it begins', [spans(1n, 1, [10, 9])]],
    ['more runs than there may be', [spans(1n, 2_048, upTo(2_048, 3).flatMap((at) => [at, at]))]],
    ['fewer members than it has', [{ ...list(1n, [1, 2, 3]), kind: 2 }, list(2n, upTo(4_096))]],
    ['an unknown kind', [{ ...list(1n, [1, 2, 3]), kind: 4 }]],
    ['a kind with a mark that is ours', [{ ...list(1n, [1, 2, 3]), kind: 257 }]],
    ['a list with runs', [{ ...list(1n, [1, 2, 3]), runs: 1 }]],
    ['more bytes than there are', [{ ...list(1n, [1, 2, 3]), card: 4_000 }]],
  ] as const)('is refused with %s', (_, containers) => {
    const before = bitmaps.bytesUsed()
    expect(() => bitmaps.load(forged(containers))).toThrow(invalid)
    expect(bitmaps.bytesUsed()).toBe(before)
  })
})

describe('a saved bitmap', () => {
  it('comes back with the same columns, and can be used like every other', () => {
    fc.assert(fc.property(aRow, aRow, fc.array(fc.nat(300_000), { maxLength: 40 }), (row, other, columns) => bitmaps.scope(() => {
      const bitmap = bitmapOf(bitmaps, row.columns, row.isOptimised)
      const loaded = bitmaps.load(bitmap.save())
      expect(loaded.equals(bitmap)).toBe(true)
      expect(Buffer.compare(loaded.save(), bitmap.save())).toBe(0)
      const plain = new Set(row.columns)
      for (const column of columns) {
        if (column % 2 === 0) expect(loaded.add(column)).toBe(plain.size !== plain.add(column).size)
        else expect(loaded.remove(column)).toBe(plain.delete(column))
      }
      expect(loaded.equals(bitmapOf(bitmaps, plain))).toBe(true)
      loaded.include(bitmapOf(bitmaps, other.columns, other.isOptimised))
      expect(loaded.equals(bitmapOf(bitmaps, plain).or(bitmapOf(bitmaps, other.columns)))).toBe(true)
      loaded.optimise()
      loaded.exclude(bitmapOf(bitmaps, plain))
      expect(loaded.equals(bitmapOf(bitmaps, other.columns).andNot(bitmapOf(bitmaps, plain)))).toBe(true)
    })), { numRuns: runs(20), seed: 61 })
  })

  it('gives its image back once nothing lies in it any more', () => bitmaps.scope(() => {
    const loaded = bitmaps.load(bitmapOf(bitmaps, mixed()).save())
    const before = bitmaps.bytesUsed()
    for (const page of loaded.clone().pages()) loaded.removeMany(page)
    expect(loaded.count()).toBe(0)
    expect(loaded.bytesUsed()).toBeLessThan(1_000)
    expect(bitmaps.bytesUsed()).toBeLessThan(before + 100_000)
  }))

  it('is more than one window of bytes', () => bitmaps.scope(() => {
    const bitmap = bitmaps.of(Float64Array.from({ length: 700_000 }, (_, at) => at * 11))
    const image = bitmap.save()
    expect(image.length).toBeGreaterThan(600_000)
    expect(bitmaps.load(image).equals(bitmap)).toBe(true)
    const sparse = bitmaps.of(Float64Array.from({ length: 70_000 }, (_, at) => at * 65_537))
    expect(bitmaps.load(sparse.save()).equals(sparse)).toBe(true)
  }))

  it('is refused with one bit changed, wherever that is', () => {
    const bitmap = bitmapOf(bitmaps, mixed())
    const image = bitmap.save()
    const before = bitmaps.bytesUsed()
    const random = randoms(62)
    const wanted = runs(400)
    for (let times = 0; times < wanted; times += 1) {
      const wrong = image.slice()
      const at = times < 160 ? times : random(image.length)
      wrong[at] = (wrong[at] ?? 0) ^ 1 << random(8)
      expect(() => bitmaps.load(wrong)).toThrow(invalid)
    }
    for (let times = 0; times < 100; times += 1) expect(() => bitmaps.load(image.subarray(0, random(image.length)))).toThrow(invalid)
    expect(() => bitmaps.load(Uint8Array.from([...image, 0]))).toThrow(invalid)
    expect(() => bitmaps.load(Buffer.concat([image, Buffer.alloc(16)]))).toThrow(invalid)
    expect(() => bitmaps.load(new Uint8Array(0))).toThrow(invalid)
    expect(bitmaps.bytesUsed()).toBe(before)
    bitmap.free()
  })

  it('is refused, or sound, when its sum is right and what it says is not', () => {
    const bitmap = bitmapOf(bitmaps, mixed())
    const image = bitmap.save()
    const reference = bitmaps.load(image)
    const random = randoms(63)
    const wanted = runs(300)
    let refused = 0
    for (let times = 0; times < wanted; times += 1) {
      const wrong = image.slice()
      for (let faults = 1 + random(3); faults > 0; faults -= 1) {
        const at = random(3) > 0 ? random(300) : random(image.length)
        wrong[at] = random(256)
      }
      try {
        bitmaps.scope(() => {
          const loaded = bitmaps.load(withSum(wrong))
          const columns = [...loaded.exactPages(65_536)].reduce((sum, page) => sum + page.length, 0)
          expect(columns).toBe(loaded.count())
          expect(loaded.and(reference).count()).toBe(loaded.andCount(reference))
          loaded.optimise()
          expect(loaded.count()).toBe(columns)
        })
      } catch (error) {
        expect(error).toEqual(invalid)
        refused += 1
      }
    }
    expect(refused).toBeGreaterThan(wanted / 4)
    expect(bitmap.equals(reference)).toBe(true)
    bitmap.free()
    reference.free()
  })
})

describe('saved values', () => {
  it('come back whole, and are refused when they are not', () => bitmaps.scope(() => {
    const random = randoms(64)
    const slices = bitmaps.slices()
    const columns = Float64Array.from({ length: 50_000 }, (_, at) => at * 3)
    slices.setMany(columns, Float64Array.from(columns, () => random(2_000) - 500))
    const image = slices.save()
    const loaded = bitmaps.loadSlices(image)
    expect([loaded.sum(), loaded.min(), loaded.count()]).toEqual([slices.sum(), slices.min(), 50_000])
    loaded.setMany([0, 1], [7, 9])
    expect([loaded.get(0), loaded.get(1), loaded.get(3)]).toEqual([7n, 9n, slices.get(3)])
    const before = bitmaps.bytesUsed()
    for (let times = 0; times < 150; times += 1) {
      const wrong = image.slice()
      const at = times < 112 ? times : random(image.length)
      wrong[at] = (wrong[at] ?? 0) ^ 1 << random(8)
      expect(() => bitmaps.loadSlices(wrong)).toThrow(invalid)
      expect(() => bitmaps.loadSlices(image.subarray(0, random(image.length)))).toThrow(invalid)
    }
    expect(bitmaps.bytesUsed()).toBe(before)
  }))
})

afterAll(() => expect(bitmaps.bytesUsed()).toBe(0))
