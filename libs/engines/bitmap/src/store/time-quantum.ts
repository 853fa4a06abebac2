/** A view is named by the digits of the time that it covers: 2019, 201903, 20190304, 2019030405. 0 is the standard view. */
export type View = number
export const standardView: View = 0

const units = ['Y', 'M', 'D', 'H'] as const
type Unit = (typeof units)[number]

/** Whether it names some of year, month, day and hour that follow each other. */
export const isQuantum = (text: string): boolean => text !== '' && 'YMDH'.includes(text)

const unitsOf = (quantum: string): readonly Unit[] => units.filter((unit) => quantum.includes(unit))

const hourMs = 3_600_000
const dayMs = 24 * hourMs

/** The view of a unit that a time lies in. Times are milliseconds since 1970, in UTC. */
const viewAt = (ms: number, unit: Unit): View => {
  const at = new Date(ms)
  const year = at.getUTCFullYear()
  if (unit === 'Y') return year
  const month = year * 100 + at.getUTCMonth() + 1
  if (unit === 'M') return month
  const day = month * 100 + at.getUTCDate()
  return unit === 'D' ? day : day * 100 + at.getUTCHours()
}

const begin = (ms: number, unit: Unit): number => {
  const at = new Date(ms)
  if (unit === 'Y') return Date.UTC(at.getUTCFullYear(), 0)
  if (unit === 'M') return Date.UTC(at.getUTCFullYear(), at.getUTCMonth())
  return ms - ((ms % (unit === 'D' ? dayMs : hourMs)) + dayMs) % (unit === 'D' ? dayMs : hourMs)
}

const next = (ms: number, unit: Unit): number => {
  const at = new Date(ms)
  if (unit === 'Y') return Date.UTC(at.getUTCFullYear() + 1, 0)
  if (unit === 'M') return Date.UTC(at.getUTCFullYear(), at.getUTCMonth() + 1)
  return ms + (unit === 'D' ? dayMs : hourMs)
}

/** The views that a value set at a time is in, besides the standard one. */
export const viewsOfTime = (ms: number, quantum: string): readonly View[] => unitsOf(quantum).map((unit) => viewAt(ms, unit))

/** When a view begins and ends, in milliseconds since 1970. */
export const spanOf = (view: View): { readonly from: number; readonly to: number } => {
  const digits = String(view).padStart(4, '0')
  const unit = units[(digits.length - 4) / 2] ?? 'H'
  const from = Date.UTC(Number(digits.slice(0, 4)), Number(digits.slice(4, 6) || 1) - 1, Number(digits.slice(6, 8) || 1), Number(digits.slice(8, 10) || 0))
  return { from, to: next(from, unit) }
}

/**
 * The fewest views of a quantum that cover a range; its ends are widened to the quantum's smallest unit. With what there is given as
 * bounds, an open range is one between them.
 */
export const viewsOfRange = (from: number, to: number, quantum: string): readonly View[] => {
  const own = unitsOf(quantum)
  const finest = own.at(-1)
  if (finest === undefined || from >= to) return []
  const views: View[] = []
  for (let at = begin(from, finest); at < to;) {
    const widest = own.find((unit) => begin(at, unit) === at && next(at, unit) <= to) ?? finest
    views.push(viewAt(at, widest))
    at = next(at, widest)
  }
  return views
}
