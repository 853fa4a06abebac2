import type { DatabaseFact, Desired } from '@tenantry/contracts'
import type { Observed } from '@tenantry/engines-contract'

export type Step = 'ensure' | 'start' | 'stop' | 'remove' | 'restore' | 'done' | 'lost'

/** What to do next, from what is wished and what is seen; it does not matter what happened before. */
export const nextStep = (want: Pick<Desired, 'present' | 'power'>, seen: Observed): Step => {
  // Absent data is removed too: the mark that this leaves keeps a late creator from bringing it to life.
  if (!want.present) return seen === 'removed' || seen === 'purged' ? 'done' : 'remove'
  if (seen === 'purged') return 'lost'
  if (seen === 'removed') return 'restore'
  if (seen === 'absent') return 'ensure'
  if (want.power === 'on') return seen === 'running' ? 'done' : 'start'
  return seen === 'stopped' ? 'done' : 'stop'
}

/** What the control plane is told when a wish has come true. */
export const factOf = (want: Pick<Desired, 'present' | 'power' | 'version'>, bornVersion: number): DatabaseFact => {
  if (!want.present) return 'deprovisioned'
  if (want.power === 'off') return 'stopped'
  return want.version === bornVersion ? 'provisioned' : 'started'
}
