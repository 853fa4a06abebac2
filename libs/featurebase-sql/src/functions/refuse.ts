import { meaningError, nowhere } from '../error.js'

const refuse = (text: string): never => { throw meaningError(nowhere, text) }

export const outOfRange = (value: bigint | number): never => refuse(`value '${value}' out of range`)
export const resultOutOfRange = (): never => refuse('output value out of range')
export const zeroDivisor = (): never => refuse('divisor is equal to zero')
export const invalidParameter = (value: string, parameter: string): never => refuse(`invalid value '${value}' for parameter '${parameter}'`)
export const notOfLength = (value: string, length: number): never => refuse(`value '${value}' should be of the length ${length}`)
export const noDatetimePart = (part: bigint): never => refuse(`not a valid datetimepart ${part}`)
export const notConvertible = (value: string, type: string): never => refuse(`unable to convert '${value}' to type '${type}'`)
export const notCastable = (value: string, type: string): never => refuse(`'${value}' cannot be cast to '${type}'`)

const least = -(2n ** 63n)
const most = 2n ** 63n - 1n

export const isInt64 = (value: bigint): boolean => value >= least && value <= most

/** A result as 64 bits hold it. */
export const int64 = (value: bigint): bigint => isInt64(value) ? value : outOfRange(value)
