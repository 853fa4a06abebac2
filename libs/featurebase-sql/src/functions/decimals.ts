import { int64, zeroDivisor } from './refuse.js'

export const powerOfTen = (exponent: number): bigint => 10n ** BigInt(exponent)

/** Divided by something above nothing, and rounded down. */
export const floorDivided = (value: bigint, by: bigint): bigint => value / by - (value % by < 0n ? 1n : 0n)

/** A scaled integer at another scale. Digits past it are cut off. */
export const rescale = (unscaled: bigint, from: number, to: number): bigint =>
  from <= to ? unscaled * powerOfTen(to - from) : unscaled / powerOfTen(from - to)

/** With all digits of its scale: 12.30, -0.05. */
export const printDecimal = (unscaled: bigint, scale: number): string => {
  if (scale === 0) return unscaled.toString()
  const digits = (unscaled < 0n ? -unscaled : unscaled).toString().padStart(scale + 1, '0')
  return `${unscaled < 0n ? '-' : ''}${digits.slice(0, -scale)}.${digits.slice(-scale)}`
}

export interface Decimal {
  readonly unscaled: bigint
  readonly scale: number
}

const written = /^ *([+-]?)(\d*)(?:\.(\d*))? *$/

/** Undefined for a text that is no decimal. Zeros at its end do not count towards its scale. */
export const readDecimal = (text: string): Decimal | undefined => {
  const [, sign = '', whole = '', fraction = ''] = written.exec(text) ?? []
  if (whole === '' && fraction === '') return undefined
  let length = fraction.length
  while (length > 0 && fraction[length - 1] === '0') length -= 1
  if (whole.length + length > 40) return undefined
  const unscaled = BigInt(`${whole}${fraction.slice(0, length)}` || '0')
  return { unscaled: sign === '-' ? -unscaled : unscaled, scale: length }
}

/** A quotient at a scale of its own, cut off. */
export const divideDecimals = (left: Decimal, right: Decimal, scale: number): bigint => {
  if (right.unscaled === 0n) return zeroDivisor()
  const shift = scale - left.scale + right.scale
  const over = left.unscaled * powerOfTen(Math.max(shift, 0))
  return int64(over / (right.unscaled * powerOfTen(Math.max(-shift, 0))))
}

/** With so many digits behind the point, rounded to the nearest and of two to the even one. */
export const roundDecimal = (unscaled: bigint, from: number, to: number): bigint => {
  if (from <= to) return rescale(unscaled, from, to)
  const unit = powerOfTen(from - to)
  const [quotient, rest] = [unscaled / unit, unscaled % unit]
  const twice = (rest < 0n ? -rest : rest) * 2n
  return twice > unit || twice === unit && quotient % 2n !== 0n ? quotient + (unscaled < 0n ? -1n : 1n) : quotient
}
