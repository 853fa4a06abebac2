import type { Value } from '../typed.js'
import { type DataType, scaleOf } from '../types.js'
import { printDecimal, roundDecimal } from './decimals.js'
import { outOfRange } from './refuse.js'
import type { ScalarFunction } from './scalar.js'
import { int, limited, text } from './scalar.js'
import { printValue } from './print.js'

interface Verb {
  readonly flags: string
  readonly width: number
  readonly precision: number | undefined
  readonly verb: string
}

const typeNames: Readonly<Record<string, string>> = { int: 'int64', id: 'int64', string: 'string', bool: 'bool', decimal: 'pql.Decimal', timestamp: 'time.Time', idset: '[]int64', stringset: '[]string' }
const described = (value: Value, type: DataType): string => `${typeNames[type.name] ?? type.name}=${printValue(value, type)}`

const signed = (digits: string, flags: string): string => digits.startsWith('-') ? digits : flags.includes('+') ? `+${digits}` : flags.includes(' ') ? ` ${digits}` : digits

const based = (value: bigint, base: number): string => value.toString(base)

const isWhole = ({ name }: DataType): boolean => name === 'int' || name === 'id'

/** What Go prints for a verb; undefined for one that does not fit the value. */
const printed = (value: Value, type: DataType, { flags, precision, verb }: Verb): string | undefined => {
  if (verb === 'v') return isWhole(type) ? signed(printValue(value, type), flags) : printValue(value, type)
  if (typeof value === 'string' && type.name === 'string') {
    if (verb === 's') return precision === undefined ? value : [...value].slice(0, precision).join('')
    if (verb === 'q') return JSON.stringify(value)
    if (verb === 'x' || verb === 'X') return hexOf(value, verb)
  }
  if (verb === 't' && typeof value === 'boolean') return String(value)
  if (typeof value === 'bigint' && isWhole(type)) return wholeText(value, flags, verb)
  if (typeof value === 'bigint' && type.name === 'decimal' && (verb === 'f' || verb === 'F')) return signed(printDecimal(roundDecimal(value, type.scale, precision ?? 6), precision ?? 6), flags)
  return verb === 's' && !isWhole(type) && type.name !== 'bool' ? printValue(value, type) : undefined
}

const hexOf = (value: string, verb: string): string => {
  const hex = [...new TextEncoder().encode(value)].map((byte) => byte.toString(16).padStart(2, '0')).join('')
  return verb === 'X' ? hex.toUpperCase() : hex
}

const wholeText = (value: bigint, flags: string, verb: string): string | undefined => {
  switch (verb) {
    case 'd': return signed(based(value, 10), flags)
    case 'b': return signed(based(value, 2), flags)
    case 'o': return signed(based(value, 8), flags)
    case 'x': return signed(based(value, 16), flags)
    case 'X': return signed(based(value, 16).toUpperCase(), flags)
    case 'c': return value >= 0n && value <= 0x10ffffn ? String.fromCodePoint(Number(value)) : '\ufffd'
    default: return undefined
  }
}

const padded = (content: string, { flags, width }: Verb, isNumber: boolean): string => {
  if (flags.includes('-')) return content.padEnd(width)
  if (!flags.includes('0') || !isNumber) return content.padStart(width)
  const sign = /^[+-]/.exec(content)?.[0] ?? ''
  return sign + content.slice(sign.length).padStart(width - sign.length, '0')
}

const pattern = /%([-+# 0]*)(\d{0,9})(?:\.(\d{0,9}))?(.?)/gsu

/** Go's Sprintf, as far as a value of a database has a verb for it; what does not fit is said in the text, as Go does. */
const format: ScalarFunction = ([written, ...values], [, ...types]) => {
  let next = 0
  let length = 0
  const result = text(written).replace(pattern, (_all, flags: string, width: string, precision: string | undefined, verb: string) => {
    const part = ((): string => {
      if (verb === '%') return '%'
      if (verb === '') return '%!(NOVERB)'
      const [value, type] = [values[next], types[next]]
      next += 1
      if (value === undefined || type === undefined) return `%!${verb}(MISSING)`
      const asked = { flags, width: limited(Number(width)), precision: precision === undefined ? undefined : limited(Number(precision)), verb }
      if ((asked.precision ?? 0) > mostDigits && verb !== 's') return outOfRange(asked.precision ?? 0)
      const content = printed(value, type, asked)
      return content === undefined ? `%!${verb}(${described(value, type)})` : padded(content, asked, type.name !== 'string')
    })()
    length = limited(length + part.length)
    return part
  })
  const extra = values.slice(next).map((value, at) => described(value, types[next + at] ?? { name: 'void' }))
  return extra.length > 0 ? `${result}%!(EXTRA ${extra.join(', ')})` : result
}

const mostDigits = 1_000

/** A number at the right of so many characters, with so many digits behind the point; stars where it has no room. */
const str: ScalarFunction = ([value, width = 10n, digits = 0n], [type = { name: 'void' }]) => {
  const room = int(width) < 0n ? outOfRange(int(width)) : limited(Number(int(width)))
  if (int(digits) < 0n || int(digits) > 1_000_000n) return outOfRange(int(digits))
  const places = Number(int(digits))
  if (places > room) return '*'.repeat(room)
  const written = printDecimal(roundDecimal(int(value), scaleOf(type), places), places)
  return written.length > room ? '*'.repeat(room) : written.padStart(room)
}

export const formatFunctions: Readonly<Record<string, ScalarFunction>> = { FORMAT: format, STR: str }
