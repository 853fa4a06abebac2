// A bitmap as one image of bytes: a head, all keys, all entries (with offsets for pointers), and the containers, each 16-byte aligned.
// It is written through a window of any size, and read where it lies: loading is one copy and one look at every byte.
import { borrow, create, destroy, entryAt, insertAt, keyAt, reserve, sizeOf } from './bitmap'
import { ARRAY, BORROWED, DENSE, MOST_IN_ARRAY, MOST_RUNS, RUN, bytesOf, cardOf, dataOf, kindOf, put, runFirst, runLast, runsOf } from './container'
import * as dense from './dense'
import { STAGING } from './staging'

const MAGIC: u32 = 0x4d424e54
const VERSION: u32 = 1
const HEAD: u32 = 32
const lent = memory.data(16, 16)
const LAST_KEY: u64 = ~0 >> 16

function padded(bytes: u32): u32 {
  return (bytes + 15) & ~15
}

function sizeAt(bitmap: usize, at: u32): u32 {
  const entry = entryAt(bitmap, at)
  return padded(bytesOf(kindOf(entry), cardOf(entry), runsOf(entry)))
}

function directoryBytes(containers: u64): u64 {
  return HEAD + ((containers << 3) + 15 & ~15) + (containers << 4)
}

export function frozenBytes(bitmap: usize): u64 {
  let total = directoryBytes(sizeOf(bitmap))
  for (let at: u32 = 0; at < sizeOf(bitmap); at++) total += sizeAt(bitmap, at)
  return total
}

/** How many bytes the piece has that was written last. */
export let pieceBytes: u32 = 0
export function freezeKeys(bitmap: usize, from: u32, to: usize, room: u32): u32 {
  const n = min(room >> 3, sizeOf(bitmap) - from)
  for (let at: u32 = 0; at < n; at++) store<u64>(to + (at << 3), keyAt(bitmap, from + at))
  pieceBytes = n << 3
  return from + n
}

let offset: u32 = 0
export function freezeEntries(bitmap: usize, from: u32, to: usize, room: u32): u32 {
  if (!from) offset = <u32>directoryBytes(sizeOf(bitmap))
  const n = min(room >> 4, sizeOf(bitmap) - from)
  for (let at: u32 = 0; at < n; at++) {
    const entry = entryAt(bitmap, from + at)
    put(to + (at << 4), offset, cardOf(entry), kindOf(entry), runsOf(entry))
    offset += sizeAt(bitmap, from + at)
  }
  pieceBytes = n << 4
  return from + n
}

export function freezeContainers(bitmap: usize, from: u32, to: usize, room: u32): u32 {
  let at = from
  let written: u32 = 0
  for (; at < sizeOf(bitmap) && written + sizeAt(bitmap, at) <= room; at++) {
    const entry = entryAt(bitmap, at)
    const bytes = bytesOf(kindOf(entry), cardOf(entry), runsOf(entry))
    memory.copy(to + written, dataOf(entry), bytes)
    memory.fill(to + written + bytes, 0, sizeAt(bitmap, at) - bytes)
    written += sizeAt(bitmap, at)
  }
  pieceBytes = written
  return at
}

export function freezeHead(bitmap: usize, to: usize): void {
  memory.fill(to, 0, HEAD)
  store<u32>(to, MAGIC)
  store<u32>(to, VERSION, 4)
  store<u32>(to, sizeOf(bitmap), 8)
  store<u32>(to, <u32>frozenBytes(bitmap), 12)
}

/** Sums an image in pieces of the staging window, as it is written. */
function sumImage(from: usize, bytes: u32): u64 {
  let total: u64 = 0
  for (let at: u32 = 0; at < bytes; at += STAGING) total = sum(total, from + at, min(STAGING, bytes - at))
  return total
}

/** Sums `bytes` bytes, a multiple of 16, on top of the sum before: a changed, moved or lost byte shows. Four vectors need not wait for each other. */
export function sum(seed: u64, from: usize, bytes: u32): u64 {
  let a = i64x2.splat(seed)
  let b = i64x2.splat(seed ^ 0x5bd1e9955bd1e995)
  let c = i64x2.splat(seed ^ 0x27d4eb2f165667c5)
  let d = i64x2.splat(seed ^ 0x165667b19e3779f9)
  let at = from
  const end = from + bytes
  for (; at + 64 <= end; at += 64) {
    a = stirred(a, v128.load(at))
    b = stirred(b, v128.load(at, 16))
    c = stirred(c, v128.load(at, 32))
    d = stirred(d, v128.load(at, 48))
  }
  for (; at < end; at += 16) a = stirred(a, v128.load(at))
  return folded(folded(folded(folded(bytes, a), b), c), d)
}

function stirred(sum: v128, bytes: v128): v128 {
  return turned(i32x4.mul(v128.xor(sum, bytes), i32x4.splat(0x9e3779b1)))
}

function folded(seed: u64, v: v128): u64 {
  return mixed(mixed(seed ^ i64x2.extract_lane(v, 0)) + i64x2.extract_lane(v, 1))
}

function turned(v: v128): v128 {
  return v128.or(i64x2.shl(v, 27), i64x2.shr_u(v, 37))
}

function mixed(value: u64): u64 {
  const once = (value ^ (value >> 33)) * 0xff51afd7ed558ccd
  const twice = (once ^ (once >> 33)) * 0xc4ceb9fe1a85ec53
  return twice ^ (twice >> 33)
}

/** The bitmap of an image of `bytes` bytes at `image`, a block that it then owns; 0 when it is none, or there is no memory. */
export function thaw(image: usize, bytes: u32): usize {
  if (!hasHead(image, bytes)) return 0
  const containers = load<u32>(image, 8)
  const bitmap = create()
  if (!bitmap || !reserve(bitmap, containers)) return abandoned(bitmap)
  const keys = image + HEAD
  const entries = keys + padded(containers << 3)
  let expected = <u32>directoryBytes(containers)
  for (let at: u32 = 0; at < containers; at++) {
    const key = load<u64>(keys + (at << 3))
    const entry = entries + (at << 4)
    if (key > LAST_KEY || (at && key <= load<u64>(keys + ((at - 1) << 3)))) return abandoned(bitmap)
    if (dataOf(entry) !== <usize>expected || !isSound(entry, image, bytes)) return abandoned(bitmap)
    expected += padded(bytesOf(kindOf(entry), cardOf(entry), runsOf(entry)))
    place(bitmap, at, key, entry, image)
  }
  if (expected !== bytes) return abandoned(bitmap)
  if (containers) borrow(bitmap, image, containers)
  return bitmap
}

function hasHead(image: usize, bytes: u32): bool {
  if (bytes < HEAD || bytes & 15 || load<u32>(image) !== MAGIC || load<u32>(image, 4) !== VERSION || load<u32>(image, 12) !== bytes) return false
  if (load<u64>(image, 24) !== 0 || directoryBytes(load<u32>(image, 8)) > <u64>bytes) return false
  return load<u64>(image, 16) === sumImage(image + HEAD, bytes - HEAD)
}

/** Its entries point into the image, which is not its own yet. */
function abandoned(bitmap: usize): usize {
  destroy(bitmap)
  return 0
}

function isSound(entry: usize, image: usize, bytes: u32): bool {
  const kind = load<u32>(entry, 8)
  const card = cardOf(entry)
  const runs = runsOf(entry)
  if (card < 1 || card > 65536 || kind < ARRAY || kind > RUN || runs > MOST_RUNS || (kind === RUN) !== (runs > 0)) return false
  if (kind === ARRAY && card > MOST_IN_ARRAY) return false
  if (<u64>dataOf(entry) + bytesOf(kind, card, runs) > <u64>bytes) return false
  const data = image + dataOf(entry)
  return kind === ARRAY ? isAscending(data, card) : kind === DENSE ? dense.count(data) === card : areRuns(data, runs, card)
}

function isAscending(data: usize, card: u32): bool {
  let at: u32 = 0
  for (; at + 9 <= card; at += 8) {
    const here = data + (at << 1)
    if (!i16x8.all_true(i16x8.lt_u(v128.load(here), v128.load(here, 2)))) return false
  }
  for (; at + 1 < card; at++) if (load<u16>(data + (at << 1)) >= load<u16>(data + (at << 1), 2)) return false
  return true
}

function areRuns(data: usize, runs: u32, card: u32): bool {
  let total: u32 = 0
  let next: u32 = 0
  for (let run: u32 = 0; run < runs; run++) {
    const first = runFirst(data, run)
    const last = runLast(data, run)
    if (first < next || last < first) return false
    next = last + 2
    total += last - first + 1
  }
  return total === card
}

function place(bitmap: usize, at: u32, key: u64, entry: usize, image: usize): void {
  put(lent, image + dataOf(entry), cardOf(entry), kindOf(entry) | BORROWED, runsOf(entry))
  insertAt(bitmap, at, key, lent)
}
