/** Deeper than any filter that is meant, and than any value that is written by hand. */
const mostLevels = 100

/** Whether the values of variables are within what may be walked. Looks at each level at once: walking it deep is what must not be done. */
export const isShallow = (variables: unknown): boolean => {
  let level: readonly unknown[] = [variables]
  for (let depth = 0; depth <= mostLevels; depth += 1) {
    level = level.flatMap((value) => typeof value === 'object' && value !== null ? Object.values(value) as readonly unknown[] : [])
    if (level.length === 0) return true
  }
  return false
}
