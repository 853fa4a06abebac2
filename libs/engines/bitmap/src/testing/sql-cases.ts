/** Values of FeatureBase's cases that JSON has no way to write. */
export const tagged = (value: unknown): { readonly $ts?: string; readonly $dec?: string } => typeof value === 'object' && value !== null ? value : {}

/** A value as it is compared: decimals as numbers, times as moments, members of sets in any order. */
const plain = (value: unknown): string => {
  const { $ts, $dec } = tagged(value)
  if ($dec !== undefined) return String(Number($dec))
  const time = $ts ?? (typeof value === 'string' && /^\d{4}-\d\d-\d\dT/.test(value) ? value : undefined)
  if (time !== undefined) return new Date(time).toISOString()
  return Array.isArray(value) ? JSON.stringify(value.map(plain).sort()) : String(value)
}

const line = (row: readonly unknown[]): string => row.map(plain).join(' | ')

interface Expected {
  readonly expected_headers: readonly { readonly name: string }[] | null
  readonly expected_rows: readonly (readonly unknown[])[] | null
  readonly compare: string
}

type Rows = readonly (readonly unknown[])[]

const lines = ({ compare }: Expected, rows: Rows): readonly string[] => compare === 'exactOrdered' ? rows.map(line) : rows.map(line).sort()

/** The rows that a case expects, a line each; in an order only where the case has one. */
export const wantedLines = (one: Expected): readonly string[] => lines(one, one.expected_rows ?? [])

/** The rows that were answered to it, with their columns in the order in which the case names them. */
export const answeredLines = (one: Expected, fields: readonly { readonly name: string }[], rows: Rows): readonly string[] => {
  const at = (one.expected_headers ?? []).map(({ name }) => fields.findIndex((field) => field.name === name))
  const isTold = at.length > 0 && new Set(at).size === at.length && at.every((place) => place >= 0)
  return lines(one, isTold ? rows.map((row) => at.map((place) => row[place])) : rows)
}
