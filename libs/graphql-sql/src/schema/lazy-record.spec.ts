import { lazyRecord } from './lazy-record.js'

describe('a lazy record', () => {
  it('makes a value when it is looked at, once, keeps no note of what is not there, and makes nothing of what nobody looks at', () => {
    const made: string[] = []
    const record = lazyRecord(() => ['a', 'b', 'gone'], (name) => {
      made.push(name)
      return name === 'a' || name === 'b' ? { name } : undefined
    })
    expect(record['a']).toEqual({ name: 'a' })
    expect(record['a']).toBe(record['a'])
    expect([record['gone'], record['constructor'], Object.hasOwn(record, 'gone'), Object.hasOwn(record, 'a'), 'b' in record]).toEqual([undefined, undefined, false, true, true])
    expect(made.filter((name) => name !== 'gone')).toEqual(['a', 'constructor', 'b'])
    expect(Object.values(record)).toEqual([{ name: 'a' }, { name: 'b' }])
    expect(Object.keys(record)).toEqual(['a', 'b'])
  })
})
