import type { DataType, Value } from '@tenantry/featurebase-sql'
import { isMembers, kept } from './binds.js'
import type { Builder } from './builder.js'
import { encode } from './codec.js'
import type { Fragment } from './fragment.js'

const units = [1_000_000_000n, 1_000_000n, 1_000n, 1n] as const

/** Nanoseconds of the coarsest unit that a time is a whole count of. */
const unitOf = (epochNanos: bigint): bigint => units.find((unit) => epochNanos % unit === 0n) ?? 1n

export const constantOf = ({ binds }: Builder, value: Value, type: DataType): Fragment => {
  if (value === null) return { text: 'NULL', type, constant: null, ...(type.name === 'timestamp' && { nanos: units[0] }) }
  if (typeof value === 'boolean') return { text: value ? '1' : '0', type, constant: value }
  if (typeof value === 'string') return { text: binds.value(value), type, constant: value }
  if (isMembers(value)) return { text: binds.json(kept(canonical(value))), type, constant: value }
  if (type.name === 'timestamp') {
    const nanos = unitOf(value)
    return { text: binds.value(encode(value, type, nanos)), type, constant: value, nanos }
  }
  if (type.name === 'id') return { text: binds.integer(BigInt.asIntN(64, value)), type, constant: value, least: value, most: value, isUnsigned: value >= 2n ** 63n }
  encode(value, type)
  return { text: binds.integer(value), type, constant: value, least: value, most: value }
}

const ascending = (one: bigint | string, other: bigint | string): number => one < other ? -1 : one > other ? 1 : 0

/** Members once, in the order in which sets of columns have them. */
export const canonical = (members: readonly bigint[] | readonly string[]): readonly bigint[] | readonly string[] =>
  [...new Set<bigint | string>(members)].sort(ascending) as readonly bigint[] | readonly string[]
