import type { Value } from '@tenantry/pql'
import { refuse } from './refused.js'

const shapes = [/^(\d{4})$/, /^(\d{4})-(\d{2})$/, /^(\d{4})-(\d{2})-(\d{2})$/, /^(\d{4})-(\d{2})-(\d{2})T(\d{2})$/, /^(\d{4})-(\d{2})-(\d{2})T(\d{2}):(\d{2})$/] as const

/** Milliseconds since 1970 of a time that may stop anywhere after its year; undefined when it is none. */
export const partialTime = (text: string): number | undefined => {
  for (const shape of shapes) {
    const found = shape.exec(text)
    if (!found) continue
    const [year = 0, month = 1, day = 1, hour = 0, minute = 0] = found.slice(1).map(Number)
    const at = new Date(Date.UTC(year, month - 1, day, hour, minute))
    at.setUTCFullYear(year)
    const isDate = at.getUTCMonth() === month - 1 && at.getUTCDate() === day && hour < 24 && minute < 60
    return isDate ? at.getTime() : undefined
  }
  return undefined
}

/** One end of a range of time, in milliseconds since 1970. A number is seconds. */
export const timeArgument = (which: 'from' | 'to', value: Value): number => {
  if (value.kind === 'int') return Number(value.value) * 1_000
  if (value.kind !== 'string') return refuse(`parsing ${which} time: arg must be a timestamp`)
  return partialTime(value.value) ?? refuse(`parsing ${which} time: cannot parse string time`)
}
