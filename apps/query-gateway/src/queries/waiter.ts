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

/** Those who go on waiting. Whoever has gone is refused, and so is whoever has waited too long, with what `late` says. */
export const whoStays = (waiters: readonly Waiter[], late: () => Problem): Waiter[] => {
  const now = performance.now()
  return waiters.filter(({ gone, until, refuse }) => {
    if (!gone.aborted && now < until) return true
    refuse(gone.aborted ? givenUp() : late())
    return false
  })
}
