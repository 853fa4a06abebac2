import type { Comparison } from '@tenantry/bitmaps'
import { floorDivided } from '@tenantry/featurebase-sql'

/** A comparison of whole numbers with a constant: `always` and `never` where it says nothing of the number. */
export type WholeComparison = { readonly op: Comparison; readonly value: bigint } | 'always' | 'never'

/** `number op over / under` for whole numbers, where the constant need be none. `under` is above 0. */
export const wholeComparison = (op: Comparison, over: bigint, under: bigint): WholeComparison => {
  if (over % under === 0n) return { op, value: over / under }
  if (op === '==') return 'never'
  if (op === '!=') return 'always'
  const below = floorDivided(over, under)
  return op === '<' || op === '<=' ? { op: '<=', value: below } : { op: '>', value: below }
}
