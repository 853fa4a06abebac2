import { Buckets } from './buckets.js'

const rate = { many: 5, withinSeconds: 10 }
const taken = (buckets: Buckets, times: number, now: number, holder = 'ann'): number =>
  Array.from({ length: times }, () => buckets.take(holder, now).waitMs).filter((wait) => wait === 0).length

describe('a bucket', () => {
  it('gives as many at once as it holds, and says how long it is until the next', () => {
    for (const many of [1, 3, 7, 20_000]) {
      const buckets = new Buckets({ many, withinSeconds: 10 })
      expect(taken(buckets, many + 10, 1_700_000_000_123)).toBe(many)
      const { waitMs } = buckets.take('ann', 1_700_000_000_123)
      expect(waitMs).toBeCloseTo(10_000 / many, 1)
      expect(taken(buckets, 2, 1_700_000_000_123 + Math.ceil(waitMs))).toBe(many === 20_000 ? 2 : 1)
    }
  })

  it('fills evenly, and never beyond what it holds', () => {
    const buckets = new Buckets(rate)
    expect(taken(buckets, 9, 0)).toBe(5)
    expect([taken(buckets, 9, 2_000), taken(buckets, 9, 6_000), taken(buckets, 9, 1_000_000)]).toEqual([1, 2, 5])
  })

  it('tells what is left and when it is full', () => {
    const buckets = new Buckets(rate)
    const after = [0, 0, 2_000].map((now) => {
      const bucket = buckets.take('ann', now)
      return [buckets.left(bucket, now), bucket.wholeAt - now]
    })
    expect(after).toEqual([[4, 2_000], [3, 4_000], [3, 4_000]])
  })

  it('takes nothing from who is refused', () => {
    const buckets = new Buckets(rate)
    expect(taken(buckets, 1_000, 0)).toBe(5)
    expect(taken(buckets, 1, 2_000)).toBe(1)
  })

  it('of each holder is its own, and is kept while it is not full', () => {
    const buckets = new Buckets(rate)
    expect([taken(buckets, 9, 9_000), taken(buckets, 9, 9_000, 'bob')]).toEqual([5, 5])
    for (const now of [10_500, 12_500, 14_500, 16_500, 18_500, 20_500, 22_500]) expect(taken(buckets, 9, now)).toBe(now === 10_500 ? 0 : 1)
  })

  it('is forgotten once it is full, and holders past the bound are forgotten at once', () => {
    const buckets = new Buckets(rate, 100)
    for (let at = 0; at < 10_000; at++) buckets.take(`holder ${at}`, 1)
    expect(buckets.size).toBeLessThanOrEqual(200)
    buckets.take('ann', 30_000)
    expect(buckets.size).toBe(1)
  })
})
