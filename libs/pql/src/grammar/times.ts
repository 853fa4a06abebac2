import { noteFault } from '../refusals.js'
import { clipped } from '../quote.js'
import { codeAt, reach, type Scanner } from '../scanner.js'
import type { Timestamp } from '../tree.js'

const timeLength = 'YYYY-MM-DDTHH:MM'.length
const timeOfMinutes = /^\d{4}-[01]\d-[0-3]\d[T]\d\d:\d\d$/
const instant = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(?:\.(\d+))?(Z|[+-]\d\d:\d\d)$/
const longestInstant = 64

const doubleQuote = 34, singleQuote = 39, dash = 45
export const isQuote = (code: number): boolean => code === doubleQuote || code === singleQuote

/** Whether a text has the shape of a time of minutes. The day it names may not exist: 31 February has the shape. */
export const isTime = (text: string): boolean => text.length === timeLength && timeOfMinutes.test(text)

/** A time of minutes at the scanner, bare or in quotes; undefined, and nothing read, where none stands. */
export const readTime = (scanner: Scanner): string | undefined => {
  const code = codeAt(scanner)
  const begin = isQuote(code) ? scanner.at + 1 : scanner.at
  // Most that is asked here is a number; a look at one character tells.
  if (codeAt(scanner, begin + 4) !== dash) return undefined
  scanner.steps += timeLength
  const end = begin + timeLength
  const text = scanner.text.slice(begin, end)
  if (!isTime(text)) return undefined
  reach(scanner, 'timestampbasicfmt', begin, end)
  if (begin === scanner.at) { scanner.at = end; return text }
  if (codeAt(scanner, end) !== code) return undefined
  scanner.at = end + 1
  reach(scanner, 'timestampfmt', begin - 1, scanner.at)
  return text
}

/** The end of a quoted instant at the scanner with its quotes, or the scanner's place where none stands. */
export const endOfInstant = (scanner: Scanner): number => {
  const code = codeAt(scanner)
  if (!isQuote(code) || codeAt(scanner, scanner.at + 5) !== dash) return scanner.at
  const ahead = scanner.text.slice(scanner.at + 1, scanner.at + 1 + longestInstant)
  scanner.steps += ahead.length
  const length = ahead.indexOf(String.fromCharCode(code))
  return length > 0 && instant.test(ahead.slice(0, length)) ? scanner.at + length + 2 : scanner.at
}

const epochMilliseconds = (year: number, month: number, day: number, hour: number, minute: number, second: number): number => {
  const date = new Date(0)
  // Date.UTC would take the year 21 for 1921.
  date.setUTCFullYear(year, month - 1, day)
  date.setUTCHours(hour, minute, second)
  return date.getTime()
}

const daysIn = (year: number, month: number): number => new Date(epochMilliseconds(year, month + 1, 0, 0, 0, 0)).getUTCDate()

const zoneMinutes = (zone: string): number => {
  if (zone === 'Z') return 0
  const minutes = Number(zone.slice(1, 3)) * 60 + Number(zone.slice(4))
  return zone.startsWith('-') ? -minutes : minutes
}

/** The instant that a text of that shape names; a fault is noted where there is no such instant. */
export const instantOf = (scanner: Scanner, text: string, at: number): Timestamp => {
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = text.split(/[-T:.Z+]/, 6).map(Number)
  const [, , , , , , , fraction = '', zone = 'Z'] = instant.exec(text) ?? []
  const wrong = month < 1 || month > 12 ? 'month' : day < 1 || day > daysIn(year, month) ? 'day'
    : hour > 23 ? 'hour' : minute > 59 ? 'minute' : second > 59 ? 'second' : undefined
  if (wrong) noteFault(scanner, at, `string is not a valid timestamp: parsing time "${clipped(text)}": ${wrong} out of range`)
  const milliseconds = epochMilliseconds(year, month, day, hour, minute, second) - zoneMinutes(zone) * 60_000
  return { kind: 'timestamp', text, epochNanos: BigInt(milliseconds) * 1_000_000n + BigInt(fraction.slice(0, 9).padEnd(9, '0')) }
}

/** A range of the form `low < field < high` takes numbers; FeatureBase reads instants there only to refuse them. */
export const refuseInstantAsBound = (scanner: Scanner, begin: number, end: number): void => {
  const written = scanner.text.slice(begin, end)
  noteFault(scanner, begin, `string is not a valid timestamp: parsing time "${written}" as "2006-01-02T15:04:05Z": cannot parse "${written}" as "2006"`)
}
