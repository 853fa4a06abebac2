// What goes by position: ends, ranks, pages, ranges and shifts.
import { append, create, entryAt, find, keyAt, sizeOf, whole } from './bitmap'
import { oneRun, unite } from './combine'
import { ARRAY, DENSE, cardOf, clone as cloneContainer, dataOf, drop, isWhole, keep, kindOf, lowerBound, move, nothing, numbers, runAt, runFirst, runLast, runsOf, settleCounted, wordsOf } from './container'
import * as dense from './dense'
import { countCommon, intersect } from './intersect'
import { allocate, failed } from './memory'

const made = memory.data(16, 16)
const low = memory.data(16, 16)
const high = memory.data(16, 16)
const pending = memory.data(16, 16)
const edge = memory.data(16, 16)
const edgeBytes = memory.data(16, 16)
const words = memory.data(16384, 16)
const shifted = memory.data(16384, 16)
const LAST_KEY: u64 = ~0 >> 16

export function placeOf(bitmap: usize, key: u64): u32 {
  const at = find(bitmap, key)
  return at < 0 ? <u32>~at : <u32>at
}

/** The member at a position inside a container. */
function memberAt(entry: usize, position: u32): u32 {
  const data = dataOf(entry)
  if (kindOf(entry) === ARRAY) return load<u16>(data + (position << 1))
  let left = position
  if (kindOf(entry) === DENSE) {
    for (let word: u32 = 0; word < 1024; word++) {
      let bits = load<u64>(data + (word << 3))
      const here = <u32>popcnt<u64>(bits)
      if (left >= here) {
        left -= here
        continue
      }
      while (left--) bits &= bits - 1
      return (word << 6) + <u32>ctz<u64>(bits)
    }
    return 65536
  }
  for (let run: u32 = 0; run < runsOf(entry); run++) {
    const length = runLast(data, run) - runFirst(data, run) + 1
    if (left < length) return runFirst(data, run) + left
    left -= length
  }
  return 65536
}

/** How many members of a container are below `value`. */
function below(entry: usize, value: u32): u32 {
  if (!value) return 0
  const data = dataOf(entry)
  if (kindOf(entry) === ARRAY) return lowerBound(data, cardOf(entry), value)
  if (kindOf(entry) === DENSE) return dense.countRange(data, 0, value - 1)
  let total: u32 = 0
  for (let run: u32 = 0; run < runsOf(entry) && runFirst(data, run) < value; run++) total += min(runLast(data, run), value - 1) - runFirst(data, run) + 1
  return total
}

/** Writes the column at a position to `out`; false when there are not so many. */
export function select(bitmap: usize, position: u64, out: usize): bool {
  let left = position
  for (let at: u32 = 0; at < sizeOf(bitmap); at++) {
    const entry = entryAt(bitmap, at)
    if (left < <u64>cardOf(entry)) {
      store<u64>(out, (keyAt(bitmap, at) << 16) + memberAt(entry, <u32>left))
      return true
    }
    left -= cardOf(entry)
  }
  return false
}

/** How many members are below a column. */
export function rank(bitmap: usize, column: u64): u64 {
  const place = placeOf(bitmap, column >> 16)
  let total: u64 = 0
  for (let at: u32 = 0; at < place; at++) total += cardOf(entryAt(bitmap, at))
  if (place < sizeOf(bitmap) && keyAt(bitmap, place) === column >> 16) total += below(entryAt(bitmap, place), <u32>(column & 65535))
  return total
}

/** Writes up to `most` members at or after `from` to `out`, as 64-bit numbers or as floats, and says how many. */
export function page(bitmap: usize, from: u64, most: u32, out: usize, asFloats: bool): u32 {
  let written: u32 = 0
  let start = <u32>(from & 65535)
  for (let at = placeOf(bitmap, from >> 16); at < sizeOf(bitmap) && written < most; at++) {
    const key = keyAt(bitmap, at)
    const listed = list(entryAt(bitmap, at), key === from >> 16 ? start : 0, most - written)
    write(key << 16, listed, out + (written << 3), asFloats)
    written += listed
  }
  return written
}

function write(high: u64, listed: u32, out: usize, asFloats: bool): void {
  if (asFloats) for (let i: u32 = 0; i < listed; i++) store<f64>(out + (i << 3), <f64>(high + load<u16>(numbers + (i << 1))))
  else for (let i: u32 = 0; i < listed; i++) store<u64>(out + (i << 3), high + load<u16>(numbers + (i << 1)))
}

/** Writes up to `most` members of a container at or after `from` to `numbers`. */
export function list(entry: usize, from: u32, most: u32): u32 {
  const data = dataOf(entry)
  if (kindOf(entry) === ARRAY) {
    const start = lowerBound(data, cardOf(entry), from)
    const found = min(cardOf(entry) - start, most)
    memory.copy(numbers, data + (start << 1), found << 1)
    return found
  }
  return kindOf(entry) === DENSE ? listWords(data, from, most) : listRuns(entry, from, most)
}

function listWords(data: usize, from: u32, most: u32): u32 {
  let found: u32 = 0
  let mask = <u64>~0 << <u64>(from & 63)
  for (let word = from >> 6; word < 1024 && found < most; word++) {
    let bits = load<u64>(data + (word << 3)) & mask
    mask = ~0
    while (bits && found < most) {
      store<u16>(numbers + (found++ << 1), <u16>((word << 6) + <u32>ctz<u64>(bits)))
      bits &= bits - 1
    }
  }
  return found
}

function listRuns(entry: usize, from: u32, most: u32): u32 {
  const data = dataOf(entry)
  let found: u32 = 0
  for (let run = runAt(data, runsOf(entry), from); run < runsOf(entry) && found < most; run++) {
    const last = runLast(data, run)
    for (let value = max(runFirst(data, run), from); value <= last && found < most; value++) store<u16>(numbers + (found++ << 1), <u16>value)
  }
  return found
}

export function lowest(bitmap: usize, out: usize): bool {
  return select(bitmap, 0, out)
}

export function highest(bitmap: usize, out: usize): bool {
  const size = sizeOf(bitmap)
  if (!size) return false
  const entry = entryAt(bitmap, size - 1)
  store<u64>(out, (keyAt(bitmap, size - 1) << 16) + memberAt(entry, cardOf(entry) - 1))
  return true
}

function edgeOf(key: u64, from: u64, last: u64): void {
  oneRun(edge, edgeBytes, key === from >> 16 ? <u32>(from & 65535) : 0, key === last >> 16 ? <u32>(last & 65535) : 65535)
}

/** The members in [from, last]. */
export function slice(bitmap: usize, from: u64, last: u64): usize {
  const out = create()
  for (let at = placeOf(bitmap, from >> 16); out && !failed() && at < sizeOf(bitmap) && keyAt(bitmap, at) <= last >> 16; at++) {
    edgeOf(keyAt(bitmap, at), from, last)
    intersect(entryAt(bitmap, at), edge, made)
    append(out, keyAt(bitmap, at), made)
  }
  return whole(out, failed())
}

export function countBetween(bitmap: usize, from: u64, last: u64): u64 {
  let total: u64 = 0
  for (let at = placeOf(bitmap, from >> 16); at < sizeOf(bitmap) && keyAt(bitmap, at) <= last >> 16; at++) {
    edgeOf(keyAt(bitmap, at), from, last)
    total += countCommon(entryAt(bitmap, at), edge)
  }
  return total
}

/** All columns in [from, last]. One that could never fit is refused before it fills the memory. */
export function between(from: u64, last: u64): usize {
  const containers = (last >> 16) - (from >> 16) + 1
  if (containers > 1 << 27) {
    allocate(~0)
    return 0
  }
  const out = create()
  for (let key = from >> 16; out && !failed(); key++) {
    edgeOf(key, from, last)
    cloneContainer(made, edge)
    append(out, key, made)
    if (key === last >> 16) break
  }
  return whole(out, failed())
}

/** All members moved up by `by`; what would pass the last column is gone. */
export function shift(bitmap: usize, by: u64): usize {
  const out = create()
  const bits = <u32>(by & 65535)
  nothing(pending)
  let pendingKey: u64 = 0
  for (let at: u32 = 0; out && !failed() && at < sizeOf(bitmap); at++) {
    const key = keyAt(bitmap, at) + (by >> 16)
    if (key > LAST_KEY) break
    split(entryAt(bitmap, at), bits)
    if (cardOf(pending) && pendingKey !== key) {
      append(out, pendingKey, pending)
      nothing(pending)
    }
    join()
    append(out, key, low)
    move(pending, high)
    pendingKey = key + 1
  }
  if (cardOf(pending)) {
    if (failed() || pendingKey > LAST_KEY) drop(pending)
    else append(out, pendingKey, pending)
  }
  return whole(out, failed())
}

/** Adds what the container before has left over to the lower half. */
function join(): void {
  if (!cardOf(pending)) return
  if (!cardOf(low)) {
    move(low, pending)
    return
  }
  unite(low, pending, made)
  drop(low)
  drop(pending)
  move(low, made)
}

function split(entry: usize, bits: u32): void {
  nothing(high)
  if (!bits) return cloneContainer(low, entry)
  if (kindOf(entry) === ARRAY) return splitList(entry, bits)
  const from = wordsOf(entry, words)
  shiftWords(from, bits)
  const mayRun = kindOf(entry) !== DENSE
  settleCounted(low, shifted, mayRun)
  settleCounted(high, shifted + 8192, mayRun)
}

function splitList(entry: usize, bits: u32): void {
  const card = cardOf(entry)
  const data = dataOf(entry)
  const inLow = lowerBound(data, card, 65536 - bits)
  for (let at: u32 = 0; at < card; at++) store<u16>(numbers + (at << 1), <u16>(<u32>load<u16>(data + (at << 1)) + bits))
  keep(low, numbers, inLow, ARRAY, 0)
  keep(high, numbers + (inLow << 1), card - inLow, ARRAY, 0)
}

function shiftWords(from: usize, bits: u32): void {
  memory.fill(shifted, 0, 16384)
  const to = shifted + ((bits >> 6) << 3)
  const up = <u64>(bits & 63)
  let carry: u64 = 0
  for (let at: usize = 0; at < 8192; at += 8) {
    const word = load<u64>(from + at)
    store<u64>(to + at, (word << up) | carry)
    carry = up ? word >> (64 - up) : 0
  }
  if (carry) store<u64>(to + 8192, carry)
}
