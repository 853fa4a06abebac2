// Comparing every value with constants, a vector of columns at a time: bit by bit from the highest, which are still equal and which are lower.
import { append, create, keyAt, sizeOf, whole } from './bitmap'
import { settle } from './container'
import * as dense from './dense'
import { failed } from './memory'
import { EXISTS, FIRST_BIT, SIGN, candidates, depthOf, gatherPlanes, magnitudeOf, memberOf, plane } from './slices'

export const LESS: u32 = 1
export const EQUAL: u32 = 2
export const GREATER: u32 = 4

const chosen = memory.data(8192, 16)
const made = memory.data(16, 16)
/** For each constant: its magnitude, and what is wanted of positive and of negative values by their magnitude. */
const magnitudes = memory.data(16, 16)
const wishes = memory.data(16, 16)

export function wish(at: u32, value: i64, wanted: u32): void {
  const isNegative = value < 0
  store<u64>(magnitudes + (at << 3), magnitudeOf(value))
  const ofPositive = isNegative ? (wanted & GREATER ? LESS | EQUAL | GREATER : 0) : wanted
  const mirrored = ((wanted & LESS) << 2) | (wanted & EQUAL) | ((wanted & GREATER) >> 2)
  const ofNegative = isNegative ? mirrored : wanted & LESS ? LESS | EQUAL | GREATER : 0
  store<u32>(wishes + (at << 3), ofPositive)
  store<u32>(wishes + (at << 3), ofNegative, 4)
}

/** Keeps of `chosen` the columns that one of the constants wants. */
function keepWanted(at: u32, depth: u32): void {
  const constant = load<u64>(magnitudes + (at << 3))
  const isBeyond = depth < 64 && constant >> <u64>depth !== 0
  const ofPositive = load<u32>(wishes + (at << 3))
  const ofNegative = load<u32>(wishes + (at << 3), 4)
  const signs = plane(SIGN)
  for (let offset: usize = 0; offset < 8192; offset += 16) {
    const candidate = v128.load(chosen + offset)
    if (!v128.any_true(candidate)) continue
    let equal = candidate
    let less = i64x2.splat(0)
    if (isBeyond) {
      less = candidate
      equal = i64x2.splat(0)
    } else for (let bit = <i32>depth - 1; bit >= 0; bit--) {
      const slice = v128.load(plane(FIRST_BIT + bit) + offset)
      if ((constant >> <u64>bit) & 1) {
        less = v128.or(less, v128.andnot(equal, slice))
        equal = v128.and(equal, slice)
      } else equal = v128.andnot(equal, slice)
    }
    const sign = v128.load(signs + offset)
    const greater = v128.andnot(v128.andnot(candidate, less), equal)
    const positive = v128.andnot(wanted(ofPositive, less, equal, greater), sign)
    const negative = v128.and(wanted(ofNegative, less, equal, greater), sign)
    v128.store(chosen + offset, v128.or(positive, negative))
  }
}

function wanted(wish: u32, less: v128, equal: v128, greater: v128): v128 {
  let result = wish & LESS ? less : i64x2.splat(0)
  if (wish & EQUAL) result = v128.or(result, equal)
  return wish & GREATER ? v128.or(result, greater) : result
}

function chooseAt(slices: usize, at: u32, filter: usize, constants: u32): bool {
  if (!candidates(slices, at, filter, chosen)) return false
  gatherPlanes(slices, keyAt(memberOf(slices, EXISTS), at))
  for (let constant: u32 = 0; constant < constants; constant++) keepWanted(constant, depthOf(slices))
  return true
}

/** The columns whose value stands to the constants as wanted: to the one, or to both. */
export function compare(slices: usize, filter: usize, constants: u32): usize {
  const exists = memberOf(slices, EXISTS)
  const out = create()
  for (let at: u32 = 0; out && !failed() && at < sizeOf(exists); at++) {
    if (!chooseAt(slices, at, filter, constants)) continue
    settle(made, chosen, dense.count(chosen), false)
    append(out, keyAt(exists, at), made)
  }
  return whole(out, failed())
}

export function countCompared(slices: usize, filter: usize, constants: u32): u64 {
  const exists = memberOf(slices, EXISTS)
  let total: u64 = 0
  for (let at: u32 = 0; at < sizeOf(exists); at++) if (chooseAt(slices, at, filter, constants)) total += dense.count(chosen)
  return total
}
