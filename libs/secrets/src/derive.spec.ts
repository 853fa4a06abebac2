import fc from 'fast-check'
import { deriveKey } from './derive.js'

const master = Buffer.alloc(32, 7)

describe('a derived key', () => {
  it('is the same for the same master and purpose, for ever', () => {
    expect(deriveKey(master, 'identity/keyring').toString('hex')).toBe('be93fc004096a0564791beac4694f7daa61d4a876bc8d2e5fea214eb1f7cf2f7')
  })

  it('differs for each purpose and each master', () => {
    fc.assert(fc.property(fc.string({ minLength: 1 }), fc.string({ minLength: 1 }), (one, other) => {
      fc.pre(one !== other)
      expect(deriveKey(master, one)).not.toEqual(deriveKey(master, other))
      expect(deriveKey(master, one)).not.toEqual(deriveKey(Buffer.alloc(32, 8), one))
      expect(deriveKey(master, one)).toHaveLength(32)
    }), { seed: 20_261, numRuns: 200 })
  })

  it('is never made from a short master or for no purpose', () => {
    expect(() => deriveKey(Buffer.alloc(31), 'x')).toThrow('32 bytes')
    expect(() => deriveKey(master, '')).toThrow('purpose')
  })
})
