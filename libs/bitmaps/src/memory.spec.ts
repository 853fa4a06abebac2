import { BitmapError, openBitmaps, type Bitmap, type Freeable } from './index.js'
import { startKernel } from './kernel.js'
import { bitmapOf, columnsIn, columnsOf, kinds, randoms, runs } from './testing/model.js'

const full = expect.objectContaining({ code: 'MemoryFull' })
const everyKind = () => columnsOf(kinds.map((kind, at) => ({ key: at, kind, seed: at + 3 })))
const cap = 8 * 1024 * 1024

/** Takes all memory that is left, in pieces down to the smallest. */
const fill = (bitmaps: ReturnType<typeof openBitmaps>): Freeable[] => {
  const taken: Freeable[] = []
  for (const containers of [64, 8, 1, 0]) {
    try {
      for (;;) {
        const bitmap = bitmaps.empty()
        taken.push(bitmap)
        if (containers > 0) bitmap.addMany(Float64Array.from({ length: containers * 5_000 }, (_, at) => at * 13))
      }
    } catch (error) {
      expect(error).toEqual(full)
    }
  }
  return taken
}

describe('memory', () => {
  it('is refused at the cap, whatever asks for it, and nothing that was there changes', () => {
    const bitmaps = openBitmaps({ maxBytes: cap })
    const columns = everyKind()
    const bitmap = bitmapOf(bitmaps, columns)
    const other = bitmapOf(bitmaps, [...columns].map((column) => column + 777))
    const image = bitmap.save()
    const values = bitmaps.slices()
    values.setMany([1, 2, 70_000], [5, -6, 7])
    const taken = fill(bitmaps)
    const used = bitmaps.bytesUsed()
    expect(bitmaps.bytesHeld()).toBeLessThanOrEqual(cap)
    const asks: readonly (() => unknown)[] = [
      () => bitmap.clone(), () => bitmap.and(other), () => bitmap.or(other), () => bitmap.andNot(other), () => bitmap.xor(other), () => bitmap.shift(70_001),
      () => bitmap.slice(3, 2 ** 30), () => bitmap.include(other), () => bitmap.exclude(other), () => bitmap.addMany([2 ** 40, 2 ** 41]), () => bitmap.add(2 ** 42),
      () => bitmap.removeMany(Float64Array.from(columns)), () => bitmaps.union([bitmap, other]), () => bitmaps.intersection([bitmap, other]), () => bitmaps.empty(),
      () => bitmaps.load(image), () => bitmaps.range(0, 2 ** 30), () => bitmaps.slices(), () => values.setMany([9, 70_001], [2 ** 50, 1]), () => values.clearMany([1, 2]),
      () => values.compare('>', 0), () => values.distinct(), () => values.sorted(2, 'largest'), () => bitmaps.groups({ rows: [bitmap, other], others: [other], values }),
    ]
    for (const ask of asks) {
      expect(ask).toThrow(full)
      expect(bitmaps.bytesUsed()).toBe(used)
    }
    expect([bitmap.count(), bitmap.andCount(other), other.count(), values.sum(), values.compareCount('<', 0), values.get(70_000)])
      .toEqual([columns.size, [...columns].filter((column) => columns.has(column - 777)).length, columns.size, { sum: 6n, count: 3 }, 1, 7n])
    expect(Buffer.compare(bitmap.save(), image)).toBe(0)
    for (const one of taken) one.free()
    expect(bitmap.or(other).count()).toBe(bitmap.orCount(other))
    bitmap.addMany([2 ** 40])
    expect(bitmap.count()).toBe(columns.size + 1)
  })

  it('is all there again for something large, once what was small is freed', () => {
    const bitmaps = openBitmaps({ maxBytes: cap })
    const random = randoms(71)
    for (let round = 0; round < 3; round += 1) {
      const taken = fill(bitmaps)
      while (taken.length > 0) taken.splice(random(taken.length), 1)[0]?.free()
      expect(bitmaps.bytesUsed()).toBe(0)
      const large = bitmaps.of(Float64Array.from({ length: 300 * 4_500 }, (_, at) => at * 14))
      expect(large.bytesUsed()).toBeGreaterThan(2_000_000)
      large.free()
    }
  })

  it('neither leaks nor breaks up over a long life of blocks of all sizes', () => {
    const kernel = startKernel()
    kernel.open(256)
    const random = randoms(72)
    const blocks: { at: number, size: number, mark: number }[] = []
    const bytes = () => new Uint8Array(kernel.memory.buffer)
    let held = 0
    for (let step = 0; step < runs(20_000); step += 1) {
      if (held < 6_000_000 && random(100) < 55) {
        const size = 1 + random([30, 300, 9_000, 200_000][random(4)] ?? 1)
        const at = kernel.allocate(size) >>> 0
        // A third of the memory is in use at most: what is asked for must always be found.
        expect(at).toBeGreaterThan(0)
        expect(at % 16).toBe(0)
        const mark = random(256)
        bytes().fill(mark, at, at + size)
        blocks.push({ at, size, mark })
        held += size
      } else if (blocks.length > 0) {
        const [block] = blocks.splice(random(blocks.length), 1)
        if (!block) continue
        const seen = bytes()
        expect([seen[block.at], seen[block.at + (block.size >> 1)], seen[block.at + block.size - 1]]).toEqual([block.mark, block.mark, block.mark])
        kernel.free(block.at)
        held -= block.size
      }
    }
    for (const { at } of blocks) kernel.free(at)
    expect(kernel.usedBytes()).toBe(0)
    expect(kernel.allocate(8_000_000)).not.toBe(0)
    expect(kernel.takeFull()).toBe(0)
  })

  it('takes no more than it was given, and at least what the kernel itself needs', () => {
    expect(() => openBitmaps({ maxBytes: 100_000 })).toThrow(BitmapError)
    const bitmaps = openBitmaps({ maxBytes: 4 * 1024 * 1024 })
    expect(bitmaps.of([1, 2, 3]).count()).toBe(3)
    expect(bitmaps.bytesHeld()).toBeLessThanOrEqual(4 * 1024 * 1024)
  })
})

describe('a handle', () => {
  const bitmaps = openBitmaps({ maxBytes: 64e6 })
  const freed = expect.objectContaining({ code: 'HandleFreed' })

  it('says so when it is used after it was freed, on either side', () => {
    const [gone, there, values] = [bitmaps.of([1]), bitmaps.of([2]), bitmaps.slices()]
    gone.free()
    gone.free()
    values.free()
    for (const ask of [() => gone.count(), () => gone.add(3), () => gone.addMany([3]), () => there.and(gone), () => bitmaps.union([there, gone]), () => values.sum(), () => values.set(1, 1)]) expect(ask).toThrow(freed)
    there.free()
    expect(bitmaps.bytesUsed()).toBe(0)
  })

  it('of one memory is refused by another', () => {
    const other = openBitmaps({ maxBytes: 64e6 })
    const [mine, yours] = [bitmaps.of([1]), other.of([1])]
    expect(() => mine.and(yours)).toThrow(expect.objectContaining({ code: 'ForeignHandle' }))
    mine.free()
  })

  it('outlives every scope that is open when it is made apart, also when the work fails', () => {
    const [row, inner] = bitmaps.scope(() => bitmaps.scope(() => {
      const made = bitmaps.apart(() => bitmaps.of([1]))
      expect(() => bitmaps.apart(() => { throw new Error('no') })).toThrow('no')
      return [made, bitmaps.of([2])] as const
    }))
    expect(row.count()).toBe(1)
    expect(() => inner.count()).toThrow('freed')
    row.free()
    expect(bitmaps.bytesUsed()).toBe(0)
  })

  it('is freed by its scope, unless it is answered or kept, also when the work fails', () => {
    const kept: Bitmap[] = []
    const answer = bitmaps.scope((keep) => {
      const a = bitmaps.of([1, 2, 3])
      kept.push(keep(a.and(bitmaps.of([2, 3]))))
      expect(bitmaps.scope(() => a.or(bitmaps.of([9]))).count()).toBe(4)
      return a.or(bitmaps.of([9]))
    })
    expect([columnsIn(answer), kept.map(columnsIn)]).toEqual([[1, 2, 3, 9], [[2, 3]]])
    for (const one of [answer, ...kept]) one.free()
    expect(() => bitmaps.scope(() => {
      bitmaps.of([1])
      throw new Error('no')
    })).toThrow('no')
    {
      using held = bitmaps.of([5])
      expect(held.count()).toBe(1)
    }
    expect(bitmaps.bytesUsed()).toBe(0)
  })

  it('is gone with all others when its memory is renewed, which has room for as much as before and is no larger', () => {
    let mine = openBitmaps({ maxBytes: 8e6 })
    const fill = (): number => {
      for (let made = 0; ; made += 1) {
        try {
          mine.of(Array.from({ length: 4_000 }, (_, at) => at * 70_000))
        } catch (error) {
          expect(error).toMatchObject({ code: 'MemoryFull' })
          return made
        }
      }
    }
    const row = mine.of([1])
    const first = fill()
    const held = mine.bytesHeld()
    const old = mine
    mine = mine.renewed()
    expect(mine.bytesUsed()).toBe(0)
    const kept = mine.of([1, 2, 3])
    for (const work of [() => old.of([1]), () => row.count(), () => old.union([row])]) expect(work).toThrow(expect.objectContaining({ code: 'HandleFreed' }) as Error)
    row.free()
    expect(kept.count()).toBe(3)
    kept.free()
    expect(fill()).toBeGreaterThanOrEqual(first)
    expect(mine.bytesHeld()).toBe(held)
  })
})
