/**
 * LIKE's pattern: % stands for anything, _ for at least one character, letters for both their cases. It must match the whole text.
 * Neighbouring wildcards become one, so that a pattern is tried in a time that a text's length bounds.
 */
export const likePattern = (pattern: string): ((text: string) => boolean) => {
  const wanted = pattern.toLowerCase().match(/[%_]+|[^%_]+/g) ?? []
  return (text) => matches(wanted, text.toLowerCase())
}

const isWild = (part: string): boolean => part.startsWith('%') || part.startsWith('_')

/** Each piece at the first place that it fits: a later one would leave less for those that follow. */
const matches = (parts: readonly string[], text: string): boolean => {
  let at = 0
  let room: number | undefined
  for (const [place, part] of parts.entries()) {
    if (isWild(part)) {
      room = [...part].filter((one) => one === '_').length
      continue
    }
    if (room === undefined) {
      if (!text.startsWith(part)) return false
      at = part.length
      continue
    }
    const isLast = place === parts.length - 1
    const found = isLast ? text.length - part.length : text.indexOf(part, at + room)
    if (found < at + room || isLast && !text.endsWith(part)) return false
    at = found + part.length
    room = undefined
  }
  return room === undefined ? at === text.length : text.length - at >= room
}
