import { Cache } from './cache.js'

const counting = (answer: (key: string) => Promise<string | undefined>, now: () => number = Date.now) => {
  const asked: string[] = []
  const cache = new Cache<string, string>({ load: (key) => { asked.push(key); return answer(key) }, keyOf: (key) => key, max: 3, freshMs: 1000, now })
  return { cache, asked }
}

describe('Cache', () => {
  it('asks once however many wait for the same answer', async () => {
    const { cache, asked } = counting((key) => Promise.resolve(key.toUpperCase()))
    expect(await Promise.all([cache.find('a'), cache.find('a'), cache.find('a')])).toEqual(['A', 'A', 'A'])
    expect(asked).toEqual(['a'])
  })

  it('keeps an old answer when the one who knows is away', async () => {
    let away = false
    const { cache } = counting((key) => away ? Promise.reject(new Error('away')) : Promise.resolve(key))
    await cache.find('a')
    cache.doubtAll()
    away = true
    expect(await cache.find('a')).toBe('a')
    await expect(cache.find('b')).rejects.toThrow('away')
  })

  it('asks again for what is doubted or past its time', async () => {
    let time = 0
    const { cache, asked } = counting((key) => Promise.resolve(key), () => time)
    await cache.find('a')
    time = 1001
    await cache.find('a')
    cache.doubtAll()
    await cache.find('a')
    expect(asked).toEqual(['a', 'a', 'a'])
  })

  it('keeps nobody waiting for one who hangs, and asks again only once in a while', async () => {
    let time = 0
    let hangs = false
    const { cache, asked } = counting((key) => hangs ? new Promise(() => undefined) : Promise.resolve(key), () => time)
    await cache.find('a')
    time = 1_001
    hangs = true
    expect(await cache.find('a')).toBe('a')
    for (let n = 0; n < 100; n += 1) expect([cache.peek('a'), await cache.find('a')]).toEqual(['a', 'a'])
    expect(asked).toEqual(['a', 'a'])
  })

  it('asks one who failed again after a while, and believes the new answer', async () => {
    let time = 0
    let answer = (): Promise<string> => Promise.resolve('old')
    const { cache, asked } = counting(() => answer(), () => time)
    await cache.find('a')
    answer = () => Promise.reject(new Error('away'))
    time = 1_001
    for (let second = 0; second < 60; second += 1, time += 1_000) expect(await cache.find('a')).toBe('old')
    expect(asked.length).toBeLessThan(20)
    answer = () => Promise.resolve('new')
    time += 4_001
    expect(await cache.find('a')).toBe('new')
  })

  it('does not fall back on what was dropped while it was asked for again', async () => {
    let time = 0
    let gate = Promise.resolve('old')
    const { cache } = counting(() => gate, () => time)
    await cache.find('a')
    time = 1_001
    const slow = Promise.withResolvers<string>()
    gate = slow.promise
    const waiting = cache.find('a')
    cache.drop('a')
    setTimeout(slow.resolve, 300, 'new')
    expect(await waiting).toBe('new')
  })

  it('does not keep an answer that was dropped while it was on its way', async () => {
    const gate = Promise.withResolvers<string>()
    const { cache } = counting(() => gate.promise)
    const waiting = cache.find('a')
    cache.drop('a')
    gate.resolve('old')
    expect(await waiting).toBe('old')
    expect(cache.peek('a')).toBeUndefined()
  })

  it('never keeps absence', async () => {
    let answer: string | undefined
    const { cache } = counting(() => Promise.resolve(answer))
    expect(await cache.find('a')).toBeUndefined()
    answer = 'made since'
    expect(await cache.find('a')).toBe('made since')
  })

  it('holds no more than it may, and lets the longest unused go', async () => {
    const { cache } = counting((key) => Promise.resolve(key))
    for (const key of ['a', 'b', 'c']) await cache.find(key)
    await cache.find('a')
    await cache.find('d')
    expect([cache.peek('a'), cache.peek('b'), cache.size]).toEqual(['a', undefined, 3])
  })
})
