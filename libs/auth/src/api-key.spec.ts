import fc from 'fast-check'
import { apiKeyDigest, isApiKey, newApiKey } from './api-key.js'

const id = '497f6eca-6276-4993-bfeb-53cbbbba6f08'

describe('an API key', () => {
  it('shows the first digits of its record\'s id and has the form that scanners look for', () => {
    expect(newApiKey(id)).toMatch(/^tnt_497f6eca_[0-9A-Za-z]{32}_[0-9A-Za-z]{6}$/)
  })

  it('is always recognised, and differs each time', () => {
    const keys = Array.from({ length: 500 }, () => newApiKey(id))
    expect(keys.every(isApiKey)).toBe(true)
    expect(new Set(keys).size).toBe(keys.length)
  })

  it('keeps its checksum for ever', () => {
    expect(newApiKey(id, () => 0)).toBe('tnt_497f6eca_00000000000000000000000000000000_1OIxWl')
  })

  it('is not recognised with any one character changed', () => {
    const key = newApiKey(id)
    fc.assert(fc.property(fc.nat(key.length - 1), fc.constantFrom(...'019azAZ_x'), (at, char) => {
      fc.pre(key[at] !== char)
      expect(isApiKey(key.slice(0, at) + char + key.slice(at + 1))).toBe(false)
    }), { seed: 20_261, numRuns: 500 })
  })

  it('is not recognised with anything around it', () => {
    const key = newApiKey(id)
    for (const text of ['', 'tnt_', ` ${key}`, `${key}\n`, `${key}${key}`, key.toUpperCase(), key.slice(1), '9600ee5d-1c66-4d31-b2c3-97ef4a25d053']) {
      expect(isApiKey(text)).toBe(false)
    }
  })

  it('is told of by its SHA-256', () => {
    expect(apiKeyDigest('abc')).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad')
  })
})
