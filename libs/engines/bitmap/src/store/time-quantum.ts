/**
 * A view is named by the digits of the time that it covers, with a 1 before them so that early years have as many: 12019, 1201903,
 * 120190304, 12019030405. 0 is the standard view.
 */
export type View = number
export const standardView: View = 0

const units = ['Y', 'M', 'D', 'H'] as const
type Unit = (typeof units)[number]

/** Whether it names some of year, month, day and hour that follow each other. */
export const isQuantum = (text: string): boolean => text !== '' && 'YMDH'.includes(text)

const unitsOf = (quantum: string): readonly Unit[] => units.filter((unit) => quantum.includes(unit))

const hourMs = 3_600_000
const dayMs = 24 * hourMs
const leadingOne = 10_000

/** Milliseconds since 1970. Years below 100 are years, and not some of the twentieth century. */
const utc = (year: number, month = 0, day = 1, hour = 0): number => new Date(0).setUTCFullYear(year, month, day) + hour * hourMs

/** The view of a unit that a time lies in. Times are milliseconds since 1970, in UTC. */
const viewAt = (ms: number, unit: Unit): View => {
  const at = new Date(ms)
  const year = leadingOne + at.getUTCFullYear()
  if (unit === 'Y') return year
  const month = year * 100 + at.getUTCMonth() + 1
  if (unit === 'M') return month
  const day = month * 100 + at.getUTCDate()
  return unit === 'D' ? day : day * 100 + at.getUTCHours()
}

const begin = (ms: number, unit: Unit): number => {
  const at = new Date(ms)
  if (unit === 'Y') return utc(at.getUTCFullYear())
  if (unit === 'M') return utc(at.getUTCFullYear(), at.getUTCMonth())
  return ms - ((ms % (unit === 'D' ? dayMs : hourMs)) + dayMs) % (unit === 'D' ? dayMs : hourMs)
}

const next = (ms: number, unit: Unit): number => {
  const at = new Date(ms)
  if (unit === 'Y') return utc(at.getUTCFullYear() + 1)
  if (unit === 'M') return utc(at.getUTCFullYear(), at.getUTCMonth() + 1)
  return ms + (unit === 'D' ? dayMs : hourMs)
}

/** The views that a value set at a time is in, besides the standard one. */
export const viewsOfTime = (ms: number, quantum: string): readonly View[] => unitsOf(quantum).map((unit) => viewAt(ms, unit))

interface Span { readonly from: number; readonly to: number; readonly unit: Unit }

/** When a view begins and ends, in milliseconds since 1970. */
const spanOf = (view: View): Span => {
  const digits = String(view).slice(1)
  const unit = units[(digits.length - 4) / 2] ?? 'H'
  const from = utc(Number(digits.slice(0, 4)), Number(digits.slice(4, 6) || 1) - 1, Number(digits.slice(6, 8) || 1), Number(digits.slice(8, 10) || 0))
  return { from, to: next(from, unit), unit }
}

/**
 * The fewest of the views that there are which cover a range. Its ends are widened to the quantum's smallest unit; without one it is
 * open. What is walked is the views, and not the range, which may be of thousands of years.
 */
export const viewsInRange = (views: readonly View[], from: number | undefined, to: number | undefined, quantum: string): readonly View[] => {
  const own = unitsOf(quantum)
  const finest = own.at(-1)
  if (finest === undefined || from !== undefined && to !== undefined && from >= to) return []
  const least = from === undefined ? -Infinity : begin(from, finest)
  const most = to ?? Infinity
  const isWithin = (span: Span): boolean => span.from >= least && (span.unit === finest ? span.from < most : span.to <= most)
  const isCovered = (span: Span): boolean => own.slice(0, own.indexOf(span.unit)).some((unit) => {
    const start = begin(span.from, unit)
    return isWithin({ from: start, to: next(start, unit), unit })
  })
  return views.filter((view) => {
    const span = spanOf(view)
    return isWithin(span) && !isCovered(span)
  })
}
