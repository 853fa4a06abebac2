import type { Value } from '../typed.js'

/** What an expression is evaluated with. What it has no need of may be missing. */
export interface Around {
  /** What a row of BULK INSERT brings. */
  readonly mapped?: readonly Value[] | undefined
  readonly parameters?: readonly Value[] | undefined
  /** Nanoseconds since 1970. */
  readonly now?: bigint | undefined
  readonly column?: ((source: number, name: string) => Value) | undefined
}

/** Throws SqlError for values that FeatureBase refuses. */
export type Evaluate = (around: Around) => Value
