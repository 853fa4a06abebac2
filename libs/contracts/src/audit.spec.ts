import { canonical } from './audit.js'

describe('the canonical text of a value', () => {
  it('is the same however its names were ordered, at every depth', () => {
    expect(canonical({ b: [{ d: 1, c: 'x' }], a: null })).toBe('{"a":null,"b":[{"c":"x","d":1}]}')
    expect(canonical({ b: 1, a: { z: 1, y: 2 } })).toBe(canonical({ a: { y: 2, z: 1 }, b: 1 }))
  })

  it('keeps the order of a list, and tells values of different kinds apart', () => {
    const texts = [[1, 2], [2, 1], ['1', 2], { 0: 1, 1: 2 }, [null], [], {}, '', null].map(canonical)
    expect(new Set(texts).size).toBe(texts.length)
  })

  it('leaves out what is undefined, as JSON does', () => {
    expect(canonical({ a: undefined, b: [undefined] })).toBe('{"b":[null]}')
  })
})
