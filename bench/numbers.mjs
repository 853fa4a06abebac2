const sorted = (values) => [...values].sort((one, other) => one - other)

/** The value that `share` of all values do not exceed. */
export const quantile = (values, share) => {
  const ordered = sorted(values)
  return ordered[Math.min(ordered.length - 1, Math.max(0, Math.ceil(ordered.length * share) - 1))] ?? Number.NaN
}

export const median = (values) => {
  const ordered = sorted(values)
  const middle = ordered.length >> 1
  return ordered.length % 2 === 1 ? ordered[middle] : (ordered[middle - 1] + ordered[middle]) / 2
}

/** Three digits that mean something. */
export const rounded = (value) => Number(value.toPrecision(3))
