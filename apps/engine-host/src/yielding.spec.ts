import { laterHalf, processorsOf } from './yielding.js'

it.each([
  [[0, 1], [1]], [[0, 1, 2, 3], [2, 3]], [[0, 1, 2], [2]], [[1, 3, 5, 6], [5, 6]], [[5], [5]],
])('leaves of the processors %j the later half: %j', (processors, half) => {
  expect(laterHalf(processors)).toEqual(half)
})

it('knows on which processors this process may run', () => {
  expect(processorsOf('self').length).toBeGreaterThan(0)
  expect(processorsOf('self').every(Number.isSafeInteger)).toBe(true)
})
