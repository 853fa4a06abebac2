import type { SQLOutputValue } from 'node:sqlite'
import { type DataType, isSet, printDecimal, printTime } from '@tenantry/featurebase-sql'
import { kept, printList } from './binds.js'
import { nanosOf } from './align.js'
import { decode } from './codec.js'
import type { Fragment } from './fragment.js'

type Print = (value: SQLOutputValue) => string

const whole = (value: SQLOutputValue): bigint => typeof value === 'bigint' ? value : BigInt(Math.trunc(Number(value)))

const ascending = (one: bigint | string, other: bigint | string): number => one < other ? -1 : one > other ? 1 : 0

/** Sets are JSON already; ids of the upper half are negative in it. */
const printSet = (type: DataType): Print => (value) => {
  if (typeof value !== 'string') return 'null'
  if (type.name.startsWith('string') || !value.includes('-')) return value
  const members = decode(value, type)
  return Array.isArray(members) ? printList([...kept(members)].map((member) => BigInt.asUintN(64, BigInt(member))).sort(ascending)) : 'null'
}

const printNumber = (column: Fragment): Print => {
  const { type, isUnsigned } = column
  const nanos = nanosOf(column)
  switch (type.name) {
    case 'decimal': return (value) => printDecimal(whole(value), type.scale)
    case 'timestamp': return (value) => `"${printTime(whole(value) * nanos)}"`
    case 'bool': return (value) => whole(value) === 0n ? 'false' : 'true'
    case 'id': return (value) => isUnsigned ? BigInt.asUintN(64, whole(value)).toString() : whole(value).toString()
    default: return (value) => typeof value === 'bigint' ? value.toString() : JSON.stringify(value)
  }
}

/** How values of a column are written into an answer. */
export const printerOf = (column: Fragment): Print => {
  const print = isSet(column.type) ? printSet(column.type) : column.type.name === 'string' ? JSON.stringify : printNumber(column)
  return (value) => value === null ? 'null' : print(value)
}
