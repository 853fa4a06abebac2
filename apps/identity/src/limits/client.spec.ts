import { callerOf, isLoopback, isSameText, markOf, networkOf } from './client.js'

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

  it.each([
    ['192.0.2.7', '', '192.0.2.7'], ['127.0.0.1', '203.0.113.9, 10.0.0.1', '203.0.113.9'], ['::ffff:192.0.2.7', '', '192.0.2.7'], ['10.0.0.1', 'nonsense', '10.0.0.1'],
    ['2001:db8:1:2:3:4:5:6', '', '2001:db8:1:2'], ['127.0.0.1', '2001:DB8::9', '2001:db8:0:0'], ['fe80::1%eth0', '', 'fe80:0:0:0'], ['', '', ''],
  ])('at "%s" with the chain "%s" is counted as "%s"', (address, chain, caller) => {
    expect(callerOf({ ...client(address), chain })).toBe(caller)
  })

  it.each([
    ['192.0.2.7', '192.0.2'], ['::ffff:192.0.2.200', '192.0.2'], ['2001:db8:1:2f3:4:5:6:7', '2001:db8:1:2'], ['2001:db8:1:2ff::1', '2001:db8:1:2'], ['2001:db8:1:300::', '2001:db8:1:3'], ['', ''],
  ])('at "%s" is in the network "%s"', (address, network) => {
    expect(networkOf(client(address))).toBe(network)
  })

  it('knows a secret when it says all of it', () => {
    expect([isSameText('abc', 'abc'), isSameText('abc', 'abcd'), isSameText('', 'a')]).toEqual([true, false, false])
  })
})
