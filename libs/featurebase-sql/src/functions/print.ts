import type { Value } from '../typed.js'
import type { DataType } from '../types.js'
import { printDecimal } from './decimals.js'
import { printSecond, momentOf } from './times.js'

const quoted = (member: string): string => `"${member.replaceAll('"', '\\"')}"`

const byText = (one: string, other: string): number => one < other ? -1 : one > other ? 1 : 0

/** A value as a text, which is what a cast to a string makes of it. */
export const printValue = (value: Value, type: DataType): string => {
  if (value === null) return '<nil>'
  if (typeof value === 'string') return value
  if (typeof value === 'boolean') return String(value)
  if (typeof value !== 'bigint') return printMembers(value)
  if (type.name === 'decimal') return printDecimal(value, type.scale)
  return type.name === 'timestamp' ? `${printSecond(momentOf(value))}Z` : value.toString()
}

const printMembers = (members: readonly bigint[] | readonly string[]): string => {
  const texts = members.filter((member) => typeof member === 'string')
  return texts.length > 0 ? `[${texts.toSorted(byText).map(quoted).join(',')}]` : `[${members.join(' ')}]`
}
