import { Bitmap, bitmapOf, lastOf } from './bitmap.js'
import { BitmapError } from './bitmap-error.js'
import { thaw } from './frozen.js'
import { thawSlices } from './frozen-slices.js'
import { type Pointer } from './kernel.js'
import { highOf, lowOf, type Column, type Columns } from './numbers.js'
import { Room, type Freeable } from './room.js'
import { Slices, lanesOf } from './slices.js'
import { writeList } from './staging.js'

const fewRows = 16
const pointerBytes = 4
const numberBytes = 8

/** Counts, and where values were given their sums, of every pair: that of `rows[i]` and `others[j]` is at `i * others.length + j`. */
export interface Groups {
  readonly counts: Float64Array
  readonly sums: readonly bigint[]
}

export interface GroupsAsk {
  readonly rows: readonly Bitmap[]
  /** Without them each row is a group. */
  readonly others?: readonly Bitmap[]
  readonly filter?: Bitmap
  /** With them only columns that have a value count. */
  readonly values?: Slices
}

/** Bitmaps that share one memory. Everything they answer belongs to it, and is freed by whoever asked, or by the scope it was made in. */
export interface Bitmaps {
  /** The memory that bitmaps take now, without the kernel's own few megabytes. */
  bytesUsed(): number
  /** The memory that was ever taken from the system: it is never more than the cap, and does not shrink. */
  bytesHeld(): number
  empty(): Bitmap
  of(columns: Columns): Bitmap
  /** The columns in [from, to). */
  range(from: Column, to: Column): Bitmap
  /** The bitmap that `save` made these bytes of. */
  load(image: Uint8Array): Bitmap
  union(rows: readonly Bitmap[]): Bitmap
  /** What all of them have; at least one must be given. */
  intersection(rows: readonly Bitmap[]): Bitmap
  /** How many columns each row has, of those that pass the filter. */
  andCounts(rows: readonly Bitmap[], filter?: Bitmap): Float64Array
  groups(ask: GroupsAsk): Groups
  slices(): Slices
  loadSlices(image: Uint8Array): Slices
  /** Frees everything that `work` made, but for what it answers or passes to `keep`. `work` may not wait. */
  scope<T>(work: (keep: <K extends Freeable>(kept: K) => K) => T): T
  /** Bitmaps of the same memory, with nothing in it: it is taken back at once. These ones, and everything that they made, are gone. */
  renewed(): Bitmaps
  /** What `work` makes belongs to no scope that is open, and stays until it is freed: for what outlives the question it was made for. */
  apart<T>(work: () => T): T
}

/** Bitmaps with a memory of their own, which never grows past `maxBytes` (at least 4 MiB, at most 4 GiB). */
export const openBitmaps = ({ maxBytes }: { readonly maxBytes: number }): Bitmaps => bitmapsIn(new Room(maxBytes))

const bitmapsIn = (room: Room): Bitmaps => {
  const made = (pointer: Pointer): Bitmap => new Bitmap(room, room.made(pointer))
  const pointersOf = (rows: readonly Bitmap[]): Pointer[] => rows.map((row) => row.pointerIn(room))
  const withList = <T>(rows: readonly Bitmap[], extraBytes: number, work: (list: Pointer, extra: Pointer) => T): T => {
    const pointers = pointersOf(rows)
    const listBytes = rows.length * pointerBytes + 15 & ~15
    return room.lend(listBytes + extraBytes, (at) => {
      writeList(room, at, pointers)
      return work(at, at + listBytes)
    })
  }
  const floatsAt = (at: Pointer, n: number): Float64Array => new Float64Array(room.memory(), at, n).slice()

  return {
    bytesUsed: () => room.kernel.usedBytes() >>> 0,
    bytesHeld: () => room.kernel.memory.buffer.byteLength,
    empty: () => made(room.kernel.create()),
    of: (columns) => made(bitmapOf(room, columns)),
    range: (from, to) => {
      const last = lastOf(from, to)
      return made(last === undefined ? room.kernel.create() : room.kernel.between(highOf(from), lowOf(from), highOf(last), lowOf(last)))
    },
    load: (image) => made(thaw(room, image)),
    union: (rows) => withList(rows, 0, (list) => made(room.kernel.union(list, rows.length))),
    intersection: (rows) => {
      if (rows.length === 0) throw new BitmapError('InvalidSize', 'An intersection needs at least one bitmap.')
      return withList(rows, 0, (list) => made(room.kernel.intersection(list, rows.length)))
    },
    andCounts: (rows, filter) => withList(rows, rows.length * numberBytes, (list, out) => {
      // Many rows under one filter are counted container by container, so that its words become bytes once for all of them.
      if (filter === undefined || rows.length < fewRows) room.kernel.counts(list, rows.length, filter?.pointerIn(room) ?? 0, out)
      else if (room.kernel.group(list, rows.length, list, 0, filter.pointerIn(room), 0, out) === 0) throw room.full()
      return floatsAt(out, rows.length)
    }),
    groups: ({ rows, others = [], filter, values }) => {
      const lanes = values === undefined ? 1 : lanesOf(values.depth())
      const pairs = rows.length * Math.max(others.length, 1)
      return withList([...rows, ...others], pairs * lanes * numberBytes, (list, out) => {
        const isDone = room.kernel.group(list, rows.length, list + rows.length * pointerBytes, others.length, filter?.pointerIn(room) ?? 0, values?.pointerIn(room) ?? 0, out)
        if (isDone === 0) throw room.full()
        return presentGroups(floatsAt(out, pairs * lanes), lanes, values !== undefined)
      })
    },
    slices: () => new Slices(room, room.made(room.kernel.createSlices())),
    loadSlices: (image) => new Slices(room, thawSlices(room, image)),
    renewed: () => bitmapsIn(room.renewed()),
    scope: (work) => room.scope(work),
    apart: (work) => room.apart(work),
  }
}

const presentGroups = (numbers: Float64Array, lanes: number, hasValues: boolean): Groups => {
  if (!hasValues) return { counts: numbers, sums: [] }
  const pairs = numbers.length / lanes
  const sumAt = (pair: number): bigint => {
    let sum = 0n
    for (let lane = 1; lane < lanes; lane += 1) sum += BigInt(numbers[pair * lanes + lane] ?? 0) << BigInt((lane - 1) * 8)
    return sum
  }
  return { counts: Float64Array.from({ length: pairs }, (_, pair) => numbers[pair * lanes] ?? 0), sums: Array.from({ length: pairs }, (_, pair) => sumAt(pair)) }
}
