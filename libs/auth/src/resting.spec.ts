import { resting } from './resting.js'

const setUp = () => {
  const state = { time: 0, asked: 0, away: true }
  const ask = resting(async (text: string) => {
    state.asked++
    if (state.away) throw new Error('nobody')
    return text
  }, () => state.time)
  return { state, tried: (text = 'x') => ask(text).catch(() => 'failed') }
}

describe('a resting question', () => {
  it('is not asked again at once after a failure', async () => {
    const { state, tried } = setUp()
    for (let count = 0; count < 10; count++) expect(await tried()).toBe('failed')
    expect(state.asked).toBe(1)
  })

  it('rests longer each time, up to a quarter of a minute', async () => {
    const { state, tried } = setUp()
    const askedAt: number[] = []
    for (; state.time < 60_000; state.time += 100) {
      const before = state.asked
      await tried()
      if (state.asked > before) askedAt.push(state.time)
    }
    expect(askedAt).toEqual([0, 500, 1500, 3500, 7500, 15_500, 30_500, 45_500])
  })

  it('takes failures that came together for one', async () => {
    const { state, tried } = setUp()
    await Promise.all(Array.from({ length: 20 }, () => tried()))
    state.time = 500
    await tried()
    expect(state.asked).toBe(21)
  })

  it('is as before once it was answered', async () => {
    const { state, tried } = setUp()
    await tried()
    state.away = false
    state.time = 500
    expect(await tried('yes')).toBe('yes')
    state.away = true
    expect(await tried()).toBe('failed')
    state.time = 1000
    await tried()
    expect(state.asked).toBe(4)
  })
})
