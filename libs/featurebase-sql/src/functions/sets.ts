import type { ScalarFunction } from './scalar.js'
import { members } from './scalar.js'
import type { Value } from '../typed.js'

const setOf = (value: Value | undefined): ReadonlySet<bigint | string> => new Set<bigint | string>(members(value))
const single = (value: Value | undefined): bigint | string => typeof value === 'bigint' || typeof value === 'string' ? value : members(value)[0] ?? ''

export const setFunctions: Readonly<Record<string, ScalarFunction>> = {
  SETCONTAINS: ([set, member]) => setOf(set).has(single(member)),
  SETCONTAINSANY: ([set, sought]) => {
    const had = setOf(set)
    return members(sought).some((member) => had.has(member))
  },
  SETCONTAINSALL: ([set, sought]) => {
    const had = setOf(set)
    return members(sought).every((member) => had.has(member))
  },
}
