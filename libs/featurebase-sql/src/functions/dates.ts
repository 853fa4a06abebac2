import { invalidParameter, isInt64, noDatetimePart, resultOutOfRange } from './refuse.js'
import type { ScalarFunction } from './scalar.js'
import { int, text } from './scalar.js'
import { type Moment, civilMillis, dayOfYear, epochNanosOf, isWritable, isoWeek, latestYear, momentOf, printDay, printSecond } from './times.js'

const units: Readonly<Record<string, bigint>> = { s: 1_000_000_000n, ms: 1_000_000n, us: 1_000n, µs: 1_000n, ns: 1n }

/** Nanoseconds of a time unit. */
export const nanosOfUnit = (unit: string): bigint => (Object.hasOwn(units, unit) ? units[unit] : undefined) ?? invalidParameter(unit, 'timeunit')

type Part = 'yy' | 'yd' | 'm' | 'd' | 'w' | 'wk' | 'hh' | 'mi' | 's' | 'ms' | 'us' | 'ns'

const numbers: Readonly<Record<Part, (moment: Moment) => number>> = {
  yy: ({ date }) => date.getUTCFullYear(), yd: dayOfYear, m: ({ date }) => date.getUTCMonth() + 1, d: ({ date }) => date.getUTCDate(),
  w: ({ date }) => date.getUTCDay(), wk: isoWeek, hh: ({ date }) => date.getUTCHours(), mi: ({ date }) => date.getUTCMinutes(),
  s: ({ date }) => date.getUTCSeconds(), ms: ({ nanos }) => Math.floor(nanos / 1e6), us: ({ nanos }) => Math.floor(nanos / 1e3), ns: ({ nanos }) => nanos,
}

const isPart = (part: string): part is Part => Object.hasOwn(numbers, part)

const partOf = (written: string, parameter: string): Part => {
  const part = written.toLowerCase()
  return isPart(part) ? part : invalidParameter(written, parameter)
}

const months = ['January', 'February', 'March', 'April', 'May', 'June', 'July', 'August', 'September', 'October', 'November', 'December']
const days = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday']

const name: ScalarFunction = ([part, time]) => {
  const moment = momentOf(int(time))
  const which = partOf(text(part), 'interval')
  const number = numbers[which](moment)
  return (which === 'm' ? months[number - 1] : which === 'w' ? days[number] : undefined) ?? String(number)
}

const spans: Readonly<Partial<Record<Part, bigint>>> = {
  d: 86_400_000_000_000n, hh: 3_600_000_000_000n, mi: 60_000_000_000n, s: 1_000_000_000n, ms: 1_000_000n, us: 1_000n, ns: 1n,
}

/** Months that are too short for a day go on into the next, as Go counts. */
const addMonths = (moment: Moment, many: bigint): Moment => {
  if (many > 120_000n || many < -120_000n) return resultOutOfRange()
  const date = new Date(moment.date)
  date.setUTCMonth(date.getUTCMonth() + Number(many))
  return { date, nanos: moment.nanos }
}

const add: ScalarFunction = ([part, many, time]) => {
  const which = partOf(text(part), 'timeunit')
  const span = spans[which]
  if (span === undefined && which !== 'yy' && which !== 'm') return invalidParameter(text(part), 'timeunit')
  const nanos = span !== undefined ? int(time) + int(many) * span : epochNanosOf(addMonths(momentOf(int(time)), which === 'yy' ? int(many) * 12n : int(many)))
  return isWritable(momentOf(nanos)) ? nanos : resultOutOfRange()
}

const difference: ScalarFunction = ([part, from, to]) => {
  const which = partOf(text(part), 'timeunit')
  const span = spans[which]
  if (span !== undefined) {
    const many = (int(to) - int(from)) / span
    return isInt64(many) ? many : resultOutOfRange()
  }
  const [begin, end] = [momentOf(int(from)).date, momentOf(int(to)).date]
  const years = end.getUTCFullYear() - begin.getUTCFullYear()
  if (which === 'yy') return BigInt(years)
  return which === 'm' ? BigInt(years * 12 + end.getUTCMonth() - begin.getUTCMonth()) : invalidParameter(text(part), 'timeunit')
}

const fromParts: ScalarFunction = (values) => {
  const [year = 0n, month = 0n, day = 0n, hour = 0n, minute = 0n, second = 0n, milli = 0n] = values.map(int)
  if (year < 0n || year > BigInt(latestYear)) return noDatetimePart(year)
  if (month < 1n || month > 12n) return noDatetimePart(month)
  if (day < 1n || day > 31n) return noDatetimePart(day)
  if (hour < 0n || hour > 23n) return noDatetimePart(hour)
  if (minute < 0n || minute > 59n) return noDatetimePart(minute)
  if (second < 0n || second > 59n) return noDatetimePart(second)
  if (milli < 0n || milli > 999n) return noDatetimePart(milli)
  const millis = civilMillis(Number(year), Number(month), Number(day), Number(hour), Number(minute), Number(second))
  return millis === undefined ? noDatetimePart(day) : (BigInt(millis) + milli) * 1_000_000n
}

/** How long the text of a time is that ends with a part. */
const lengths: Readonly<Partial<Record<Part, number>>> = { yy: 4, m: 7, d: 10, hh: 13, mi: 16, s: 19, ms: 23, us: 26, ns: 29 }

const truncated: ScalarFunction = ([part, time]) => {
  const moment = momentOf(int(time))
  const length = lengths[partOf(text(part), 'interval')] ?? invalidParameter(text(part), 'interval')
  return length <= 10 ? printDay(moment).slice(0, length) : `${printSecond(moment)}.${String(moment.nanos).padStart(9, '0')}`.slice(0, length)
}

const toTimestamp: ScalarFunction = ([many, unit]) => {
  const nanos = int(many) * nanosOfUnit(unit === undefined ? 's' : text(unit))
  return isWritable(momentOf(nanos)) ? nanos : resultOutOfRange()
}

export const dateFunctions: Readonly<Record<string, ScalarFunction>> = {
  DATETIMEADD: add,
  DATETIMEDIFF: difference,
  DATETIMEFROMPARTS: fromParts,
  DATETIMENAME: name,
  DATETIMEPART: ([part, time]) => BigInt(numbers[partOf(text(part), 'interval')](momentOf(int(time)))),
  DATE_TRUNC: truncated,
  TOTIMESTAMP: toTimestamp,
}
