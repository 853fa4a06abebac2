import { BitmapError } from './bitmap-error.js'
import { checkColumn, checkValue, type Columns, type Values } from './numbers.js'
import { type Pointer } from './kernel.js'
import { type Room } from './room.js'

/** How columns lie in the window; build.ts of the kernel knows the same numbers. */
const forms = { floats: 0, longs: 1, ints: 2 } as const
const unordered = -1
const invalid = -2
const bytesEach = 8

type Form = typeof forms[keyof typeof forms]
type Typed = Float64Array | BigUint64Array | Uint32Array

const isBigints = (list: readonly number[] | readonly bigint[]): list is readonly bigint[] => typeof list[0] === 'bigint'

/** As a typed array: what it holds has been checked, but for floats, which the kernel checks. */
export const typedColumns = (columns: Columns): Typed => {
  if (columns instanceof Float64Array || columns instanceof BigUint64Array || columns instanceof Uint32Array) return columns
  if (!isBigints(columns)) return Float64Array.from(columns)
  for (const column of columns) checkColumn(column)
  return BigUint64Array.from(columns)
}

export const typedValues = (values: Values): Float64Array | BigInt64Array => {
  if (values instanceof Float64Array || values instanceof BigInt64Array) return values
  if (!isBigints(values)) return Float64Array.from(values)
  for (const value of values) checkValue(value)
  return BigInt64Array.from(values)
}

const formOf = (columns: Typed): Form => columns instanceof Float64Array ? forms.floats : columns instanceof BigUint64Array ? forms.longs : forms.ints

const stageColumns = (room: Room, columns: Typed, from: number, to: number): void => {
  const memory = room.memory()
  if (columns instanceof Float64Array) new Float64Array(memory, room.staging, to - from).set(columns.subarray(from, to))
  else if (columns instanceof BigUint64Array) new BigUint64Array(memory, room.staging, to - from).set(columns.subarray(from, to))
  else new Uint32Array(memory, room.staging, to - from).set(columns.subarray(from, to))
}

const stageValues = (room: Room, values: Float64Array | BigInt64Array, from: number, to: number, at: Pointer): void => {
  if (values instanceof BigInt64Array) return new BigInt64Array(room.memory(), at, to - from).set(values.subarray(from, to))
  new Float64Array(room.memory(), at, to - from).set(values.subarray(from, to))
  if (room.kernel.toIntegers(at, to - from) === 0) throw new BitmapError('InvalidValue', 'One of the values is no safe integer.')
}

/** Whether all went in; false when they are not ascending. */
const wentIn = (room: Room, code: number): boolean => {
  if (code === invalid) throw new BitmapError('InvalidColumn', 'One of the columns is no integer from 0 to 2^53-1.')
  if (code !== 0 && code !== unordered) throw room.full()
  return code === 0
}

/** Appends columns to a bitmap that nobody else has yet; false when they are not ascending. */
export const appendColumns = (room: Room, bitmap: Pointer, columns: Typed): boolean => {
  const most = room.stagingBytes / bytesEach
  for (let from = 0; from < columns.length; from += most) {
    const to = Math.min(from + most, columns.length)
    stageColumns(room, columns, from, to)
    if (!wentIn(room, room.kernel.appendColumns(bitmap, room.staging, to - from, formOf(columns)))) return false
  }
  return true
}

/** Appends values to slices that nobody else has yet; false when the columns are not ascending, or one comes twice. */
export const appendValues = (room: Room, slices: Pointer, columns: Typed, values: Float64Array | BigInt64Array): boolean => {
  const valuesAt = room.staging + room.stagingBytes / 2
  const most = room.stagingBytes / 2 / bytesEach
  for (let from = 0; from < columns.length; from += most) {
    const to = Math.min(from + most, columns.length)
    stageColumns(room, columns, from, to)
    stageValues(room, values, from, to, valuesAt)
    if (!wentIn(room, room.kernel.appendValues(slices, room.staging, valuesAt, to - from, formOf(columns)))) return false
  }
  return true
}

/** Columns and values in the order of the columns; of one that comes more than once, the last value. */
export const ordered = (columns: Typed, values: Float64Array | BigInt64Array): { columns: Typed, values: Float64Array | BigInt64Array } => {
  const places = Array.from({ length: columns.length }, (_, at) => at)
  // Comparing keeps NaN and the like where they are: the kernel refuses them.
  places.sort((one, other) => compare(columns[one], columns[other]) || one - other)
  const last = places.filter((place, at) => compare(columns[place], columns[places[at + 1] ?? -1]) !== 0)
  return { columns: chosenColumns(columns, last), values: chosenValues(values, last) }
}

const compare = (one: number | bigint | undefined, other: number | bigint | undefined): number =>
  one === undefined || other === undefined ? 1 : one < other ? -1 : one > other ? 1 : 0

const chosenColumns = (from: Typed, places: readonly number[]): Typed => {
  if (from instanceof BigUint64Array) return BigUint64Array.from(places, (place) => from[place] ?? 0n)
  return from instanceof Float64Array ? Float64Array.from(places, (place) => from[place] ?? 0) : Uint32Array.from(places, (place) => from[place] ?? 0)
}

const chosenValues = (from: Float64Array | BigInt64Array, places: readonly number[]): Float64Array | BigInt64Array =>
  from instanceof BigInt64Array ? BigInt64Array.from(places, (place) => from[place] ?? 0n) : Float64Array.from(places, (place) => from[place] ?? 0)

/** Writes the pointers of rows as a list for the kernel. */
export const writeList = (room: Room, at: Pointer, pointers: readonly Pointer[]): void => new Uint32Array(room.memory(), at, pointers.length).set(pointers)
