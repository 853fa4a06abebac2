import { Problem } from './problems.js'

const mostBytes = 254
// Not the whole grammar of addresses: one @, a dotted host, nothing that breaks a header, a log line or a page.
const shape = /^[^\s@<>()[\]\\,;:"\p{Cc}\p{Cs}]{1,64}@[\p{L}\p{N}](?:[\p{L}\p{N}-]*[\p{L}\p{N}])?(?:\.[\p{L}\p{N}](?:[\p{L}\p{N}-]*[\p{L}\p{N}])?)+$/u

/** The address as it is compared: two spellings of it are one account. */
export const emailKey = (email: string): string => email.trim().normalize('NFC').toLowerCase()

/** The address as its owner wrote it. Throws InvalidParameter for what can be none. */
export const readEmail = (text: string): string => {
  const email = text.trim().normalize('NFC')
  if (Buffer.byteLength(email) <= mostBytes && shape.test(email)) return email
  throw new Problem('InvalidParameter', 'email must be an e-mail address of at most 254 characters.')
}
