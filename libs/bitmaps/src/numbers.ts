import { BitmapError } from './bitmap-error.js'

/** A column's id: an integer from 0 to 2^53-1 as a number, or to 2^64-1 as a bigint. */
export type Column = number | bigint
/** Many columns. Typed arrays are taken over fastest; ascending ones need not be sorted. */
export type Columns = readonly number[] | readonly bigint[] | Float64Array | BigUint64Array | Uint32Array
/** A 64-bit integer with a sign; as a number only where that is exact. */
export type Value = number | bigint
export type Values = readonly number[] | readonly bigint[] | Float64Array | BigInt64Array

const half = 2 ** 32
const mask = 0xffffffffn
export const lastColumn = 2n ** 64n - 1n
const leastValue = -(2n ** 63n)
const mostValue = 2n ** 63n - 1n

/** Throws unless it is a column. */
export const checkColumn = (column: Column): void => {
  const isColumn = typeof column === 'number' ? Number.isSafeInteger(column) && column >= 0 : column >= 0n && column <= lastColumn
  if (!isColumn) throw new BitmapError('InvalidColumn', `${column} is no column: it must be an integer from 0 to 2^53-1, or a bigint to 2^64-1.`)
}

export const checkValue = (value: Value): void => {
  const isValue = typeof value === 'number' ? Number.isSafeInteger(value) : value >= leastValue && value <= mostValue
  if (!isValue) throw new BitmapError('InvalidValue', `${value} is no value: it must be a safe integer, or a bigint of 64 bits.`)
}

/** The upper 32 bits of a column or a value, in two's complement. */
export const highOf = (column: Column): number => typeof column === 'number' ? Math.floor(column / half) : Number(column >> 32n & mask)
export const lowOf = (column: Column): number => typeof column === 'number' ? column >>> 0 : Number(column & mask)

/** A number where that is exact. */
export const columnOf = (high: number, low: number): Column => high < 0x200000 ? high * half + low : BigInt(high) * BigInt(half) + BigInt(low)
