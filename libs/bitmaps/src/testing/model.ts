import { type Bitmap, type Bitmaps } from '../index.js'
import { isLong } from './config.js'

/** Many of each in a long run, a sample otherwise. */
export const runs = (sampled: number): number => isLong ? sampled * 20 : sampled

/** A sequence of numbers below `limit` that goes by the seed alone. */
export const randoms = (seed: number): (limit: number) => number => {
  let state = (seed ^ 0x9e3779b9) >>> 0 || 1
  return (limit) => {
    state ^= state << 13
    state >>>= 0
    state ^= state >>> 17
    state ^= state << 5
    state >>>= 0
    return state % limit
  }
}

export const kinds = ['none', 'one', 'few', 'list', 'brim', 'dense', 'runs', 'run', 'most', 'whole'] as const
export type Kind = typeof kinds[number]
const size = 65_536

const chosen = (count: number, random: (limit: number) => number): Set<number> => {
  const set = new Set<number>()
  while (set.size < count) set.add(random(size))
  return set
}

const spans = (count: number, length: number, random: (limit: number) => number): Set<number> => {
  const set = new Set<number>()
  for (let span = 0; span < count; span += 1) {
    const from = random(size)
    for (let at = from; at < Math.min(size, from + 1 + random(length)); at += 1) set.add(at)
  }
  return set
}

/** The members of one container of 65,536 columns, so many and so placed that each way to store them occurs. */
export const members = (kind: Kind, seed: number): Set<number> => {
  const random = randoms(seed)
  switch (kind) {
    case 'none': return new Set()
    case 'one': return new Set([[0, 65_535, random(size)][random(3)] ?? 0])
    case 'few': return chosen(1 + random(20), random)
    case 'list': return chosen(500 + random(2_000), random)
    case 'brim': return chosen(4_090 + random(12), random)
    case 'dense': return chosen(5_000 + random(3_000), random)
    case 'runs': return spans(1 + random(40), 300, random)
    case 'run': return spans(1, 20_000, random)
    case 'most': return spans(20, 9_000, random)
    case 'whole': return new Set(Array.from({ length: size }, (_, at) => at))
  }
}

/** A plain set of columns, made of containers at some keys. */
export const columnsOf = (pieces: readonly { readonly key: number, readonly kind: Kind, readonly seed: number }[]): Set<number> => {
  const all = new Set<number>()
  for (const { key, kind, seed } of pieces) for (const low of members(kind, seed)) all.add(key * size + low)
  return all
}

export const ascending = (columns: Iterable<number>): Float64Array => Float64Array.from(columns).sort()

/** The bitmap of a plain set; where it is asked for, in the forms that take the least room. */
export const bitmapOf = (bitmaps: Bitmaps, columns: Iterable<number>, isOptimised = false): Bitmap => {
  const bitmap = bitmaps.of(ascending(columns))
  if (isOptimised) bitmap.optimise()
  return bitmap
}

/** All columns of a bitmap, read page by page. */
export const columnsIn = (bitmap: Bitmap): number[] => [...bitmap.pages(10_000)].flatMap((page) => [...page])
