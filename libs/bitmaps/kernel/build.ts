// Many ascending columns become containers, one after the other.
import { append, entryAt, keyAt, sizeOf } from './bitmap'
import { unite } from './combine'
import { ARRAY, DENSE, MOST_IN_ARRAY, RUN, drop, keep, left, move, numbers } from './container'
import * as dense from './dense'
import { failed } from './memory'

export const FLOATS: u32 = 0
export const LONGS: u32 = 1
export const INTS: u32 = 2

export const UNORDERED: i32 = -1
export const INVALID: i32 = -2
export const FULL: i32 = -3

export const LARGEST: f64 = 9007199254740991
const made = memory.data(16, 16)
const both = memory.data(16, 16)
const runBytes = memory.data(16, 16)

export function columnAt(from: usize, at: u32, form: u32): u64 {
  if (form === FLOATS) return <u64>load<f64>(from + (at << 3))
  return form === LONGS ? load<u64>(from + (at << 3)) : <u64>load<u32>(from + (at << 2))
}

/** Whether `n` floats at `from` are all columns. */
export function areColumns(from: usize, n: u32): bool {
  for (let at: u32 = 0; at < n; at++) {
    const value = load<f64>(from + (at << 3))
    if (!(value >= 0 && value <= LARGEST && trunc(value) === value)) return false
  }
  return true
}

/** How far columns of one container reach from `at`; their lower halves, each once, are then at `numbers`. */
export let gathered: u32 = 0
export function gather(from: usize, at: u32, n: u32, form: u32): u32 {
  const key = columnAt(from, at, form) >> 16
  let before: i32 = -1
  let found: u32 = 0
  let next = at
  for (; next < n; next++) {
    const column = columnAt(from, next, form)
    if (column >> 16 !== key) break
    const low = <i32>(column & 65535)
    if (low < before) break
    store<u16>(numbers + (found << 1), <u16>low)
    found += low === before ? 0 : 1
    if (low === before) continue
    before = low
  }
  gathered = found
  return next
}

/** Puts `n` ascending columns behind what the bitmap holds: 0, or why not. The bitmap may then hold some of them. */
export function appendColumns(bitmap: usize, from: usize, n: u32, form: u32): i32 {
  if (form === FLOATS && !areColumns(from, n)) return INVALID
  let at: u32 = 0
  while (at < n) {
    const key = columnAt(from, at, form) >> 16
    if (sizeOf(bitmap) && keyAt(bitmap, sizeOf(bitmap) - 1) > key) return UNORDERED
    at = gather(from, at, n, form)
    if (at < n && columnAt(from, at, form) < columnAt(from, at - 1, form)) return UNORDERED
    appendNumbers(bitmap, key, numbers, gathered)
    if (failed()) return FULL
  }
  return 0
}

/** Adds ascending lower halves under a key that is the bitmap's last, or comes behind it. */
export function appendNumbers(bitmap: usize, key: u64, from: usize, n: u32): void {
  if (!n) return
  contain(made, from, n)
  const size = sizeOf(bitmap)
  if (!size || keyAt(bitmap, size - 1) !== key) return append(bitmap, key, made)
  const last = entryAt(bitmap, size - 1)
  unite(last, made, both)
  drop(made)
  if (failed()) return
  drop(last)
  move(last, both)
}

function contain(out: usize, from: usize, n: u32): void {
  const first = load<u16>(from)
  const last = load<u16>(from + ((n - 1) << 1))
  if (n > 2 && <u32>last - <u32>first === n - 1) {
    store<u16>(runBytes, first)
    store<u16>(runBytes, last, 2)
    return keep(out, runBytes, n, RUN, 1)
  }
  if (n <= MOST_IN_ARRAY) return keep(out, from, n, ARRAY, 0)
  fill(left, from, n)
  keep(out, left, n, DENSE, 0)
}

/** A word is put together before it is stored: setting bit after bit in memory waits for the store before. */
function fill(words: usize, from: usize, n: u32): void {
  dense.clear(words)
  let at: u32 = 0
  let bits: u64 = 0
  for (let i: u32 = 0; i < n; i++) {
    const low = <u32>load<u16>(from + (i << 1))
    if (low >> 6 !== at) {
      store<u64>(words + (at << 3), bits)
      bits = 0
      at = low >> 6
    }
    bits |= <u64>1 << <u64>(low & 63)
  }
  store<u64>(words + (at << 3), bits)
}
