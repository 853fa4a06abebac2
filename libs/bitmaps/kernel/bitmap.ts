// A bitmap is 32 bytes: how many containers, room for how many, their directory, the loaded image they may lie in, and how many still do.
// The directory holds all keys, ascending, and behind them the entries.
import { cardOf, drop, isBorrowed, move } from './container'
import { allocate, free } from './memory'

const HEADER: u32 = 32
const PER_CONTAINER: u32 = 24
const LEAST_ROOM: u32 = 4

export function sizeOf(bitmap: usize): u32 {
  return load<u32>(bitmap)
}

function roomOf(bitmap: usize): u32 {
  return load<u32>(bitmap, 4)
}

function directoryOf(bitmap: usize): usize {
  return load<u32>(bitmap, 8)
}

export function keyAt(bitmap: usize, at: u32): u64 {
  return load<u64>(directoryOf(bitmap) + (at << 3))
}

export function entryAt(bitmap: usize, at: u32): usize {
  return directoryOf(bitmap) + (roomOf(bitmap) << 3) + (at << 4)
}

/** An empty bitmap, or 0. */
export function create(): usize {
  const bitmap = allocate(HEADER)
  if (bitmap) memory.fill(bitmap, 0, HEADER)
  return bitmap
}

export function destroy(bitmap: usize): void {
  if (!bitmap) return
  empty(bitmap)
  free(bitmap)
}

/** Gives back everything that a bitmap holds. */
export function empty(bitmap: usize): void {
  for (let at: u32 = 0; at < sizeOf(bitmap); at++) drop(entryAt(bitmap, at))
  free(directoryOf(bitmap))
  free(load<u32>(bitmap, 12))
  memory.fill(bitmap, 0, HEADER)
}

/** Gives `to` what `from` holds, and frees `from`. */
export function replace(to: usize, from: usize): void {
  empty(to)
  memory.copy(to, from, HEADER)
  free(from)
}

/** Says where the loaded image lies that `containers` of the entries point into. */
export function borrow(bitmap: usize, image: usize, containers: u32): void {
  store<u32>(bitmap, <u32>image, 12)
  store<u32>(bitmap, containers, 16)
}

function returnBorrowed(bitmap: usize): void {
  const left = load<u32>(bitmap, 16) - 1
  store<u32>(bitmap, left, 16)
  if (left) return
  free(load<u32>(bitmap, 12))
  store<u32>(bitmap, 0, 12)
}

/** Frees the bytes of an entry, and the image with them where it was the last one in it. */
export function dropAt(bitmap: usize, at: u32): void {
  const entry = entryAt(bitmap, at)
  const was = isBorrowed(entry)
  drop(entry)
  if (was) returnBorrowed(bitmap)
}

function moveDirectory(bitmap: usize, room: u32): bool {
  const directory = allocate(room * PER_CONTAINER)
  if (!directory) return false
  const size = sizeOf(bitmap)
  if (size) {
    memory.copy(directory, directoryOf(bitmap), size << 3)
    memory.copy(directory + (room << 3), entryAt(bitmap, 0), size << 4)
  }
  free(directoryOf(bitmap))
  store<u32>(bitmap, room, 4)
  store<u32>(bitmap, <u32>directory, 8)
  return true
}

/** Makes room for `more` containers, so that adding them cannot fail. */
export function reserve(bitmap: usize, more: u32): bool {
  const wanted = sizeOf(bitmap) + more
  if (wanted <= roomOf(bitmap)) return true
  const comfortable = max(LEAST_ROOM, max(wanted, roomOf(bitmap) + (roomOf(bitmap) >> 1)))
  return moveDirectory(bitmap, comfortable)
}

/** Where the key stands, or where it would, as ~place. */
export function find(bitmap: usize, key: u64): i32 {
  let from: u32 = 0
  let to = sizeOf(bitmap)
  if (to && keyAt(bitmap, to - 1) < key) return ~<i32>to
  while (from < to) {
    const middle = (from + to) >> 1
    if (keyAt(bitmap, middle) < key) from = middle + 1
    else to = middle
  }
  return from < sizeOf(bitmap) && keyAt(bitmap, from) === key ? <i32>from : ~<i32>from
}

/** The first place at or after `from` whose key is not below `key`: in few steps where that is near. */
export function seek(bitmap: usize, from: u32, key: u64): u32 {
  const size = sizeOf(bitmap)
  let step: u32 = 1
  let low = from
  while (low < size && keyAt(bitmap, low) < key) {
    low += step
    step <<= 1
  }
  let to = min(low, size)
  let start = low === from ? from : low - (step >> 1) + 1
  while (start < to) {
    const middle = (start + to) >> 1
    if (keyAt(bitmap, middle) < key) start = middle + 1
    else to = middle
  }
  return start
}

/** Puts a container behind all others, and takes it over. One without members is left out. */
export function append(bitmap: usize, key: u64, entry: usize): void {
  if (!cardOf(entry)) return
  if (!reserve(bitmap, 1)) return drop(entry)
  const at = sizeOf(bitmap)
  store<u32>(bitmap, at + 1)
  store<u64>(directoryOf(bitmap) + (at << 3), key)
  move(entryAt(bitmap, at), entry)
}

/** Puts a container at its place; the room must be reserved. */
export function insertAt(bitmap: usize, at: u32, key: u64, entry: usize): void {
  const size = sizeOf(bitmap)
  const slot = directoryOf(bitmap) + (at << 3)
  memory.copy(slot + 8, slot, (size - at) << 3)
  memory.copy(entryAt(bitmap, at + 1), entryAt(bitmap, at), (size - at) << 4)
  store<u32>(bitmap, size + 1)
  store<u64>(slot, key)
  move(entryAt(bitmap, at), entry)
}

/** Takes the place of a container away; what it held is no longer anybody's. */
export function removeAt(bitmap: usize, at: u32): void {
  const size = sizeOf(bitmap) - 1
  const slot = directoryOf(bitmap) + (at << 3)
  memory.copy(slot, slot + 8, (size - at) << 3)
  memory.copy(entryAt(bitmap, at), entryAt(bitmap, at + 1), (size - at) << 4)
  store<u32>(bitmap, size)
}

/** Gives back directory room that is mostly unused. Where that cannot be had, nothing is lost. */
export function trim(bitmap: usize): void {
  if (roomOf(bitmap) > LEAST_ROOM && sizeOf(bitmap) << 1 < roomOf(bitmap)) moveDirectory(bitmap, max(LEAST_ROOM, sizeOf(bitmap)))
}

export function count(bitmap: usize): u64 {
  let total: u64 = 0
  for (let at: u32 = 0; at < sizeOf(bitmap); at++) total += cardOf(entryAt(bitmap, at))
  return total
}

/** What an operation made, or 0 with nothing left behind where memory ran out on the way. */
export function whole(bitmap: usize, isFailed: bool): usize {
  if (!isFailed) return bitmap
  destroy(bitmap)
  return 0
}
