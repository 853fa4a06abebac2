import bcrypt from 'bcrypt'
import { Passwords } from './passwords.js'

const pepper = Buffer.alloc(32, 2)

describe('passwords', () => {
  it('match their own hash and no other', async () => {
    const passwords = await Passwords.create(pepper, 4)
    const hash = await passwords.hash('a password')
    expect(await passwords.check('a password', hash)).toEqual({ matches: true })
    expect(await passwords.check('b password', hash)).toEqual({ matches: false })
    expect(await passwords.check('a password', undefined)).toEqual({ matches: false })
  })

  it('cannot be checked with the table alone: the pepper is needed', async () => {
    const hash = await (await Passwords.create(pepper, 4)).hash('a password')
    expect(await bcrypt.compare('a password', hash)).toBe(false)
    expect(await (await Passwords.create(Buffer.alloc(32, 3), 4)).check('a password', hash)).toEqual({ matches: false })
  })

  it('are hashed again when more work is asked for, and not when less is', async () => {
    const hash = await (await Passwords.create(pepper, 5)).hash('a password')
    const { stronger = '' } = await (await Passwords.create(pepper, 6)).check('a password', hash)
    expect(bcrypt.getRounds(stronger)).toBe(6)
    expect(await (await Passwords.create(pepper, 6)).check('a password', stronger)).toEqual({ matches: true })
    expect(await (await Passwords.create(pepper, 4)).check('a password', hash)).toEqual({ matches: true })
  })

  it('are refused, not piled up, when too many come', async () => {
    const passwords = await Passwords.create(pepper, 4, 1)
    const outcomes = await Promise.allSettled(Array.from({ length: 60 }, () => passwords.hash('a password')))
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(51)
  })
})
