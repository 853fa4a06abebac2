import fc from 'fast-check'
import { answersQueries, databaseFacts, databaseStates, factsUpTo, moved, restless } from './databases.js'

const legal = (from: (typeof databaseStates)[number]): string[] => databaseFacts.filter((fact) => moved(from, fact) !== undefined)

describe('the life of a database', () => {
  it('defines every pair of state and fact: a move to a known state, or none', () => {
    for (const state of databaseStates) {
      for (const fact of databaseFacts) {
        const to = moved(state, fact)
        expect(to === undefined || databaseStates.includes(to)).toBe(true)
      }
    }
  })

  it('lets a database be deleted from every state but the three that are deletion', () => {
    const refusing = databaseStates.filter((state) => moved(state, 'deletionAsked') === undefined)
    expect(refusing).toEqual(['DELETING', 'DEPROVISIONING', 'DELETED'])
  })

  it('reaches every state from CREATING', () => {
    const reached = new Set<string>(['CREATING'])
    for (const state of reached) {
      for (const fact of databaseFacts) {
        const to = moved(state as (typeof databaseStates)[number], fact)
        if (to) reached.add(to)
      }
    }
    expect([...reached].sort()).toEqual([...databaseStates].sort())
  })

  it('never leaves DELETED but by an undelete', () => {
    expect(legal('DELETED').filter((fact) => moved('DELETED', fact as (typeof databaseFacts)[number]) !== 'DELETED')).toEqual(['undeleteAsked'])
  })

  it('never answers queries in a state in which the data may be gone', () => {
    expect(databaseStates.filter((state) => answersQueries[state])).toEqual(['RUNNING', 'UPDATING', 'BACKUP'])
    expect(restless.filter((state) => answersQueries[state])).toEqual(['UPDATING'])
  })
})

describe('factsUpTo', () => {
  it('applies a report that overtook the one before it, and both in order', () => {
    expect(factsUpTo('CREATING', 'provisioned')).toEqual(['claimed', 'provisioned'])
    expect(factsUpTo('DELETING', 'deprovisioned')).toEqual(['deprovisionBegan', 'deprovisioned'])
  })

  it('ignores a report about what is past', () => {
    expect(factsUpTo('RUNNING', 'claimed')).toEqual([])
    expect(factsUpTo('DELETING', 'provisioned')).toEqual([])
    expect(factsUpTo('DELETED', 'provisioned')).toEqual([])
  })

  it('only ever makes legal moves, whatever is reported in whatever order', () => {
    fc.assert(fc.property(fc.array(fc.constantFrom(...databaseFacts), { maxLength: 30 }), (facts) => {
      let state: (typeof databaseStates)[number] = 'CREATING'
      for (const fact of facts) {
        for (const step of factsUpTo(state, fact)) {
          const to = moved(state, step)
          if (!to) throw new Error(`${step} from ${state}`)
          state = to
        }
      }
    }), { numRuns: 2000, seed: 7 })
  })
})
