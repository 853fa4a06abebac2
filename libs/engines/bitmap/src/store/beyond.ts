import type { Comparison } from '@tenantry/bitmaps'
import { isInt64 } from '@tenantry/featurebase-sql'

/** What a constant past all numbers of 64 bits makes of a comparison with it: it is less or greater than all. Undefined for one that is not. */
export const beyond = (op: Comparison, value: bigint): boolean | undefined => {
  if (isInt64(value)) return undefined
  return op === '!=' || (value > 0n ? op === '<' || op === '<=' : op === '>' || op === '>=')
}
