import { backoffMs } from './backoff.js'

describe('the wait before another attempt', () => {
  it('is short at first and never more than a second', () => {
    const waits = [0, 1, 2, 3, 4, 5, 6, 7, 100].map((failures) => backoffMs(failures, () => 1))
    expect(waits[0]).toBe(20)
    expect(waits).toEqual([...waits].sort((one, other) => one - other))
    expect(Math.max(...waits)).toBe(1_000)
  })

  it('differs between clients', () => {
    expect(backoffMs(3, () => 0)).toBeLessThan(backoffMs(3, () => 1))
    expect(backoffMs(0, () => 0)).toBeGreaterThan(0)
  })
})
