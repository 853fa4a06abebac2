import { hash, randomInt } from 'node:crypto'
import { crc32 } from 'node:zlib'

export const apiKeyPrefix = 'tnt_'
const alphabet = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'
const secretLength = 32
const checksumLength = 6
const shape = /^tnt_[0-9a-f]{8}_[0-9A-Za-z]{32}_[0-9A-Za-z]{6}$/

const checksum = (text: string): string => {
  let rest = crc32(text)
  let digits = ''
  while (digits.length < checksumLength) {
    digits = alphabet.charAt(rest % alphabet.length) + digits
    rest = Math.floor(rest / alphabet.length)
  }
  return digits
}

/**
 * The text of a new key: the first eight digits of its record's id, so that a person can tell keys apart, 190 random bits, and a
 * checksum that tells a mistyped key from a wrong one without asking anybody.
 */
export const newApiKey = (keyId: string, drawn: (below: number) => number = randomInt): string => {
  const secret = Array.from({ length: secretLength }, () => alphabet.charAt(drawn(alphabet.length))).join('')
  const body = `${apiKeyPrefix}${keyId.slice(0, 8)}_${secret}`
  return `${body}_${checksum(body)}`
}

/** Whether a text can be a key at all. */
export const isApiKey = (text: string): boolean => shape.test(text) && checksum(text.slice(0, -checksumLength - 1)) === text.slice(-checksumLength)

/** What is said of a key to those who know it: its SHA-256 in hex. The text itself stays in the process it was shown to. */
export const apiKeyDigest = (text: string): string => hash('sha256', text, 'hex')
