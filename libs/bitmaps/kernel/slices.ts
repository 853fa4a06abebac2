// Integers as bit slices: which columns have one, which of them are negative, and a bitmap for each bit of the magnitude. Zero is never
// negative, and no slice has a column that has no value. A block of 66 bitmaps stands behind the number of bits in use.
import { create, destroy, entryAt, find, keyAt, sizeOf } from './bitmap'
import { FLOATS, FULL, INVALID, LARGEST, UNORDERED, appendNumbers, areColumns, columnAt, gather, gathered } from './build'
import { has } from './change'
import { DENSE, addTo, cardOf, dataOf, kindOf, numbers } from './container'
import { allocate, failed, free } from './memory'
import { apply, patchOf } from './patch'
import * as dense from './dense'

export const BITS: u32 = 64
const MEMBERS: u32 = 66
const BLOCK: u32 = 16 + MEMBERS * 4
export const EXISTS: u32 = 0
export const SIGN: u32 = 1
export const FIRST_BIT: u32 = 2

const picked = memory.data(131072, 16)
const lows = memory.data(131072, 16)
const patches = memory.data(66 * 4, 16)
const filterRoom = memory.data(8192, 16)
const none = memory.data(8192, 16)
/** The words of every slice at the key that was looked at last. */
const planes = memory.data(66 * 4, 16)
const rooms = memory.data(66 * 8192, 16)

export function depthOf(slices: usize): u32 {
  return load<u32>(slices)
}

/** The existence (0), the sign (1) or a bit (from 2 on). */
export function memberOf(slices: usize, at: u32): usize {
  return load<u32>(slices + 16 + (at << 2))
}

export function membersOf(slices: usize): u32 {
  return FIRST_BIT + depthOf(slices)
}

export function createSlices(): usize {
  const slices = allocate(BLOCK)
  if (!slices) return 0
  memory.fill(slices, 0, BLOCK)
  if (deepen(slices, 0)) return slices
  destroySlices(slices)
  return 0
}

export function destroySlices(slices: usize): void {
  for (let at: u32 = 0; at < MEMBERS; at++) destroy(memberOf(slices, at))
  free(slices)
}

/** Makes sure of `depth` bits; those that are made are empty. */
export function deepen(slices: usize, depth: u32): bool {
  for (let at: u32 = 0; at < FIRST_BIT + depth; at++) {
    if (memberOf(slices, at)) continue
    const bitmap = create()
    if (!bitmap) return false
    store<u32>(slices + 16 + (at << 2), <u32>bitmap)
  }
  if (depth > depthOf(slices)) store<u32>(slices, depth)
  return true
}

export function magnitudeOf(value: i64): u64 {
  return <u64>(value < 0 ? -value : value)
}

/** Makes integers of floats, in place; false when one is none that a float holds exactly. */
export function toIntegers(values: usize, n: u32): bool {
  for (let at: u32 = 0; at < n; at++) {
    const value = load<f64>(values + (at << 3))
    if (!(abs(value) <= LARGEST && trunc(value) === value)) return false
    store<i64>(values + (at << 3), <i64>value)
  }
  return true
}

/** Puts values behind those there are: columns ascending and each once, at `from`; values as 64-bit integers at `values`. */
export function appendValues(slices: usize, from: usize, values: usize, n: u32, form: u32): i32 {
  if (form === FLOATS && !areColumns(from, n)) return INVALID
  let all: u64 = 0
  for (let at: u32 = 0; at < n; at++) all |= magnitudeOf(load<i64>(values + (at << 3)))
  if (!deepen(slices, 64 - <u32>clz<u64>(all))) return FULL
  const exists = memberOf(slices, EXISTS)
  for (let at: u32 = 0; at < n;) {
    const key = columnAt(from, at, form) >> 16
    if (sizeOf(exists) && keyAt(exists, sizeOf(exists) - 1) > key) return UNORDERED
    const end = gather(from, at, n, form)
    if (gathered !== end - at || (end < n && columnAt(from, end, form) <= columnAt(from, end - 1, form))) return UNORDERED
    appendGroup(slices, key, values + (at << 3), gathered)
    if (failed()) return FULL
    at = end
  }
  return 0
}

function appendGroup(slices: usize, key: u64, values: usize, n: u32): void {
  // Appending merges, and merging uses `numbers`.
  memory.copy(lows, numbers, n << 1)
  for (let member = SIGN; member < membersOf(slices); member++) appendNumbers(memberOf(slices, member), key, picked, pick(member, values, n))
  appendNumbers(memberOf(slices, EXISTS), key, lows, n)
}

/** Writes the lower halves of the columns that a slice has to `picked`. */
function pick(member: u32, values: usize, n: u32): u32 {
  let chosen: u32 = 0
  const bit = <u64>(member - FIRST_BIT)
  for (let at: u32 = 0; at < n; at++) {
    const value = load<i64>(values + (at << 3))
    store<u16>(picked + (chosen << 1), load<u16>(lows + (at << 1)))
    chosen += member === SIGN ? <u32>(value < 0) : <u32>((magnitudeOf(value) >> bit) & 1)
  }
  return chosen
}

/** Writes the value of a column to `out`; false when it has none. */
export function valueOf(slices: usize, column: u64, out: usize): bool {
  if (!has(memberOf(slices, EXISTS), column)) return false
  let magnitude: u64 = 0
  for (let bit: u32 = 0; bit < depthOf(slices); bit++) magnitude |= <u64>has(memberOf(slices, FIRST_BIT + bit), column) << <u64>bit
  store<i64>(out, has(memberOf(slices, SIGN), column) ? -<i64>magnitude : <i64>magnitude)
  return true
}

/** Gives the columns of `columns` the values of `other`, or none where that is 0: all of them, or without memory none. */
export function overlay(slices: usize, columns: usize, other: usize): bool {
  const members = other ? max(membersOf(slices), membersOf(other)) : membersOf(slices)
  if (!deepen(slices, members - FIRST_BIT)) return false
  let made: u32 = 0
  for (; made < members; made++) {
    const into = other && made < membersOf(other) ? memberOf(other, made) : 0
    const patch = patchOf(memberOf(slices, made), columns, into)
    if (!patch) break
    store<u32>(patches + (made << 2), <u32>patch)
  }
  const isWhole = made === members
  for (let at: u32 = 0; at < made; at++) {
    const patch: usize = load<u32>(patches + (at << 2))
    if (isWhole) apply(memberOf(slices, at), patch)
    else destroy(patch)
  }
  return isWhole
}

/** The words of slice `member` at `key`. Those of one that has none there are zeros, which nobody may write to. */
export function wordsAt(slices: usize, member: u32, key: u64): usize {
  return wordsIn(memberOf(slices, member), key, rooms + member * 8192)
}

export function wordsIn(bitmap: usize, key: u64, room: usize): usize {
  const at = find(bitmap, key)
  if (at < 0) return none
  const entry = entryAt(bitmap, at)
  if (kindOf(entry) === DENSE) return dataOf(entry)
  dense.clear(room)
  addTo(room, entry)
  return room
}

/** Brings the words of all slices at `key` together; `plane` then tells where they are. */
export function gatherPlanes(slices: usize, key: u64): void {
  for (let member: u32 = 0; member < membersOf(slices); member++) store<u32>(planes + (member << 2), <u32>wordsAt(slices, member, key))
}

export function plane(member: u32): usize {
  return load<u32>(planes + (member << 2))
}

export function isEmptyPlane(member: u32): bool {
  return plane(member) === none
}

/** Writes to `out` the words of the columns with a value at place `at` that the filter (0 for none) lets through. False: there are none. */
export function candidates(slices: usize, at: u32, filter: usize, out: usize): bool {
  const exists = memberOf(slices, EXISTS)
  const key = keyAt(exists, at)
  const entry = entryAt(exists, at)
  if (!filter) {
    dense.copy(out, wordsIn(exists, key, out))
    return cardOf(entry) !== 0
  }
  const passing = find(filter, key)
  if (passing < 0) return false
  const words = wordsIn(exists, key, out)
  dense.and(out, words, wordsIn(filter, key, filterRoom))
  return true
}
