// Changes of one member. Whatever needs memory has it before anything is given up, so that a refusal changes nothing.
import { dropAt, entryAt, find, insertAt, removeAt, reserve } from './bitmap'
import { ARRAY, DENSE, MOST_IN_ARRAY, RUN, cardOf, dataOf, expand, holds, isBorrowed, kindOf, lowerBound, put, runLast, runsOf } from './container'
import * as dense from './dense'
import { allocate, capacityOf, free, takeFull } from './memory'

export const UNCHANGED: i32 = 0
export const CHANGED: i32 = 1
export const REFUSED: i32 = -1

const FIRST_ROOM: u32 = 12
/** An array is made of words only well below the size at which words are made of it: one member to and fro costs no copy. */
const SPARSE: u32 = 3072

export function has(bitmap: usize, column: u64): bool {
  const at = find(bitmap, column >> 16)
  return at >= 0 && holds(entryAt(bitmap, at), <u32>(column & 65535))
}

export function add(bitmap: usize, column: u64): i32 {
  const at = find(bitmap, column >> 16)
  const low = <u32>(column & 65535)
  if (at < 0) return addContainer(bitmap, <u32>~at, column >> 16, low)
  const entry = entryAt(bitmap, at)
  if (holds(entry, low)) return UNCHANGED
  if (kindOf(entry) === ARRAY && cardOf(entry) < MOST_IN_ARRAY) return addToArray(bitmap, at, low)
  if (kindOf(entry) === RUN && runLast(dataOf(entry), runsOf(entry) - 1) + 1 === low) return lengthen(entry, low)
  if (kindOf(entry) !== DENSE && !becomesDense(bitmap, at)) return REFUSED
  dense.set(dataOf(entry), low)
  store<u32>(entry, cardOf(entry) + 1, 4)
  return CHANGED
}

function addContainer(bitmap: usize, at: u32, key: u64, low: u32): i32 {
  const data = allocate(FIRST_ROOM)
  if (!data) return REFUSED
  const entry = memory.data(16, 16)
  put(entry, data, 1, ARRAY, 0)
  store<u16>(data, <u16>low)
  if (!reserve(bitmap, 1)) {
    free(data)
    return REFUSED
  }
  insertAt(bitmap, at, key, entry)
  return CHANGED
}

function addToArray(bitmap: usize, at: u32, low: u32): i32 {
  const entry = entryAt(bitmap, at)
  const card = cardOf(entry)
  const place = lowerBound(dataOf(entry), card, low) << 1
  if (isBorrowed(entry) || capacityOf(dataOf(entry)) < (card + 1) << 1) {
    const data = allocate(min(card << 2, MOST_IN_ARRAY << 1))
    if (!data) return REFUSED
    memory.copy(data, dataOf(entry), card << 1)
    dropAt(bitmap, at)
    put(entry, data, card, ARRAY, 0)
  }
  const data = dataOf(entry)
  memory.copy(data + place + 2, data + place, (card << 1) - place)
  store<u16>(data + place, <u16>low)
  store<u32>(entry, card + 1, 4)
  return CHANGED
}

function lengthen(entry: usize, low: u32): i32 {
  store<u16>(dataOf(entry) + ((runsOf(entry) - 1) << 2), <u16>low, 2)
  store<u32>(entry, cardOf(entry) + 1, 4)
  return CHANGED
}

function becomesDense(bitmap: usize, at: u32): bool {
  const entry = entryAt(bitmap, at)
  const card = cardOf(entry)
  const data = allocate(<u32>dense.DENSE_BYTES)
  if (!data) return false
  expand(data, entry)
  dropAt(bitmap, at)
  put(entry, data, card, DENSE, 0)
  return true
}

export function remove(bitmap: usize, column: u64): i32 {
  const at = find(bitmap, column >> 16)
  const low = <u32>(column & 65535)
  if (at < 0) return UNCHANGED
  const entry = entryAt(bitmap, at)
  if (!holds(entry, low)) return UNCHANGED
  if (cardOf(entry) === 1) {
    dropAt(bitmap, at)
    removeAt(bitmap, at)
    return CHANGED
  }
  if (kindOf(entry) === RUN && !becomesDense(bitmap, at)) return REFUSED
  if (kindOf(entry) === ARRAY) removeFromArray(entry, low)
  else dense.unset(dataOf(entry), low)
  store<u32>(entry, cardOf(entry) - 1, 4)
  if (kindOf(entry) === DENSE && cardOf(entry) < SPARSE) becomesArray(bitmap, at)
  return CHANGED
}

function removeFromArray(entry: usize, low: u32): void {
  const place = dataOf(entry) + (lowerBound(dataOf(entry), cardOf(entry), low) << 1)
  memory.copy(place, place + 2, dataOf(entry) + (cardOf(entry) << 1) - place - 2)
}

/** Saves memory and is never needed: without memory to do it in, the words stay. */
function becomesArray(bitmap: usize, at: u32): void {
  const entry = entryAt(bitmap, at)
  const card = cardOf(entry)
  const data = allocate(card << 1)
  if (!data) {
    takeFull()
    return
  }
  dense.extract(dataOf(entry), data)
  dropAt(bitmap, at)
  put(entry, data, card, ARRAY, 0)
}
