import type { IncomingHttpHeaders } from 'node:http'
import { BlockList, isIP } from 'node:net'

/** Reads "10.0.0.0/8, ::1" and the like; undefined when a part is no address and no network. */
export const parseProxies = (text: string): BlockList | undefined => {
  const list = new BlockList()
  for (const part of text.split(',').map((word) => word.trim()).filter((word) => word !== '')) {
    const [address = '', bits] = part.split('/')
    const family = isIP(address) === 6 ? 'ipv6' : 'ipv4'
    const most = family === 'ipv6' ? 128 : 32
    const prefix = bits === undefined ? most : Number(bits)
    if (isIP(address) === 0 || !/^\d{0,3}$/.test(bits ?? '') || prefix > most) return undefined
    list.addSubnet(address, prefix, family)
  }
  return list
}

const bare = (address: string): string => address.startsWith('::ffff:') ? address.slice(7) : address
const trusts = (proxies: BlockList, address: string): boolean => {
  const kind = isIP(address)
  return kind !== 0 && proxies.check(address, kind === 6 ? 'ipv6' : 'ipv4')
}

/** Says of an address whether it is one of `proxies`. */
export const isProxyOf = (proxies: BlockList) => (address: string): boolean => trusts(proxies, bare(address))

const said = ['forwarded', 'x-forwarded-host', 'x-forwarded-port', 'x-forwarded-proto', 'x-real-ip'] as const

/**
 * The chain of addresses that a request came by, the caller first. What a stranger says of itself is dropped; a proxy that we
 * trust is believed about the one before it.
 */
export const callerChain = (peer: string, forwarded: string | undefined, proxies: BlockList): readonly string[] => {
  const chain = [bare(peer)]
  const before = (forwarded ?? '').split(',').map((word) => bare(word.trim())).filter((word) => isIP(word) !== 0)
  while (before.length > 0 && trusts(proxies, chain[0] ?? '')) chain.unshift(before.pop() ?? '')
  return chain
}

/**
 * Leaves in the headers only what may be believed of where the request came from: x-forwarded-for begins with the caller. A
 * request that came straight from its caller carries none of them; one that did not always keeps it, so that nobody behind a
 * proxy that we were not told of passes for a caller on this machine.
 */
export const settleAddress = (headers: IncomingHttpHeaders, peer: string, proxies: BlockList): void => {
  const forwarded = headers['x-forwarded-for']
  if (forwarded === undefined && said.every((name) => headers[name] === undefined)) return
  if (!trusts(proxies, bare(peer))) for (const name of said) delete headers[name]
  headers['x-forwarded-for'] = callerChain(peer, forwarded === undefined ? undefined : String(forwarded), proxies).join(', ')
}
