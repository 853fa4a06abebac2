import { sum } from './tally.mjs'

const passing = { tally: { passed: 5, failed: 0, skipped: 1 } }

it('adds the tests of all stages', () => {
  expect(sum([passing, { tally: { passed: 2, failed: 3, skipped: 0 }, reason: 'it ended with 1' }])).toEqual({ passed: 7, failed: 3, skipped: 1 })
})

it('never counts no failure when a stage failed', () => {
  expect(sum([{ tally: { passed: 0, failed: 0, skipped: 0 }, reason: 'it ended with 2' }])).toEqual({ passed: 0, failed: 1, skipped: 0 })
})
