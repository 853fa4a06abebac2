import type { Observed } from '@tenantry/engines-contract'
import { factOf, nextStep } from './next-step.js'

const on = { present: true, power: 'on' } as const
const off = { present: true, power: 'off' } as const
const gone = { present: false, power: 'on' } as const

describe('nextStep', () => {
  it('has an answer for every wish and every sight', () => {
    const table: Record<Observed, readonly [string, string, string]> = {
      absent: ['ensure', 'ensure', 'remove'],
      running: ['done', 'stop', 'remove'],
      stopped: ['start', 'done', 'remove'],
      removed: ['restore', 'restore', 'done'],
      purged: ['lost', 'lost', 'done'],
    }
    for (const [seen, steps] of Object.entries(table)) {
      expect([on, off, gone].map((want) => nextStep(want, seen as Observed))).toEqual(steps)
    }
  })

  it('marks even data that was never made as removed, so that a late creator is refused', () => {
    expect(nextStep(gone, 'absent')).toBe('remove')
  })
})

describe('factOf', () => {
  it('calls the first version provisioned and every later one started', () => {
    expect(factOf({ ...on, version: 1 }, 1)).toBe('provisioned')
    expect(factOf({ ...on, version: 3 }, 1)).toBe('started')
    expect(factOf({ ...off, version: 2 }, 1)).toBe('stopped')
    expect(factOf({ ...gone, version: 2 }, 1)).toBe('deprovisioned')
  })
})
