import { isIPv6 } from 'node:net'

export const isLoopback = (address: string): boolean => address === '127.0.0.1' || address === '::1' || /^(::ffff:)?127\./.test(address)

/** Whom something is counted for: an address, or of IPv6 the network that one household has. */
export const holderOf = (address: string): string => {
  if (!isIPv6(address) || address.startsWith('::ffff:')) return address.startsWith('::ffff:') ? address.slice('::ffff:'.length) : address
  const [head = '', tail = ''] = address.split('::')
  const [before, after] = [head.split(':').filter(Boolean), tail.split(':').filter(Boolean)]
  const groups = address.includes('::') ? [...before, ...Array<string>(Math.max(0, 8 - before.length - after.length)).fill('0'), ...after] : before
  return groups.slice(0, 4).join(':')
}
