import type { Column } from '@tenantry/bitmaps'
import { leastInt, mostInt } from '../store/field-options.js'
import { columnOf } from '../store/ids.js'

const safeInteger = /^-?\d{1,15}$/
const integer = /^-?\d{1,19}$/
const unsigned = /^\d{1,19}$/
const decimal = /^(-?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d{1,2}))?$/

/** A whole number of 64 bits; undefined for another text. */
export const integerOf = (text: string): number | bigint | undefined => {
  if (safeInteger.test(text)) return Number(text)
  if (!integer.test(text)) return undefined
  const value = BigInt(text)
  return value >= leastInt && value <= mostInt ? value : undefined
}

/** An id of a record or a row, from 0 to 2^63-1, past which PQL names none; undefined for another text. */
export const idOf = (text: string): Column | undefined => {
  if (!unsigned.test(text)) return undefined
  if (text.length <= 15) return Number(text)
  const value = BigInt(text)
  return value <= mostInt ? columnOf(value) : undefined
}

/** A decimal as an integer of so many digits past the point, exactly; what is past them is cut off, as elsewhere. */
export const scaledOf = (text: string, scale: number): number | bigint | undefined => {
  const [, sign = '', whole = '', fraction = '', exponent = '0'] = decimal.exec(text) ?? []
  if (whole === '' && fraction === '') return undefined
  const shifted = scale + Number(exponent)
  const digits = shifted >= 0 ? whole + fraction.slice(0, shifted).padEnd(shifted, '0') : whole.slice(0, shifted)
  return integerOf(`${sign}${digits.replace(/^0+(?=\d)/, '') || '0'}`)
}
