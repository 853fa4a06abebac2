import { BitmapError } from './bitmap-error.js'
import { freeze } from './frozen.js'
import { Handle, filled } from './handle.js'
import { checkColumn, highOf, lastColumn, lowOf, type Column, type Columns } from './numbers.js'
import { type Pointer } from './kernel.js'
import { type Room } from './room.js'
import { appendColumns, typedColumns } from './staging.js'

const pageColumns = 4_096
const refused = -1

/** Columns as a bitmap that the caller owns. */
export const bitmapOf = (room: Room, columns: Columns): Pointer => {
  const typed = typedColumns(columns)
  const append = (from: typeof typed): Pointer =>
    filled(room.made(room.kernel.create()), (bitmap) => appendColumns(room, bitmap, from), (bitmap) => room.kernel.destroy(bitmap))
  return append(typed) || append(typed.slice().sort())
}

/**
 * A set of columns. What answers a Bitmap makes a new one, which its maker frees; `add`, `remove`, `include` and `exclude` change this one,
 * wholly or, where memory is refused, not at all.
 */
export class Bitmap extends Handle {
  protected destroy(pointer: Pointer): void {
    this.room.kernel.destroy(pointer)
  }

  private made(pointer: Pointer): Bitmap {
    return new Bitmap(this.room, this.room.made(pointer))
  }

  count(): number {
    return this.room.kernel.count(this.handle)
  }

  has(column: Column): boolean {
    checkColumn(column)
    return this.room.kernel.has(this.handle, highOf(column), lowOf(column)) !== 0
  }

  /** Whether it was not there before. */
  add(column: Column): boolean {
    checkColumn(column)
    return this.changed(this.room.kernel.add(this.handle, highOf(column), lowOf(column))) !== 0
  }

  /** Whether it was there before. */
  remove(column: Column): boolean {
    checkColumn(column)
    return this.changed(this.room.kernel.remove(this.handle, highOf(column), lowOf(column))) !== 0
  }

  private changed(by: number): number {
    if (by === refused) throw this.room.full()
    return by
  }

  /** How many were not there before. */
  addMany(columns: Columns): number {
    return this.changeMany(columns, (more) => this.count() === 0 ? this.take(more) : this.room.kernel.change(this.handle, 0, more))
  }

  /** How many were there before. */
  removeMany(columns: Columns): number {
    return this.changeMany(columns, (fewer) => this.room.kernel.change(this.handle, fewer, 0))
  }

  private changeMany(columns: Columns, change: (many: Pointer) => number): number {
    void this.handle
    const many = bitmapOf(this.room, columns)
    try {
      return this.changed(change(many))
    } finally {
      if (this.pointer !== many) this.room.kernel.destroy(many)
    }
  }

  /** Becomes what is made already. */
  private take(other: Pointer): number {
    const count = this.room.kernel.count(other)
    this.room.kernel.destroy(this.pointer)
    this.pointer = other
    return count
  }

  /** Joins another one to this, and says how many were not there before. */
  include(other: Bitmap): number {
    return this.changed(this.room.kernel.change(this.handle, 0, other.pointerIn(this.room)))
  }

  /** Takes another one's columns away from this, and says how many were there. */
  exclude(other: Bitmap): number {
    return this.changed(this.room.kernel.change(this.handle, other.pointerIn(this.room), 0))
  }

  and(other: Bitmap): Bitmap {
    return this.made(this.room.kernel.and(this.handle, other.pointerIn(this.room)))
  }

  or(other: Bitmap): Bitmap {
    return this.made(this.room.kernel.or(this.handle, other.pointerIn(this.room)))
  }

  /** What this has and the other has not. */
  andNot(other: Bitmap): Bitmap {
    return this.made(this.room.kernel.andNot(this.handle, other.pointerIn(this.room)))
  }

  xor(other: Bitmap): Bitmap {
    return this.made(this.room.kernel.xor(this.handle, other.pointerIn(this.room)))
  }

  andCount(other: Bitmap): number {
    return this.room.kernel.countAnd(this.handle, other.pointerIn(this.room))
  }

  orCount(other: Bitmap): number {
    return this.count() + other.count() - this.andCount(other)
  }

  andNotCount(other: Bitmap): number {
    return this.count() - this.andCount(other)
  }

  xorCount(other: Bitmap): number {
    return this.count() + other.count() - 2 * this.andCount(other)
  }

  equals(other: Bitmap): boolean {
    return this.room.kernel.equal(this.handle, other.pointerIn(this.room)) !== 0
  }

  clone(): Bitmap {
    return this.made(this.room.kernel.clone(this.handle))
  }

  /** The columns in [from, to). */
  slice(from: Column, to: Column): Bitmap {
    const last = lastOf(from, to)
    if (last === undefined) return this.made(this.room.kernel.create())
    return this.made(this.room.kernel.slice(this.handle, highOf(from), lowOf(from), highOf(last), lowOf(last)))
  }

  countBetween(from: Column, to: Column): number {
    const last = lastOf(from, to)
    return last === undefined ? 0 : this.room.kernel.countBetween(this.handle, highOf(from), lowOf(from), highOf(last), lowOf(last))
  }

  /** All columns moved up by `by`. What would pass the last column there is, is left out. */
  shift(by: Column): Bitmap {
    checkColumn(by)
    return this.made(this.room.kernel.shift(this.handle, highOf(by), lowOf(by)))
  }

  min(): Column | undefined {
    return this.room.kernel.lowest(this.handle) === 0 ? undefined : this.room.answerColumn()
  }

  max(): Column | undefined {
    return this.room.kernel.highest(this.handle) === 0 ? undefined : this.room.answerColumn()
  }

  /** The column at a position, from 0. */
  at(position: number): Column | undefined {
    checkColumn(position)
    return this.room.kernel.select(this.handle, highOf(position), lowOf(position)) === 0 ? undefined : this.room.answerColumn()
  }

  /** How many columns are below this one. */
  rank(column: Column): number {
    checkColumn(column)
    return this.room.kernel.rank(this.handle, highOf(column), lowOf(column))
  }

  /** Up to `most` columns, and never more than 65,536, at or after `from`, ascending. Refused where one of them is no exact number. */
  page(from: Column, most: number): Float64Array {
    const n = this.writePage(from, most, true)
    const page = new Float64Array(this.room.memory(), this.room.staging, n).slice()
    // Every column past 2^53-1 becomes at least 2^53 as a float.
    if (n > 0 && (page[n - 1] ?? 0) > Number.MAX_SAFE_INTEGER) throw new BitmapError('InvalidColumn', 'A column is past 2^53-1: ask for exact pages.')
    return page
  }

  exactPage(from: Column, most: number): BigUint64Array {
    const n = this.writePage(from, most, false)
    return new BigUint64Array(this.room.memory(), this.room.staging, n).slice()
  }

  private writePage(from: Column, most: number, asFloats: boolean): number {
    checkColumn(from)
    return this.room.kernel.page(this.handle, highOf(from), lowOf(from), most, Number(asFloats))
  }

  /** All columns, page by page. The bitmap may change between two pages: each goes on after the last column of the one before. */
  * pages(most = pageColumns): Generator<Float64Array> {
    for (let from: Column = 0; ;) {
      const page = this.page(from, most)
      const last = page.at(-1)
      if (last === undefined) return
      yield page
      if (last === Number.MAX_SAFE_INTEGER) return
      from = last + 1
    }
  }

  * exactPages(most = pageColumns): Generator<BigUint64Array> {
    for (let from = 0n; ;) {
      const page = this.exactPage(from, most)
      const last = page.at(-1)
      if (last === undefined) return
      yield page
      if (last === lastColumn) return
      from = last + 1n
    }
  }

  /** Gives every container its smallest form, and back what is not needed. Worth it before saving, and after many changes. */
  optimise(): void {
    this.room.kernel.optimise(this.handle)
  }

  bytesUsed(): number {
    return this.room.kernel.bytesUsed(this.handle)
  }

  /** Its image, which `load` reads. */
  save(): Uint8Array {
    return freeze(this.room, this.handle)
  }
}

/** The last column in [from, to); undefined where there is none. */
export const lastOf = (from: Column, to: Column): bigint | undefined => {
  checkColumn(from)
  if (to !== lastColumn + 1n) checkColumn(to)
  return BigInt(to) > BigInt(from) ? BigInt(to) - 1n : undefined
}
