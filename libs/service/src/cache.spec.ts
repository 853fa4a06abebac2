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
