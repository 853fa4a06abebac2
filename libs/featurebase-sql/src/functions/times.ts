const nanosInMilli = 1_000_000n
export const nanosInSecond = 1_000_000_000n

/** A time's parts in UTC. */
export interface Moment {
  readonly date: Date
  /** Nanoseconds of its second. */
  readonly nanos: number
}

export const momentOf = (epochNanos: bigint): Moment => {
  const nanos = ((epochNanos % nanosInSecond) + nanosInSecond) % nanosInSecond
  return { date: new Date(Number((epochNanos - nanos) / nanosInMilli)), nanos: Number(nanos) }
}

export const epochNanosOf = ({ date, nanos }: Moment): bigint => BigInt(date.getTime()) * nanosInMilli + BigInt(nanos)

export const latestYear = 9_999

/** Whether RFC 3339 has a text for it: years 0 to 9999. */
export const isWritable = ({ date }: Moment): boolean => {
  const year = date.getUTCFullYear()
  return year >= 0 && year <= latestYear
}

const two = (value: number): string => String(value).padStart(2, '0')

export const printDay = ({ date }: Moment): string => `${String(date.getUTCFullYear()).padStart(4, '0')}-${two(date.getUTCMonth() + 1)}-${two(date.getUTCDate())}`
export const printSecond = (moment: Moment): string => `${printDay(moment)}T${two(moment.date.getUTCHours())}:${two(moment.date.getUTCMinutes())}:${two(moment.date.getUTCSeconds())}`

/** In RFC 3339, in UTC, with as many digits of a second as it needs. */
export const printTime = (epochNanos: bigint): string => {
  const moment = momentOf(epochNanos)
  const fraction = moment.nanos === 0 ? '' : `.${String(moment.nanos).padStart(9, '0').replace(/0+$/, '')}`
  return `${printSecond(moment)}${fraction}Z`
}

const written = /^(\d{4})-(\d\d)-(\d\d)(?:T(\d\d):(\d\d):(\d\d)(?:[.,](\d+))?(?:Z|([+-])(\d\d):(\d\d)))?$/

/** Milliseconds since 1970; undefined where a calendar or a clock has no such time. Years below 100 are years. */
export const civilMillis = (year: number, month: number, day: number, hour = 0, minute = 0, second = 0): number | undefined => {
  const date = new Date(0)
  date.setUTCFullYear(year, month - 1, day)
  if (date.getUTCMonth() !== month - 1 || date.getUTCDate() !== day || hour > 23 || minute > 59 || second > 59) return undefined
  return date.setUTCHours(hour, minute, second)
}

/** Nanoseconds since 1970 of a time in RFC 3339 or of a day; undefined for another text. */
export const readTime = (text: string): bigint | undefined => {
  const [matched, year, month, day, hour = '0', minute = '0', second = '0', fraction = '', sign, hours = '0', minutes = '0'] = written.exec(text) ?? []
  if (matched === undefined || Number(hours) > 23 || Number(minutes) > 59) return undefined
  const millis = civilMillis(Number(year), Number(month), Number(day), Number(hour), Number(minute), Number(second))
  if (millis === undefined) return undefined
  const shift = (Number(hours) * 60 + Number(minutes)) * 60_000 * (sign === '-' ? -1 : 1)
  return BigInt(millis - shift) * nanosInMilli + BigInt(fraction.slice(0, 9).padEnd(9, '0'))
}

/** The week of the year as ISO 8601 counts it: the one that its Thursday is in. */
export const isoWeek = ({ date }: Moment): number => {
  const thursday = new Date(date)
  thursday.setUTCDate(date.getUTCDate() + 4 - (date.getUTCDay() || 7))
  return Math.ceil(dayOfYear({ date: thursday, nanos: 0 }) / 7)
}

export const dayOfYear = ({ date }: Moment): number => {
  const first = new Date(0)
  first.setUTCFullYear(date.getUTCFullYear(), 0, 1)
  return Math.floor((date.getTime() - first.getTime()) / 86_400_000) + 1
}
