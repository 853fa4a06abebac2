const nanosInSecond = 1_000_000_000n

/** A time in RFC 3339, in UTC, with as many digits of a second as it needs. */
export const timeText = (epochNanos: bigint): string => {
  const fraction = ((epochNanos % nanosInSecond) + nanosInSecond) % nanosInSecond
  const seconds = (epochNanos - fraction) / nanosInSecond
  const at = new Date(Number(seconds) * 1_000)
  if (Number.isNaN(at.getTime())) return '0001-01-01T00:00:00Z'
  const text = at.toISOString().slice(0, -5)
  return fraction === 0n ? `${text}Z` : `${text}.${fraction.toString().padStart(9, '0').replace(/0+$/, '')}Z`
}

/** No time at all, as Go writes it. */
export const noTime = '0001-01-01T00:00:00Z'
