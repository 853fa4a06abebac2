import { BitmapError } from './bitmap-error.js'
import { Bitmap, bitmapOf } from './bitmap.js'
import { checkColumn, checkValue, highOf, lowOf, type Column, type Columns, type Value, type Values } from './numbers.js'
import { type Pointer } from './kernel.js'
import { type Room } from './room.js'
import { freezeSlices } from './frozen-slices.js'
import { Handle, filled } from './handle.js'
import { appendValues, ordered, typedColumns, typedValues } from './staging.js'

/** What a value is to a constant, as the kernel's compare.ts has it: LESS 1, EQUAL 2, GREATER 4. */
const wanted = { '<': 1, '<=': 3, '==': 2, '!=': 5, '>=': 6, '>': 4 } as const
const wantsAtLeast = 6
const wantsAtMost = 3
const bitsOfByte = 8

export type Comparison = keyof typeof wanted
export interface Extreme { readonly value: bigint, readonly count: number }
/** Columns and, at the same places, their values. */
export interface ValuePage { readonly columns: Float64Array, readonly values: BigInt64Array }
/** Magnitudes, as columns of two bitmaps that the asker frees. */
export interface DistinctValues extends Disposable { readonly negative: Bitmap, readonly positive: Bitmap }

const slicesOf = (room: Room, columns: Columns, values: Values): Pointer => {
  if (columns.length !== values.length) throw new BitmapError('InvalidSize', `There are ${columns.length} columns, but ${values.length} values.`)
  const given = { columns: typedColumns(columns), values: typedValues(values) }
  const append = (from: typeof given): Pointer =>
    filled(room.made(room.kernel.createSlices()), (slices) => appendValues(room, slices, from.columns, from.values), (slices) => room.kernel.destroySlices(slices))
  return append(given) || append(ordered(given.columns, given.values))
}

/** 64-bit integers by column, kept as one bitmap for each bit. A change happens wholly or, where memory is refused, not at all. */
export class Slices extends Handle {
  protected destroy(pointer: Pointer): void {
    this.room.kernel.destroySlices(pointer)
  }

  private filter(filter: Bitmap | undefined): Pointer {
    return filter === undefined ? 0 : filter.pointerIn(this.room)
  }

  private made(pointer: Pointer): Bitmap {
    return new Bitmap(this.room, this.room.made(pointer))
  }

  private member(at: number): Pointer {
    return this.room.kernel.memberOf(this.handle, at) >>> 0
  }

  /** How many bits the largest magnitude ever set has. */
  depth(): number {
    return this.room.kernel.depthOf(this.handle)
  }

  count(): number {
    return this.room.kernel.count(this.member(0))
  }

  has(column: Column): boolean {
    checkColumn(column)
    return this.room.kernel.has(this.member(0), highOf(column), lowOf(column)) !== 0
  }

  /** The columns that have a value. */
  columns(): Bitmap {
    return this.made(this.room.kernel.clone(this.member(0)))
  }

  get(column: Column): bigint | undefined {
    checkColumn(column)
    return this.room.kernel.valueOf(this.handle, highOf(column), lowOf(column)) === 0 ? undefined : this.room.answerValue()
  }

  /** Whether it had another value, or none. */
  set(column: Column, value: Value): boolean {
    checkValue(value)
    if (this.get(column) === BigInt(value)) return false
    this.setMany(typeof column === 'bigint' ? [column] : [column], typeof value === 'bigint' ? [value] : [value])
    return true
  }

  /** Replaces the values of these columns; of a column that comes twice, the last value counts. */
  setMany(columns: Columns, values: Values): void {
    void this.handle
    const many = slicesOf(this.room, columns, values)
    try {
      if (this.room.kernel.overlay(this.handle, this.room.kernel.memberOf(many, 0), many) === 0) throw this.room.full()
    } finally {
      this.room.kernel.destroySlices(many)
    }
  }

  /** Whether it had a value. */
  clear(column: Column): boolean {
    return this.has(column) && this.clearMany(typeof column === 'bigint' ? [column] : [column]) > 0
  }

  /** How many of them had a value. */
  clearMany(columns: Columns | Bitmap): number {
    const before = this.count()
    if (columns instanceof Bitmap) this.clearAll(columns.pointerIn(this.room))
    else {
      const many = bitmapOf(this.room, columns)
      try {
        this.clearAll(many)
      } finally {
        this.room.kernel.destroy(many)
      }
    }
    return before - this.count()
  }

  private clearAll(columns: Pointer): void {
    if (this.room.kernel.overlay(this.handle, columns, 0) === 0) throw this.room.full()
  }

  private wish(at: number, value: Value, wish: number): void {
    checkValue(value)
    this.room.kernel.wish(at, highOf(value), lowOf(value), wish)
  }

  /** The columns whose value stands so to the constant. */
  compare(comparison: Comparison, value: Value, filter?: Bitmap): Bitmap {
    this.wish(0, value, wanted[comparison])
    return this.made(this.room.kernel.compare(this.handle, this.filter(filter), 1))
  }

  compareCount(comparison: Comparison, value: Value, filter?: Bitmap): number {
    this.wish(0, value, wanted[comparison])
    return this.room.kernel.countCompared(this.handle, this.filter(filter), 1)
  }

  /** The columns whose value is in [least, most]. */
  between(least: Value, most: Value, filter?: Bitmap): Bitmap {
    this.wish(0, least, wantsAtLeast)
    this.wish(1, most, wantsAtMost)
    return this.made(this.room.kernel.compare(this.handle, this.filter(filter), 2))
  }

  betweenCount(least: Value, most: Value, filter?: Bitmap): number {
    this.wish(0, least, wantsAtLeast)
    this.wish(1, most, wantsAtMost)
    return this.room.kernel.countCompared(this.handle, this.filter(filter), 2)
  }

  /** The exact sum, and how many values it is of. */
  sum(filter?: Bitmap): { readonly sum: bigint, readonly count: number } {
    this.room.kernel.sum(this.handle, this.filter(filter))
    const parts = new Float64Array(this.room.memory(), this.room.staging, 1 + this.depth())
    let sum = 0n
    for (let bit = 1; bit < parts.length; bit += 1) sum += BigInt(parts[bit] ?? 0) << BigInt(bit - 1)
    return { sum, count: parts[0] ?? 0 }
  }

  private extreme(largest: boolean, filter: Bitmap | undefined): Extreme | undefined {
    if (this.room.kernel.extreme(this.handle, this.filter(filter), Number(largest)) === 0) return undefined
    return { value: this.room.answerValue(), count: this.room.answerCount() }
  }

  min(filter?: Bitmap): Extreme | undefined {
    return this.extreme(false, filter)
  }

  max(filter?: Bitmap): Extreme | undefined {
    return this.extreme(true, filter)
  }

  /** The `k` columns with the smallest or largest values; of equal ones, the lowest columns. */
  extremes(k: number, order: 'smallest' | 'largest', filter?: Bitmap): Bitmap {
    checkColumn(k)
    return this.made(this.room.kernel.first(this.handle, this.filter(filter), highOf(k), lowOf(k), Number(order === 'largest')))
  }

  /** `limit` columns in the order of their values, behind `offset` others; equal values go by column. */
  sorted(limit: number, order: 'smallest' | 'largest', { offset = 0, filter }: { readonly offset?: number, readonly filter?: Bitmap } = {}): ValuePage {
    const chosen = this.extremes(limit + offset, order, filter)
    try {
      return sortedPage(this.all(chosen), order, offset)
    } finally {
      chosen.free()
    }
  }

  private all(filter: Bitmap): ValuePage {
    const count = filter.count()
    const all = { columns: new Float64Array(count), values: new BigInt64Array(count) }
    for (let at = 0; at < count;) {
      const page = this.page(at === 0 ? 0 : (all.columns[at - 1] ?? 0) + 1, count - at, filter)
      if (page.columns.length === 0) return { columns: all.columns.subarray(0, at), values: all.values.subarray(0, at) }
      all.columns.set(page.columns, at)
      all.values.set(page.values, at)
      at += page.columns.length
    }
    return all
  }

  /** Up to `most` columns with a value, and never more than 32,768, at or after `from`, ascending by column. */
  page(from: Column, most: number, filter?: Bitmap): ValuePage {
    checkColumn(from)
    const n = this.room.kernel.decode(this.handle, this.filter(filter), highOf(from), lowOf(from), most, 1)
    const memory = this.room.memory()
    const columns = new Float64Array(memory, this.room.staging, n).slice()
    if (n > 0 && (columns[n - 1] ?? 0) > Number.MAX_SAFE_INTEGER) throw new BitmapError('InvalidColumn', 'A column is past 2^53-1.')
    return { columns, values: new BigInt64Array(memory, this.room.staging + this.room.stagingBytes / 2, n).slice() }
  }

  /** The different values: magnitudes of negative ones, and the others. */
  distinct(filter?: Bitmap): DistinctValues {
    const negative = this.made(this.room.kernel.distinct(this.handle, this.filter(filter), 1))
    const pointer = this.room.kernel.distinct(this.handle, this.filter(filter), 0) >>> 0
    if (pointer === 0) {
      negative.free()
      throw this.room.full()
    }
    const positive = this.made(pointer)
    return {
      negative, positive,
      [Symbol.dispose]() {
        negative.free()
        positive.free()
      },
    }
  }

  optimise(): void {
    for (let member = 0; member < 2 + this.depth(); member += 1) this.room.kernel.optimise(this.member(member))
  }

  bytesUsed(): number {
    let total = 0
    for (let member = 0; member < 2 + this.depth(); member += 1) total += this.room.kernel.bytesUsed(this.member(member))
    return total
  }

  save(): Uint8Array {
    return freezeSlices(this.room, this.handle)
  }
}

const sortedPage = ({ columns, values }: ValuePage, order: 'smallest' | 'largest', offset: number): ValuePage => {
  const sign = order === 'largest' ? -1 : 1
  const valueAt = (at: number): bigint => values[at] ?? 0n
  const places = Uint32Array.from(columns, (_, at) => at).sort((one, other) => {
    const [a, b] = [valueAt(one), valueAt(other)]
    return a < b ? -sign : a > b ? sign : one - other
  }).subarray(offset)
  return { columns: Float64Array.from(places, (at) => columns[at] ?? 0), values: BigInt64Array.from(places, valueAt) }
}

/** How many numbers a group has: the count, and one a byte of the values. */
export const lanesOf = (depth: number): number => 1 + Math.max(1, Math.ceil(depth / bitsOfByte))
