import { rescale } from '../functions/decimals.js'
import { members } from '../functions/scalar.js'
import type { Value } from '../typed.js'
import { type DataType, isSet, scaleOf } from '../types.js'

export type ComparisonOperator = '=' | '!=' | '<' | '<=' | '>' | '>='

type Plain = bigint | string | boolean

const isPlain = (value: Value): value is Plain => typeof value === 'bigint' || typeof value === 'string' || typeof value === 'boolean'

const order = (left: Plain, right: Plain): number => left === right ? 0 : left < right ? -1 : 1

/** What the operator says of the order of two values. */
const says: Readonly<Record<ComparisonOperator, (order: number) => boolean>> = {
  '=': (found) => found === 0, '!=': (found) => found !== 0, '<': (found) => found < 0, '<=': (found) => found <= 0, '>': (found) => found > 0, '>=': (found) => found >= 0,
}

const containsAll = (set: Value, sought: Value): boolean => {
  const had = new Set<bigint | string>(members(set))
  return members(sought).every((member) => had.has(member))
}

/** Whether two values are so; nothing where one is nothing. Sets are equal as far as the one has all of the other's members. */
export const compared = (operator: ComparisonOperator, left: Value, right: Value, [one, other]: readonly [DataType, DataType]): boolean | null => {
  if (left === null || right === null) return null
  if (isSet(one)) return containsAll(left, right) === (operator === '=')
  if (!isPlain(left) || !isPlain(right)) throw new TypeError('a set is compared with sets')
  const scale = Math.max(scaleOf(one), scaleOf(other))
  const alike = (value: Plain, type: DataType): Plain => typeof value === 'bigint' && type.name !== 'timestamp' ? rescale(value, scaleOf(type), scale) : value
  return says[operator](order(alike(left, one), alike(right, other)))
}
