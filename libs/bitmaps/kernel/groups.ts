// Counts, and sums of values, for every pair of a row of one list and a row of another. Rows of one list that share no column become one
// byte a column that names the row; the members of every row of the other list are then counted by that byte, in one pass.
import { entryAt, find, keyAt, sizeOf } from './bitmap'
import { spread } from './bytes'
import { ARRAY, DENSE, addTo, cardOf, dataOf, kindOf, numbers, put, wordsOf } from './container'
import * as dense from './dense'
import { countCommon, countListed } from './intersect'
import { allocate, free } from './memory'
import { list } from './order'
import { EXISTS, FIRST_BIT, SIGN, depthOf, gatherPlanes, isEmptyPlane, memberOf, plane, wordsIn } from './slices'

const MOST_NAMED: u32 = 255
const LAST_KEY: u64 = ~0

const ids = memory.data(65536, 16)
const laneBytes = memory.data(65536, 16)
const signBytes = memory.data(65536, 16)
const namePlanes = memory.data(8 * 8192, 16)
const planeList = memory.data(8 * 4, 16)
const taken = memory.data(8192, 16)
const passing = memory.data(8192, 16)
const room = memory.data(8192, 16)
const evens = memory.data(256 * 8, 16)
const odds = memory.data(256 * 8, 16)
const cut = memory.data(16, 16)

let walked: usize = 0
let walkedRows: u32 = 0
let named: usize = 0
let namedRows: u32 = 0
let isTurned: bool = false
let lanes: u32 = 0
let isFiltered: bool = false
let places: usize = 0
let namedAt: usize = 0
let results: usize = 0

/**
 * Adds up floats at `out`: for each row of `a`, for each of `b` (or once, where that has none), the count and then a sum of each byte of the
 * magnitudes. Only columns that pass the filter count, and with slices only those that have a value. False where there was no memory.
 */
export function group(a: usize, rowsA: u32, b: usize, rowsB: u32, filter: usize, slices: usize, out: usize): bool {
  if (!rowsA) return true
  isTurned = rowsB !== 0 && rowsA < rowsB
  walked = isTurned ? b : a
  walkedRows = isTurned ? rowsB : rowsA
  named = isTurned ? a : b
  namedRows = isTurned ? rowsA : rowsB
  // Values that are all zero have no bits, and a sum all the same.
  lanes = slices ? max((depthOf(slices) + 7) >> 3, 1) : 0
  isFiltered = filter !== 0 || slices !== 0
  results = out
  memory.fill(out, 0, (rowsA * max(rowsB, 1) * (1 + lanes)) << 3)
  places = allocate((walkedRows + namedRows + 1) << 2)
  if (!places) return false
  namedAt = places + (walkedRows << 2)
  memory.fill(places, 0, walkedRows << 2)
  for (let key = lowestKey(); key !== LAST_KEY; key = lowestKey()) {
    if (passes(key, filter, slices)) groupAt(key, slices)
    leave(key)
  }
  free(places)
  return true
}

function rowAt(rows: usize, row: u32): usize {
  return load<u32>(rows + (row << 2))
}

function lowestKey(): u64 {
  let key = LAST_KEY
  for (let row: u32 = 0; row < walkedRows; row++) {
    const at = load<u32>(places + (row << 2))
    if (at < sizeOf(rowAt(walked, row))) key = min(key, keyAt(rowAt(walked, row), at))
  }
  return key
}

/** The entry of a walked row at the key, which is the lowest that is left; 0 for none. */
function walkedEntry(row: u32, key: u64): usize {
  const bitmap = rowAt(walked, row)
  const at = load<u32>(places + (row << 2))
  return at < sizeOf(bitmap) && keyAt(bitmap, at) === key ? entryAt(bitmap, at) : 0
}

function leave(key: u64): void {
  for (let row: u32 = 0; row < walkedRows; row++) if (walkedEntry(row, key)) store<u32>(places + (row << 2), load<u32>(places + (row << 2)) + 1)
}

/** Leaves in `passing` what filter and slices let through. */
function passes(key: u64, filter: usize, slices: usize): bool {
  if (!isFiltered) return true
  const exists = slices ? memberOf(slices, EXISTS) : 0
  if ((filter && find(filter, key) < 0) || (exists && find(exists, key) < 0)) return false
  dense.copy(passing, wordsIn(filter ? filter : exists, key, room))
  if (filter && exists) dense.and(passing, passing, wordsIn(exists, key, room))
  return true
}

function groupAt(key: u64, slices: usize): void {
  if (slices) gatherPlanes(slices, key)
  if (!namedRows) {
    nameEverything()
    return tally(key, 0, 1, slices)
  }
  for (let row: u32 = 0; row < namedRows; row++) {
    const at = find(rowAt(named, row), key)
    store<u32>(namedAt + (row << 2), at < 0 ? 0 : <u32>entryAt(rowAt(named, row), at))
  }
  if (!slices && isPairingCheaper(key)) return pair(key)
  for (let from: u32 = 0; from < namedRows;) {
    const end = name(from)
    tally(key, from, end - from, slices)
    from = end
  }
}

function nameEverything(): void {
  if (!isFiltered) return memory.fill(ids, 1, 65536)
  store<u32>(planeList, <u32>passing)
  spread(ids, planeList, 1)
}

/** Gives rows from `from` on their bytes, 1 and up, as long as they share no column, and says where it stopped. */
function name(from: u32): u32 {
  dense.clear(taken)
  memory.fill(planeList, 0, 32)
  let row = from
  for (; row < namedRows && row - from < MOST_NAMED; row++) {
    const entry: usize = load<u32>(namedAt + (row << 2))
    if (!entry) continue
    const words: usize = kindOf(entry) === ARRAY ? 0 : wordsOf(entry, room)
    if ((words ? dense.countAnd(taken, words) : countListed(dataOf(entry), cardOf(entry), taken)) !== 0) break
    if (words) {
      dense.or(taken, taken, words)
      addName(words, row - from + 1)
    } else addTo(taken, entry)
  }
  if (isFiltered) for (let bit: u32 = 0; bit < 8; bit++) maskPlane(bit)
  spread(ids, planeList, 8)
  for (let at = from; at < row; at++) nameListed(load<u32>(namedAt + (at << 2)), at - from + 1)
  return row
}

function maskPlane(bit: u32): void {
  const words: usize = load<u32>(planeList + (bit << 2))
  if (words) dense.and(words, words, passing)
}

function addName(words: usize, id: u32): void {
  for (let bit: u32 = 0; bit < 8; bit++) {
    if (!((id >> bit) & 1)) continue
    const to = namePlanes + (bit << 13)
    if (load<u32>(planeList + (bit << 2))) dense.or(to, to, words)
    else dense.copy(to, words)
    store<u32>(planeList + (bit << 2), <u32>to)
  }
}

function nameListed(entry: usize, id: u32): void {
  if (!entry || kindOf(entry) !== ARRAY) return
  const end = dataOf(entry) + (cardOf(entry) << 1)
  for (let at = dataOf(entry); at < end; at += 2) {
    const low = load<u16>(at)
    store<u8>(ids + low, isFiltered && !dense.has(passing, low) ? 0 : <u8>id)
  }
}

function tally(key: u64, from: u32, n: u32, slices: usize): void {
  if (!lanes) return countRows(key, from, n)
  for (let lane: u32 = 1; lane <= lanes; lane++) {
    spreadLane(slices, lane - 1)
    for (let row: u32 = 0; row < walkedRows; row++) {
      const entry = walkedEntry(row, key)
      if (entry) sumRow(row, entry, from, n, lane)
    }
  }
}

function membersOf(entry: usize): usize {
  if (kindOf(entry) === ARRAY) return dataOf(entry)
  list(entry, 0, 65536)
  return numbers
}

function countRows(key: u64, from: u32, n: u32): void {
  for (let row: u32 = 0; row < walkedRows; row++) {
    const entry = walkedEntry(row, key)
    if (!entry) continue
    if (!namedRows) give(row, 0, 0, countPassing(entry))
    else {
      memory.fill(evens, 0, (n + 1) << 3)
      memory.fill(odds, 0, (n + 1) << 3)
      countUp(membersOf(entry), cardOf(entry))
      for (let id: u32 = 0; id < n; id++) give(row, from + id, 0, load<u32>(evens + ((id + 1) << 3)) + load<u32>(odds + ((id + 1) << 3)))
    }
  }
}

/** The sums of one lane, and with the first lane the counts: both in one number, the count in its upper half. */
function sumRow(row: u32, entry: usize, from: u32, n: u32, lane: u32): void {
  memory.fill(evens, 0, (n + 1) << 3)
  memory.fill(odds, 0, (n + 1) << 3)
  addUp(membersOf(entry), cardOf(entry), !isEmptyPlane(SIGN))
  for (let id: u32 = 0; id < n; id++) {
    const both = load<i64>(evens + ((id + 1) << 3)) + load<i64>(odds + ((id + 1) << 3))
    const sum = <i32>both
    if (lane === 1) give(row, from + id, 0, <i32>((both - sum) >> 32))
    give(row, from + id, lane, sum)
  }
}

function give(walkedRow: u32, namedRow: u32, lane: u32, more: i32): void {
  if (!more) return
  const pair = isTurned ? namedRow * walkedRows + walkedRow : walkedRow * max(namedRows, 1) + namedRow
  const at = results + ((pair * (1 + lanes) + lane) << 3)
  store<f64>(at, load<f64>(at) + <f64>more)
}

/** With no rows to tell apart, a byte is 1 where the column passes. */
function countPassing(entry: usize): u32 {
  if (!isFiltered) return cardOf(entry)
  if (kindOf(entry) === DENSE) return dense.countAnd(dataOf(entry), passing)
  if (kindOf(entry) !== ARRAY) {
    put(cut, passing, dense.count(passing), DENSE, 0)
    return countCommon(entry, cut)
  }
  const end = dataOf(entry) + (cardOf(entry) << 1)
  let one: u32 = 0
  let other: u32 = 0
  let at = dataOf(entry)
  for (; at + 8 <= end; at += 8) {
    const four = load<u64>(at)
    one += load<u8>(ids + (<u32>four & 0xffff)) + load<u8>(ids + (<u32>(four >> 32) & 0xffff))
    other += load<u8>(ids + (<u32>four >> 16)) + load<u8>(ids + <u32>(four >> 48))
  }
  for (; at < end; at += 2) one += load<u8>(ids + load<u16>(at))
  return one + other
}

// Two tables in turns: a counter that was just stored need not be waited for.
function countUp(members: usize, card: u32): void {
  const end = members + (card << 1)
  let at = members
  for (; at + 4 <= end; at += 4) {
    const one = evens + (<usize>load<u8>(ids + load<u16>(at)) << 3)
    const other = odds + (<usize>load<u8>(ids + load<u16>(at, 2)) << 3)
    store<u32>(one, load<u32>(one) + 1)
    store<u32>(other, load<u32>(other) + 1)
  }
  if (at < end) {
    const one = evens + (<usize>load<u8>(ids + load<u16>(at)) << 3)
    store<u32>(one, load<u32>(one) + 1)
  }
}

function addUp(members: usize, card: u32, hasNegative: bool): void {
  const end = members + (card << 1)
  for (let at = members; at < end; at += 2) {
    const low = load<u16>(at)
    const to = ((at & 2) ? odds : evens) + (<usize>load<u8>(ids + low) << 3)
    const value = <i64>load<u8>(laneBytes + low)
    const sign = hasNegative ? -<i64>load<u8>(signBytes + low) : 0
    store<i64>(to, load<i64>(to) + ((<i64>1 << 32) + ((value ^ sign) - sign)))
  }
}

function spreadLane(slices: usize, lane: u32): void {
  const bits = min(depthOf(slices) - min(depthOf(slices), lane << 3), 8)
  for (let bit: u32 = 0; bit < bits; bit++) {
    const member = FIRST_BIT + (lane << 3) + bit
    store<u32>(planeList + (bit << 2), isEmptyPlane(member) ? 0 : <u32>plane(member))
  }
  spread(laneBytes, planeList, bits)
  if (lane || isEmptyPlane(SIGN)) return
  store<u32>(planeList, <u32>plane(SIGN))
  spread(signBytes, planeList, 1)
}

// In nanoseconds, measured: two dense containers 250, a member tested in words a half, a member of two merged lists 0.4, a member counted by
// its byte 1.2, and 20,000 for the bytes themselves.
function isPairingCheaper(key: u64): bool {
  let lists: u32 = 0
  let listed: f64 = 0
  let words: u32 = 0
  let members: f64 = 0
  for (let row: u32 = 0; row < walkedRows; row++) {
    const entry = walkedEntry(row, key)
    if (!entry) continue
    members += cardOf(entry)
    if (kindOf(entry) === ARRAY) {
      lists++
      listed += cardOf(entry)
    } else words++
  }
  let namedLists: u32 = 0
  let namedListed: f64 = 0
  let namedWords: u32 = 0
  for (let row: u32 = 0; row < namedRows; row++) {
    const entry: usize = load<u32>(namedAt + (row << 2))
    if (!entry) continue
    if (kindOf(entry) === ARRAY) {
      namedLists++
      namedListed += cardOf(entry)
    } else namedWords++
  }
  const paired = <f64>words * namedWords * 250 + (listed * namedWords + namedListed * words) * 0.5 + (listed * namedLists + namedListed * lists) * 0.4
  return paired < 20000 + members * 1.2 + namedListed
}

function pair(key: u64): void {
  for (let row: u32 = 0; row < walkedRows; row++) {
    const entry = walkedEntry(row, key)
    if (!entry) continue
    const passed = isFiltered ? filtered(entry) : entry
    if (!cardOf(passed)) continue
    for (let other: u32 = 0; other < namedRows; other++) {
      const at: usize = load<u32>(namedAt + (other << 2))
      if (at) give(row, other, 0, countCommon(passed, at))
    }
  }
}

/** What of a container passes, as an entry of words that lie in `taken`. */
function filtered(entry: usize): usize {
  dense.and(taken, wordsOf(entry, room), passing)
  put(cut, taken, dense.count(taken), DENSE, 0)
  return cut
}
