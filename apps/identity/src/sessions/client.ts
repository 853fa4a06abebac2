import { createHash, timingSafeEqual } from 'node:crypto'

/** What is known of the program at the other end. */
export interface Client {
  /** The address of the connection, and behind an edge elsewhere the chain that it vouches for. */
  readonly address: string
  readonly chain: string
  readonly userAgent: string
  /** False when a proxy says that it speaks for somebody else. */
  readonly direct: boolean
}

/** Whether the caller sits at this machine itself. */
export const isLoopback = ({ address, direct }: Client): boolean => direct && /^(::1|(::ffff:)?127\.\d+\.\d+\.\d+)$/.test(address)

/** The same mark is the same client, as far as one can tell. */
export const markOf = ({ address, chain, userAgent }: Client): Buffer => createHash('sha256').update([address, chain, userAgent].join('\n')).digest()

export const isSameText = (one: string, other: string): boolean =>
  timingSafeEqual(createHash('sha256').update(one).digest(), createHash('sha256').update(other).digest())
