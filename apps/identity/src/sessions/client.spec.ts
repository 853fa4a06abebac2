import { isLoopback, isSameText, markOf } from './client.js'

const client = (address: string, direct = true) => ({ address, chain: '', direct, userAgent: 'curl' })

describe('a client', () => {
  it.each(['127.0.0.1', '127.1.2.3', '::1', '::ffff:127.0.0.1'])('at %s sits at this machine', (address) => {
    expect(isLoopback(client(address))).toBe(true)
    expect(isLoopback(client(address, false))).toBe(false)
  })

  it.each(['', '10.0.0.1', '128.0.0.1', '::2', '::ffff:10.0.0.1', '127.0.0.1.example.com', 'fe80::1'])('at "%s" does not', (address) => {
    expect(isLoopback(client(address))).toBe(false)
  })

  it('is another one from another place or with another program', () => {
    expect(markOf(client('10.0.0.1'))).toEqual(markOf(client('10.0.0.1')))
    expect(markOf(client('10.0.0.1'))).not.toEqual(markOf(client('10.0.0.2')))
    expect(markOf(client('10.0.0.1'))).not.toEqual(markOf({ ...client('10.0.0.1'), chain: '192.0.2.7' }))
    expect(markOf(client('10.0.0.1'))).not.toEqual(markOf({ ...client('10.0.0.1'), userAgent: 'wget' }))
  })

  it('knows a secret when it says all of it', () => {
    expect([isSameText('abc', 'abc'), isSameText('abc', 'abcd'), isSameText('', 'a')]).toEqual([true, false, false])
  })
})
