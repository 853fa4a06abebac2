import { readFileSync, readdirSync } from 'node:fs'
import bcrypt from 'bcrypt'
import { Passwords } from './passwords.js'

const pepper = Buffer.alloc(32, 2)
const made: Passwords[] = []
const create = async (of: Buffer, cost: number, atOnce?: number): Promise<Passwords> => {
  const passwords = await Passwords.create(of, cost, atOnce)
  made.push(passwords)
  return passwords
}

afterAll(async () => { for (const one of made) await one.onModuleDestroy() })

describe('passwords', () => {
  it('match their own hash and no other', async () => {
    const passwords = await create(pepper, 4)
    const hash = await passwords.hash('a password')
    expect(await passwords.check('a password', hash)).toEqual({ matches: true })
    expect(await passwords.check('b password', hash)).toEqual({ matches: false })
    expect(await passwords.check('a password', undefined)).toEqual({ matches: false })
  })

  it('cannot be checked with the table alone: the pepper is needed', async () => {
    const hash = await (await create(pepper, 4)).hash('a password')
    expect(await bcrypt.compare('a password', hash)).toBe(false)
    expect(await (await create(Buffer.alloc(32, 3), 4)).check('a password', hash)).toEqual({ matches: false })
  })

  it('are hashed again when more work is asked for, and not when less is', async () => {
    const hash = await (await create(pepper, 5)).hash('a password')
    const { stronger = '' } = await (await create(pepper, 6)).check('a password', hash)
    expect(bcrypt.getRounds(stronger)).toBe(6)
    expect(await (await create(pepper, 6)).check('a password', stronger)).toEqual({ matches: true })
    expect(await (await create(pepper, 4)).check('a password', hash)).toEqual({ matches: true })
  })

  const onLinux = process.platform === 'linux' ? it : it.skip
  onLinux('are hashed behind whatever answers requests (threads have a priority of their own on Linux)', async () => {
    const niceOf = (task: string): string | undefined => readFileSync(`/proc/self/task/${task}/stat`, 'utf8').replace(/^.*\) /s, '').split(' ')[16]
    const before = niceOf(String(process.pid))
    const passwords = await create(pepper, 12, 1)
    const hashing = passwords.hash('a password')
    const end = performance.now() + 20_000
    while (!readdirSync('/proc/self/task').some((task) => niceOf(task) === '5') && performance.now() < end) await new Promise((resolve) => { setImmediate(resolve) })
    expect(readdirSync('/proc/self/task').map(niceOf)).toContain('5')
    expect(niceOf(String(process.pid))).toBe(before)
    await hashing
  })

  it('are refused, not piled up, when too many come', async () => {
    const passwords = await create(pepper, 4, 1)
    const outcomes = await Promise.allSettled(Array.from({ length: 60 }, () => passwords.hash('a password')))
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(51)
  })
})
