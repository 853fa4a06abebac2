import type { BlockList } from 'node:net'
import { callerChain, parseProxies, settleAddress } from './caller-address.js'

const proxies = (text: string): BlockList => {
  const list = parseProxies(text)
  if (!list) throw new Error(text)
  return list
}

it('takes the caller from the connection when nobody is trusted', () => {
  expect(callerChain('203.0.113.9', '10.1.1.1, 127.0.0.1', proxies(''))).toEqual(['203.0.113.9'])
  expect(callerChain('::ffff:203.0.113.9', undefined, proxies(''))).toEqual(['203.0.113.9'])
})

it('believes a trusted proxy about the one before it, and nobody further back than the first stranger', () => {
  const trusted = proxies('127.0.0.1, 10.0.0.0/8, ::1')
  expect(callerChain('127.0.0.1', '198.51.100.7, 203.0.113.9, 10.2.3.4', trusted)).toEqual(['203.0.113.9', '10.2.3.4', '127.0.0.1'])
  expect(callerChain('::1', '2001:db8::7', trusted)).toEqual(['2001:db8::7', '::1'])
  expect(callerChain('127.0.0.1', 'not an address', trusted)).toEqual(['127.0.0.1'])
})

it('drops what a stranger says of itself', () => {
  const headers = { host: 'x', forwarded: 'for=1.2.3.4', 'x-real-ip': '1.2.3.4', 'x-forwarded-proto': 'https', 'x-forwarded-for': '1.2.3.4' }
  settleAddress(headers, '203.0.113.9', proxies('10.0.0.0/8'))
  expect(headers).toEqual({ host: 'x', 'x-forwarded-for': '203.0.113.9' })
})

it('adds nothing to a request that came straight from its caller', () => {
  const headers = { host: 'x' }
  settleAddress(headers, '127.0.0.1', proxies('127.0.0.1'))
  expect(headers).toEqual({ host: 'x' })
})

it('lets nobody behind an unknown proxy on this machine pass for a caller on it', () => {
  for (const name of ['x-forwarded-for', 'forwarded', 'x-real-ip']) {
    const headers: Record<string, string> = { [name]: '198.51.100.7' }
    settleAddress(headers, '127.0.0.1', proxies(''))
    expect(headers).toEqual({ 'x-forwarded-for': '127.0.0.1' })
  }
})

it('refuses a list that is no list of addresses', () => {
  for (const text of ['localhost', '10.0.0.0/33', '10.0.0.0/x', '1.2.3', '::1/129']) expect(parseProxies(text)).toBeUndefined()
})
