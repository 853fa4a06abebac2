import { createHash, timingSafeEqual } from 'node:crypto'
import { isIP } from 'node:net'
import { type Seen, callerAddress } from '@tenantry/auth'

/** What is known of the program at the other end. */
export interface Client {
  /** The address of the connection, and behind an edge elsewhere the chain that it vouches for. */
  readonly address: string
  readonly chain: string
  readonly userAgent: string
  readonly requestId?: string
  /** False when a proxy says that it speaks for somebody else. */
  readonly direct: boolean
  /** Tells it what is left of its allowances, in the answer that it will get. */
  readonly tell?: (seen: readonly Seen[]) => void
}

/** Whether the caller sits at this machine itself. */
export const isLoopback = ({ address, direct }: Client): boolean => direct && /^(::1|(::ffff:)?127\.\d+\.\d+\.\d+)$/.test(address)

/** The first four groups of an address of version 6: one subscriber is given all that begin with them. */
const subscriberOf = (address: string): string => {
  const [head = '', tail] = new URL(`http://[${address.replace(/%.*$/, '')}]`).hostname.slice(1, -1).split('::')
  const groups = (text = ''): readonly string[] => text === '' ? [] : text.split(':')
  const zeros = tail === undefined ? 0 : 8 - groups(head).length - groups(tail).length
  return [...groups(head), ...Array<string>(zeros).fill('0'), ...groups(tail)].slice(0, 4).join(':')
}

/** Who is counted: the caller that the chain begins with, else the other end of the connection. One /64 of version 6 is one caller. */
export const callerOf = (client: Client): string => {
  const caller = callerAddress(client)
  return isIP(caller) === 6 ? subscriberOf(caller) : caller
}

/** The network around a caller: the /24 of version 4, the /56 of version 6. */
export const networkOf = (client: Client): string => {
  const caller = callerOf(client)
  if (isIP(caller) === 4) return caller.slice(0, caller.lastIndexOf('.'))
  const groups = caller.split(':')
  return groups.length === 4 ? [...groups.slice(0, 3), (Number.parseInt(groups[3] ?? '0', 16) >> 8).toString(16)].join(':') : caller
}

/** The same mark is the same client, as far as one can tell. */
export const markOf = ({ address, chain, userAgent }: Client): Buffer => createHash('sha256').update([address, chain, userAgent].join('\n')).digest()

export const isSameText = (one: string, other: string): boolean =>
  timingSafeEqual(createHash('sha256').update(one).digest(), createHash('sha256').update(other).digest())
