import { check } from './check.js'
import { readTopCall } from './grammar/call.js'
import { scannerOf, skipSpace, type Scanner } from './scanner.js'
import type { Call, Query } from './tree.js'

export interface Limits {
  /** How deep calls may be nested. A stack of the usual size holds about three times the default. */
  readonly maxDepth?: number
}

const defaultDepth = 250

const readQuery = (scanner: Scanner): Query => {
  const calls: Call[] = []
  skipSpace(scanner)
  while (scanner.at < scanner.text.length) {
    calls.push(readTopCall(scanner))
    skipSpace(scanner)
  }
  return { calls }
}

/** Parses with a scanner of the caller's, which then tells how much work it was. */
export const parseWith = (scanner: Scanner): Query => {
  const query = readQuery(scanner)
  if (scanner.fault) throw scanner.fault
  check(scanner.text, query)
  return query
}

/** The tree of a request's text. Throws a PqlError and nothing else. */
export const parsePql = (text: string, { maxDepth = defaultDepth }: Limits = {}): Query => parseWith(scannerOf(text, maxDepth))
