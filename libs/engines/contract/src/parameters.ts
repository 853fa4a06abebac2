import type { QueryParameter } from './engine.js'

/** A parameter as JSON can hold it: a whole number past 2^53 is its digits. */
export type SpelledParameter = string | number | boolean | null | { readonly int: string }

export const spellParameters = (params: readonly QueryParameter[]): readonly SpelledParameter[] =>
  params.map((value) => typeof value === 'bigint' ? { int: value.toString() } : value)

const digits = /^-?[0-9]{1,19}$/

const isPlain = (value: unknown): value is string | number | boolean | null =>
  value === null || typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'

const bigIn = (value: unknown): bigint | undefined => {
  if (typeof value !== 'object' || value === null || !('int' in value)) return undefined
  if (typeof value.int !== 'string' || !digits.test(value.int)) return undefined
  const whole = BigInt(value.int)
  return BigInt.asIntN(64, whole) === whole ? whole : undefined
}

/** The parameters that were spelled so; undefined when these are none, or one needs more than 64 bits. */
export const readParameters = (spelled: unknown): readonly QueryParameter[] | undefined => {
  if (!Array.isArray(spelled)) return undefined
  const params: QueryParameter[] = []
  for (const one of spelled as readonly unknown[]) {
    const value = isPlain(one) ? one : bigIn(one)
    if (value === undefined) return undefined
    params.push(value)
  }
  return params
}
