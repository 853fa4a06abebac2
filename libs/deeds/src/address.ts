import { isIP } from 'node:net'
import type { ShownFrom } from '@tenantry/contracts'

const mapped = /^::ffff:(?=\d+\.)/i

/** The address that a caller is written down with: the first of the chain that the edge vouches for, else the other end. */
export const addressOf = ({ address, chain }: Pick<ShownFrom, 'address' | 'chain'>): string => {
  const first = (chain.split(',', 1)[0] ?? '').trim()
  return (isIP(first) ? first : address).replace(mapped, '')
}
