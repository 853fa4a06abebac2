import type { SQLInputValue, SQLOutputValue } from 'node:sqlite'
import { type DataType, type Value, floorDivided, isInt64, isSet, outOfRange } from '@tenantry/featurebase-sql'
import { isMembers, kept, printList } from './binds.js'
import type { Fragment } from './fragment.js'

const nanosInSecond = 1_000_000_000n

/** A value as SQLite keeps it; `nanos` are those of one count of a timestamp. */
export const encode = (value: Value, type: DataType, nanos = nanosInSecond): SQLInputValue => {
  if (value === null || typeof value === 'string') return value
  if (typeof value === 'boolean') return value ? 1 : 0
  if (isMembers(value)) return printList(kept(value))
  if (type.name === 'id') return BigInt.asIntN(64, value)
  const count = type.name === 'timestamp' ? floorDivided(value, nanos) : value
  return isInt64(count) ? count : outOfRange(count)
}

const unsigned = (member: unknown): bigint => BigInt.asUintN(64, typeof member === 'bigint' ? member : BigInt(String(member)))

const exactly = (_key: string, value: unknown, context?: { readonly source?: string }): unknown =>
  typeof value === 'number' && context?.source !== undefined ? BigInt(context.source) : value

/** The members of a set that SQLite gave. */
const readMembers = (text: string, type: DataType): Value => {
  const read: unknown = JSON.parse(text, exactly)
  if (!Array.isArray(read)) return null
  return type.name === 'stringset' || type.name === 'stringsetq' ? read.map(String) : read.map(unsigned)
}

/** What SQLite gave, as a value. */
export const decode = (value: SQLOutputValue, type: DataType, nanos = nanosInSecond): Value => {
  if (value === null || value instanceof Uint8Array) return null
  if (typeof value === 'string') return isSet(type) ? readMembers(value, type) : value
  const whole = BigInt(value)
  if (type.name === 'bool') return whole !== 0n
  if (type.name === 'timestamp') return whole * nanos
  return type.name === 'id' ? BigInt.asUintN(64, whole) : whole
}

/** How values of a fragment are kept, as a word: two with the same are kept alike. */
export const codecName = ({ type, nanos }: Pick<Fragment, 'type' | 'nanos'>): string =>
  type.name === 'decimal' ? `decimal${type.scale}` : type.name === 'timestamp' ? `timestamp${nanos ?? nanosInSecond}` : type.name
