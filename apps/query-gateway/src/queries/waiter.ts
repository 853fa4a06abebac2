import { Problem } from '@tenantry/contracts'
import type { Gone } from '@tenantry/engines-contract'

/** Somebody who waits for a turn. Nobody has a timer or a listener of their own: a sweep looks after all. */
export interface Waiter {
  readonly gone: Gone
  /** When the patience ends, by `performance.now()`. */
  readonly until: number
  readonly go: () => void
  readonly refuse: (problem: Problem) => void
}

export const longestSweepMs = 250

export const givenUp = (): Problem => new Problem('QueryCancelled', 'The request was given up before the statement began.')
