import { randomBytes } from 'node:crypto'
import fc from 'fast-check'
import { CannotOpen, createSealer, keyIdOf } from './sealer.js'

const key = randomBytes(32)
const sealer = createSealer(key)
const bytes = fc.uint8Array({ maxLength: 200 }).map((array) => Buffer.from(array))
const seeded = { seed: 20_261, numRuns: 300 }

describe('a sealer', () => {
  it('gives back what it sealed, in the same context', () => {
    fc.assert(fc.property(bytes, fc.string(), (plain, context) => {
      expect(sealer.open(sealer.seal(plain, context), context)).toEqual(plain)
    }), seeded)
  })

  it('opens in no other context', () => {
    fc.assert(fc.property(bytes, fc.string(), fc.string(), (plain, context, other) => {
      fc.pre(context !== other)
      expect(() => sealer.open(sealer.seal(plain, context), other)).toThrow(CannotOpen)
    }), seeded)
  })

  it('notices every changed bit', () => {
    const sealed = sealer.seal('a secret', 'table/row')
    for (let bit = 0; bit < sealed.length * 8; bit++) {
      const altered = Buffer.from(sealed)
      altered.writeUInt8(altered.readUInt8(bit >> 3) ^ (1 << (bit & 7)), bit >> 3)
      expect(() => sealer.open(altered, 'table/row')).toThrow(CannotOpen)
    }
  })

  it('notices every cut and every addition', () => {
    const sealed = sealer.seal('a secret', 'table/row')
    for (let length = 0; length < sealed.length; length++) expect(() => sealer.open(sealed.subarray(0, length), 'table/row')).toThrow(CannotOpen)
    expect(() => sealer.open(Buffer.concat([sealed, Buffer.from([0])]), 'table/row')).toThrow(CannotOpen)
  })

  it('never opens arbitrary bytes and never throws anything else', () => {
    fc.assert(fc.property(bytes, (noise) => { expect(() => sealer.open(noise, '')).toThrow(CannotOpen) }), seeded)
  })

  it('seals the same value differently each time', () => {
    expect(sealer.seal('same', 'here')).not.toEqual(sealer.seal('same', 'here'))
  })

  it('does not show the plain text', () => {
    expect(sealer.seal('canary-5e81', 'here').includes('canary')).toBe(false)
  })

  it('names the key that sealed a value, so that another one is refused by name', () => {
    const second = createSealer(randomBytes(32), '2')
    const sealed = second.seal('x', 'here')
    expect(keyIdOf(sealed)).toBe('2')
    expect(() => sealer.open(sealed, 'here')).toThrow('it was sealed with the key "2"')
  })

  it('refuses a value sealed with another key of the same name', () => {
    expect(() => createSealer(randomBytes(32)).open(sealer.seal('x', 'here'), 'here')).toThrow(CannotOpen)
  })

  it('takes keys of 32 bytes only', () => {
    expect(() => createSealer(randomBytes(16))).toThrow('32 bytes')
  })
})
