import { noteFault } from '../refusals.js'
import { clipped } from '../quote.js'
import { codeAt, endOfDigits, reach, type Scanner } from '../scanner.js'
import type { Decimal, Int } from '../tree.js'

const outOfRange = 'integer is not in signed 64-bit range'
const least = -(2n ** 63n)
const greatest = 2n ** 63n - 1n
const mostDigits = 19
const alwaysSafeDigits = 15

const minus = 45, point = 46

/** The end of a number at `from`, or `from` where none begins: `-?digits[.digits]` or `-?.digits`. */
export const endOfNumber = (scanner: Scanner, from: number): number => {
  const unsigned = codeAt(scanner, from) === minus ? from + 1 : from
  const whole = endOfDigits(scanner, unsigned)
  reach(scanner, 'digits', unsigned, whole)
  if (whole > unsigned) reach(scanner, 'signedDigits', from, whole)
  if (codeAt(scanner, whole) !== point) return whole > unsigned ? whole : from
  const end = endOfDigits(scanner, whole + 1)
  if (end === whole + 1 && whole === unsigned) return from
  reach(scanner, 'digits', whole + 1, end)
  reach(scanner, 'decimal', from, end)
  return end
}

/** What an integer or a decimal beyond 64 bits becomes. The caller was told of it; the tree is never given out. */
const nothing: Int = { kind: 'int', value: 0n }

export const integerOf = (scanner: Scanner, written: string, at: number): Int => {
  if (written.length <= alwaysSafeDigits) return { kind: 'int', value: BigInt(Number(written)) }
  const digits = written.replace(/^-?0*/, '')
  // Digits without end would take BigInt time without end.
  const value = digits.length > mostDigits ? greatest + 1n : BigInt(written)
  if (value >= least && value <= greatest) return { kind: 'int', value }
  noteFault(scanner, at, `${outOfRange}: strconv.ParseInt: parsing "${clipped(written)}": value out of range`)
  return nothing
}

/** The end of `text` without the zeros that it ends with. An own loop, because /0+$/ looks at a run of zeros once from each of them. */
const withoutLastZeros = (text: string): string => {
  let end = text.length
  while (text.charCodeAt(end - 1) === 48) end -= 1
  return text.slice(0, end)
}

const decimalOf = (scanner: Scanner, written: string, at: number): Decimal | Int => {
  const isNegative = written.startsWith('-')
  const [whole = '', fraction = ''] = (isNegative ? written.slice(1) : written).split('.')
  const kept = withoutLastZeros(fraction)
  const digits = `${whole}${kept}`.replace(/^0+/, '')
  if (digits.length <= mostDigits && kept.length <= mostDigits) {
    const unscaled = isNegative ? -BigInt(digits) : BigInt(digits)
    if (unscaled >= least && unscaled <= greatest) return { kind: 'decimal', unscaled, scale: kept.length }
  }
  noteFault(scanner, at, `${outOfRange}: value out of range`)
  return nothing
}

export const numberOf = (scanner: Scanner, begin: number, end: number): Int | Decimal => {
  const written = scanner.text.slice(begin, end)
  return written.includes('.') ? decimalOf(scanner, written, begin) : integerOf(scanner, written, begin)
}
