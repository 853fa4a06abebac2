import fc from 'fast-check'
import { readParameters, spellParameters } from './parameters.js'

const value = fc.oneof(fc.string(), fc.double({ noNaN: true, noDefaultInfinity: true }).filter((number) => !Object.is(number, -0)), fc.boolean(), fc.constant(null), fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }))

describe('parameters', () => {
  it('cross as JSON and lose no digit', () => {
    fc.assert(fc.property(fc.array(value, { maxLength: 20 }), (params) => {
      expect(readParameters(JSON.parse(JSON.stringify(spellParameters(params))))).toEqual(params)
    }), { seed: 21, numRuns: 300 })
  })

  it('are read from nothing else', () => {
    for (const odd of [undefined, null, {}, 'a', [undefined], [{}], [[]], [{ int: 1 }], [{ int: '1.5' }], [{ int: '9223372036854775808' }], [{ int: '9'.repeat(20) }], [{ int: 'x' }]]) expect(readParameters(odd)).toBeUndefined()
  })
})
