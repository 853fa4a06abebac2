// Sums, extremes, the first ones by value, and the values of columns.
import { count as countOf, create, destroy, entryAt, find, keyAt, sizeOf } from './bitmap'
import { DENSE, cardOf, nothing, numbers, put } from './container'
import * as dense from './dense'
import { countCommon } from './intersect'
import { failed } from './memory'
import { placeOf, select, slice } from './order'
import { and, andNot, clone, or } from './rows'
import { EXISTS, FIRST_BIT, SIGN, candidates, depthOf, gatherPlanes, isEmptyPlane, memberOf, plane } from './slices'

const passing = memory.data(8192, 16)
const narrowed = memory.data(8192, 16)
const words = memory.data(16, 16)
const cut = memory.data(16, 16)

function entryOfWords(entry: usize, at: usize): void {
  put(entry, at, dense.count(at), DENSE, 0)
}

/**
 * Writes to `out`, as floats, how many values there are, and for each bit how many positive ones have it less how many negative ones.
 */
export function sum(slices: usize, filter: usize, out: usize): void {
  memory.fill(out, 0, (1 + depthOf(slices)) << 3)
  const exists = memberOf(slices, EXISTS)
  for (let at: u32 = 0; at < sizeOf(exists); at++) {
    if (filter) sumFiltered(slices, at, filter, out)
    else sumAll(slices, at, out)
  }
}

function increase(out: usize, by: i64): void {
  store<f64>(out, load<f64>(out) + <f64>by)
}

function sumAll(slices: usize, at: u32, out: usize): void {
  const key = keyAt(memberOf(slices, EXISTS), at)
  const negative = entryIn(memberOf(slices, SIGN), key)
  increase(out, cardOf(entryAt(memberOf(slices, EXISTS), at)))
  for (let bit: u32 = 0; bit < depthOf(slices); bit++) {
    const entry = entryIn(memberOf(slices, FIRST_BIT + bit), key)
    if (entry) increase(out + ((bit + 1) << 3), <i64>cardOf(entry) - (negative ? 2 * <i64>countCommon(entry, negative) : 0))
  }
}

function entryIn(bitmap: usize, key: u64): usize {
  const at = find(bitmap, key)
  return at < 0 ? 0 : entryAt(bitmap, at)
}

function sumFiltered(slices: usize, at: u32, filter: usize, out: usize): void {
  if (!candidates(slices, at, filter, passing)) return
  const key = keyAt(memberOf(slices, EXISTS), at)
  entryOfWords(words, passing)
  if (!cardOf(words)) return
  increase(out, cardOf(words))
  const negative = entryIn(memberOf(slices, SIGN), key)
  if (negative) {
    gatherPlanes(slices, key)
    dense.and(narrowed, passing, plane(SIGN))
    entryOfWords(cut, narrowed)
  } else nothing(cut)
  for (let bit: u32 = 0; bit < depthOf(slices); bit++) {
    const entry = entryIn(memberOf(slices, FIRST_BIT + bit), key)
    if (entry) increase(out + ((bit + 1) << 3), <i64>countCommon(entry, words) - (cardOf(cut) ? 2 * <i64>countCommon(entry, cut) : 0))
  }
}

/** Writes the smallest (or largest) value and how many columns have it to `out`; false when there is none. */
export function extreme(slices: usize, filter: usize, largest: bool, out: usize): bool {
  const exists = memberOf(slices, EXISTS)
  let found: u64 = 0
  let best: i64 = 0
  for (let at: u32 = 0; at < sizeOf(exists); at++) {
    if (!candidates(slices, at, filter, passing) || !dense.count(passing)) continue
    gatherPlanes(slices, keyAt(exists, at))
    const value = extremeHere(depthOf(slices), largest)
    const here = dense.count(passing)
    if (!found || (largest ? value > best : value < best)) {
      best = value
      found = here
    } else if (value === best) found += here
  }
  store<i64>(out, best)
  store<f64>(out, <f64>found, 8)
  return found !== 0
}

/** Leaves in `passing` the columns with the extreme value, which it answers. */
function extremeHere(depth: u32, largest: bool): i64 {
  dense.and(narrowed, passing, plane(SIGN))
  const negatives = dense.count(narrowed)
  const isNegative = largest ? negatives === dense.count(passing) : negatives > 0
  if (isNegative) dense.copy(passing, narrowed)
  else dense.andNot(passing, passing, plane(SIGN))
  const wantsBits = largest !== isNegative
  let magnitude: u64 = 0
  for (let bit = <i32>depth - 1; bit >= 0; bit--) {
    if (wantsBits) dense.and(narrowed, passing, plane(FIRST_BIT + bit))
    else dense.andNot(narrowed, passing, plane(FIRST_BIT + bit))
    const isThere = dense.count(narrowed) !== 0
    if (isThere) dense.copy(passing, narrowed)
    if (isThere === wantsBits) magnitude |= <u64>1 << <u64>bit
  }
  return isNegative ? -<i64>magnitude : <i64>magnitude
}

/** The `k` columns with the smallest (or largest) values; of those with equal values, the lowest columns. */
export function first(slices: usize, filter: usize, k: u64, largest: bool): usize {
  const all = filter ? and(memberOf(slices, EXISTS), filter) : clone(memberOf(slices, EXISTS))
  if (!all || countOf(all) <= k) return all
  const negative = and(all, memberOf(slices, SIGN))
  const positive = negative ? andNot(all, memberOf(slices, SIGN)) : 0
  destroy(all)
  if (!positive) {
    destroy(negative)
    return 0
  }
  const leading = largest ? positive : negative
  const following = largest ? negative : positive
  const ahead = countOf(leading)
  if (ahead >= k) {
    destroy(following)
    return narrow(slices, leading, 0, k, true)
  }
  return narrow(slices, following, leading, k - ahead, false)
}

// `taken` are surely among the k, `open` may be; each bit, from the highest, moves columns from one to the other or out of both.
function narrow(slices: usize, open: usize, taken: usize, k: u64, wantsBits: bool): usize {
  let left = k
  for (let bit = <i32>depthOf(slices) - 1; bit >= 0 && open && !failed(); bit--) {
    const slice = memberOf(slices, FIRST_BIT + bit)
    const better = wantsBits ? and(open, slice) : andNot(open, slice)
    if (!better) break
    const here = countOf(better)
    const rest = here < left ? (wantsBits ? andNot(open, slice) : and(open, slice)) : 0
    destroy(open)
    if (here >= left) {
      open = better
      continue
    }
    taken = joined(taken, better)
    left -= here
    open = rest
  }
  if (open && !failed()) open = lowest(open, left)
  if (open && !failed()) return joined(taken, open)
  destroy(open)
  destroy(taken)
  return 0
}

/** The union of two (the first may be none), which are both freed. */
function joined(a: usize, b: usize): usize {
  if (!a) return b
  const both = b ? or(a, b) : 0
  destroy(a)
  destroy(b)
  return both
}

/** The lowest `n` members of a bitmap, which is freed. */
function lowest(bitmap: usize, n: u64): usize {
  const out = n && select(bitmap, n - 1, cut) ? slice(bitmap, 0, load<u64>(cut)) : create()
  destroy(bitmap)
  return out
}

/**
 * Writes up to `most` columns at or after `from` that have a value and pass the filter to `columns`, their values to `values`, and says
 * how many they are.
 */
export function decode(slices: usize, filter: usize, from: u64, most: u32, columns: usize, values: usize, asFloats: bool): u32 {
  const exists = memberOf(slices, EXISTS)
  let written: u32 = 0
  for (let at = placeOf(exists, from >> 16); at < sizeOf(exists) && written < most; at++) {
    const key = keyAt(exists, at)
    if (!candidates(slices, at, filter, passing)) continue
    if (key === from >> 16 && from & 65535) dense.clearRange(passing, 0, <u32>(from & 65535) - 1)
    const n = min(dense.extract(passing, numbers), most - written)
    if (!n) continue
    gatherPlanes(slices, key)
    decodeListed(depthOf(slices), n, values + (written << 3))
    for (let i: u32 = 0; i < n; i++) {
      const column = (key << 16) + load<u16>(numbers + (i << 1))
      if (asFloats) store<f64>(columns + ((written + i) << 3), <f64>column)
      else store<u64>(columns + ((written + i) << 3), column)
    }
    written += n
  }
  return written
}

/** Writes the values of the columns listed in `numbers` to `out`. */
export function decodeListed(depth: u32, n: u32, out: usize): void {
  memory.fill(out, 0, n << 3)
  for (let bit: u32 = 0; bit < depth; bit++) {
    if (isEmptyPlane(FIRST_BIT + bit)) continue
    const slice = plane(FIRST_BIT + bit)
    for (let i: u32 = 0; i < n; i++) {
      const at = out + (i << 3)
      store<u64>(at, load<u64>(at) | (<u64>dense.has(slice, load<u16>(numbers + (i << 1))) << <u64>bit))
    }
  }
  if (isEmptyPlane(SIGN)) return
  for (let i: u32 = 0; i < n; i++) {
    const at = out + (i << 3)
    if (dense.has(plane(SIGN), load<u16>(numbers + (i << 1)))) store<i64>(at, -load<i64>(at))
  }
}
