import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { z } from 'zod'

/** Shorter ones are refused for their length. */
const leastBytes = 8

let known: ReadonlySet<string> | undefined

// The list is read as a file and at its first use: as a module all of it would stay in memory, the short ones too.
const read = (): ReadonlySet<string> => {
  const file = createRequire(import.meta.url).resolve('@zxcvbn-ts/language-common/src/passwords.json')
  const words = z.array(z.string()).parse(JSON.parse(readFileSync(file, 'utf8')))
  return new Set(words.filter((word) => Buffer.byteLength(word) >= leastBytes))
}

/** Whether a password is one of the tens of thousands that are tried before any other, in whatever case. */
export const isCommon = (password: string): boolean => (known ??= read()).has(password.toLowerCase())
