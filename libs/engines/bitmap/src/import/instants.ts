import { partialTime } from '../pql/time-range.js'

const instant = /^(\d{4})-(\d\d)-(\d\d)[T ](\d\d):(\d\d):(\d\d)(?:\.(\d{1,9})\d*)?(?:Z|([+-])(\d\d):(\d\d))$/

/** Nanoseconds since 1970 of a time in RFC 3339; undefined for a text that is none, or names no day or time that there is. */
export const instantOf = (text: string): bigint | undefined => {
  const found = instant.exec(text)
  if (!found) return undefined
  const [, , , , hour = '', minute = '', second = '', fraction = '', sign, zoneHours, zoneMinutes] = found
  const day = partialTime(text.slice(0, 10))
  if (day === undefined || Number(hour) > 23 || Number(minute) > 59 || Number(second) > 59 || Number(zoneMinutes ?? 0) > 59) return undefined
  const zone = sign === undefined ? 0 : (sign === '-' ? -1 : 1) * (Number(zoneHours) * 60 + Number(zoneMinutes))
  const seconds = day / 1_000 + Number(hour) * 3_600 + (Number(minute) - zone) * 60 + Number(second)
  return BigInt(seconds) * 1_000_000_000n + BigInt(fraction.padEnd(9, '0'))
}
