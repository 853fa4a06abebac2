import { BoundedQueue } from './bounded-queue.js'

describe('a bounded queue', () => {
  it('runs so many at once, lets so many wait, and refuses the next one', async () => {
    const queue = new BoundedQueue(2, 3)
    const gate = Promise.withResolvers<void>()
    let running = 0
    let most = 0
    const work = async (): Promise<void> => {
      most = Math.max(most, ++running)
      await gate.promise
      running--
    }
    const taken = Array.from({ length: 5 }, () => queue.run(work))
    await expect(queue.run(work)).rejects.toMatchObject({ code: 'TooManyRequests', retryAfterSeconds: 1 })
    gate.resolve()
    await Promise.all(taken)
    expect(most).toBe(2)
  })

  it('gives the place of work that failed to the next', async () => {
    const queue = new BoundedQueue(1, 10)
    const outcomes = await Promise.allSettled([queue.run(() => Promise.reject(new Error('no'))), queue.run(() => Promise.resolve('yes')), queue.run(() => Promise.resolve('yes'))])
    expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'fulfilled', 'fulfilled'])
    await expect(queue.run(() => Promise.resolve('free again'))).resolves.toBe('free again')
  })

  it('serves in the order of coming', async () => {
    const queue = new BoundedQueue(1, 10)
    const order: number[] = []
    await Promise.all([1, 2, 3, 4].map((turn) => queue.run(async () => { order.push(turn) })))
    expect(order).toEqual([1, 2, 3, 4])
  })
})
