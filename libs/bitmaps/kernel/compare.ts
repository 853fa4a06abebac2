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

/** All bits or none, for each of what a magnitude can be to a constant. */
function mask(wish: u32, kind: u32): v128 {
  return wish & kind ? i64x2.splat(-1) : i64x2.splat(0)
}

function wanted(wish: u32, less: v128, equal: v128, greater: v128): v128 {
  return v128.or(v128.or(v128.and(mask(wish, LESS), less), v128.and(mask(wish, EQUAL), equal)), v128.and(mask(wish, GREATER), greater))
}

/** Those of a vector of `chosen` that are wanted, where it is known which are lower than the constant and which are equal to it. */
function settleVector(at: usize, sign: v128, ofPositive: u32, ofNegative: u32, less: v128, equal: v128): void {
  const greater = v128.andnot(v128.andnot(v128.load(at), less), equal)
  const positive = v128.andnot(wanted(ofPositive, less, equal, greater), sign)
  v128.store(at, v128.or(positive, v128.and(wanted(ofNegative, less, equal, greater), sign)))
}

/** Keeps of `chosen` the columns that one of the constants wants: four vectors at a time, so that none waits for another's bits. */
function keepWanted(at: u32, depth: u32): void {
  const constant = load<u64>(magnitudes + (at << 3))
  const isBeyond = depth < 64 && constant >> <u64>depth !== 0
  const ofPositive = load<u32>(wishes + (at << 3))
  const ofNegative = load<u32>(wishes + (at << 3), 4)
  const signs = plane(SIGN)
  const none = i64x2.splat(0)
  for (let offset: usize = 0; offset < 8192; offset += 64) {
    const here = chosen + offset
    let equal0 = v128.load(here)
    let equal1 = v128.load(here, 16)
    let equal2 = v128.load(here, 32)
    let equal3 = v128.load(here, 48)
    if (!v128.any_true(v128.or(v128.or(equal0, equal1), v128.or(equal2, equal3)))) continue
    let less0 = none
    let less1 = none
    let less2 = none
    let less3 = none
    if (isBeyond) {
      less0 = equal0
      less1 = equal1
      less2 = equal2
      less3 = equal3
      equal0 = equal1 = equal2 = equal3 = none
    } else for (let bit = <i32>depth - 1; bit >= 0; bit--) {
      const slice = plane(FIRST_BIT + bit) + offset
      const slice0 = v128.load(slice)
      const slice1 = v128.load(slice, 16)
      const slice2 = v128.load(slice, 32)
      const slice3 = v128.load(slice, 48)
      if ((constant >> <u64>bit) & 1) {
        less0 = v128.or(less0, v128.andnot(equal0, slice0))
        less1 = v128.or(less1, v128.andnot(equal1, slice1))
        less2 = v128.or(less2, v128.andnot(equal2, slice2))
        less3 = v128.or(less3, v128.andnot(equal3, slice3))
        equal0 = v128.and(equal0, slice0)
        equal1 = v128.and(equal1, slice1)
        equal2 = v128.and(equal2, slice2)
        equal3 = v128.and(equal3, slice3)
      } else {
        equal0 = v128.andnot(equal0, slice0)
        equal1 = v128.andnot(equal1, slice1)
        equal2 = v128.andnot(equal2, slice2)
        equal3 = v128.andnot(equal3, slice3)
      }
    }
    settleVector(here, v128.load(signs + offset), ofPositive, ofNegative, less0, equal0)
    settleVector(here + 16, v128.load(signs + offset, 16), ofPositive, ofNegative, less1, equal1)
    settleVector(here + 32, v128.load(signs + offset, 32), ofPositive, ofNegative, less2, equal2)
    settleVector(here + 48, v128.load(signs + offset, 48), ofPositive, ofNegative, less3, equal3)
  }
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
