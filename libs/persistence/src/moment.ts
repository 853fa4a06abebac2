import pg from 'pg'

export const momentType = pg.types.builtins.TIMESTAMPTZ
const usual: (text: string) => unknown = pg.types.getTypeParser(momentType, 'text')

const wholeSeconds = '2026-11-22 20:57:43'.length
const zone = '+00'.length
const microseconds = '.123456'.length
const hourMs = 3_600_000

const digitAt = (text: string, at: number): number => text.charCodeAt(at) - 0x30
const twoAt = (text: string, at: number): number => 10 * digitAt(text, at) + digitAt(text, at + 1)

/** Postgres writes no zeros at the end of a fraction; what is past the thousandth is left away. */
const thousandthsIn = (text: string, from: number, to: number): number => {
  let sum = 0
  for (let at = from, worth = 100; at < to && worth >= 1; at += 1, worth /= 10) sum += worth * digitAt(text, at)
  return sum
}

/** Whether it is "2026-11-22 20:57:43.123456+00": a year of four digits from 1000 on, and a zone of whole hours. Postgres wrote it, so that a few signs tell. */
const isUsual = (text: string): boolean => {
  const sign = text.charAt(text.length - zone)
  return text.length >= wholeSeconds + zone && text.length <= wholeSeconds + microseconds + zone && (sign === '+' || sign === '-')
    && text.charAt(4) === '-' && text.charAt(10) === ' ' && text.charAt(wholeSeconds - 3) === ':' && !text.startsWith('0')
    && (text.length === wholeSeconds + zone || text.charAt(wholeSeconds) === '.')
}

/** A timestamptz as Postgres writes it. pg's own reader, a pattern or three for each, takes a sixth of the time of a list of records. */
export const readMoment = (text: string): unknown => {
  if (!isUsual(text)) return usual(text)
  const zoneAt = text.length - zone
  const offset = twoAt(text, zoneAt + 1) * hourMs
  const local = Date.UTC(100 * twoAt(text, 0) + twoAt(text, 2), twoAt(text, 5) - 1, twoAt(text, 8), twoAt(text, 11), twoAt(text, 14), twoAt(text, 17),
    thousandthsIn(text, wholeSeconds + 1, zoneAt))
  return new Date(text.charAt(zoneAt) === '-' ? local + offset : local - offset)
}
