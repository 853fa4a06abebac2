import type { Value } from '../typed.js'
import type { DataType } from '../types.js'
import { outOfRange } from './refuse.js'

/** A function on values, none of which is null; `types` are those of its arguments. Throws SqlError. */
export type ScalarFunction = (values: readonly Value[], types: readonly DataType[]) => Value

/** A text that a function makes may have so many characters. */
const longestText = 2 ** 20

export const limited = (length: number): number => length <= longestText ? length : outOfRange(length)

const mismatch = (value: Value | undefined, wanted: string): never => { throw new TypeError(`a ${wanted} is asked for, and not a ${typeof value}`) }

export const text = (value: Value | undefined): string => typeof value === 'string' ? value : mismatch(value, 'text')
export const int = (value: Value | undefined): bigint => typeof value === 'bigint' ? value : mismatch(value, 'number')
export const truth = (value: Value | undefined): boolean => typeof value === 'boolean' ? value : mismatch(value, 'truth')

type Members = readonly bigint[] | readonly string[]

export const members = (value: Value | undefined): Members => isMembers(value) ? value : mismatch(value, 'set')

const isMembers = (value: Value | undefined): value is Members => Array.isArray(value)
