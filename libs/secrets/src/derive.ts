import { hkdfSync } from 'node:crypto'

const keyBytes = 32
const salt = 'tenantry'

/** A key of 32 bytes for one purpose: keys of different purposes say nothing about each other or about the master. */
export const deriveKey = (master: Buffer, purpose: string): Buffer => {
  if (master.length < keyBytes) throw new Error(`A master key needs at least ${keyBytes} bytes.`)
  if (purpose === '') throw new Error('A derived key needs a purpose.')
  return Buffer.from(hkdfSync('sha256', master, salt, purpose, keyBytes))
}
