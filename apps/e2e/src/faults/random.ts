export interface Random {
  readonly seed: number
  /** At least 0 and less than 1. */
  number(): number
  below(limit: number): number
  pick<T>(of: readonly T[]): T
}

/** The same numbers at every run with the same seed (mulberry32). */
export const randomFrom = (seed: number): Random => {
  let state = seed
  const number = (): number => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
  const below = (limit: number): number => Math.floor(number() * limit)
  const pick = <T>(of: readonly T[]): T => {
    const found = of[below(of.length)]
    if (found === undefined) throw new Error('There is nothing to pick from.')
    return found
  }
  return { seed, number, below, pick }
}

/** TEST_SEED repeats a run that failed; otherwise the seeds are fixed, and the long run adds others. */
export const seedOf = (fixed: number): number => Number(process.env['TEST_SEED'] ?? fixed)
export const isLong = process.env['TEST_LONG'] === '1'
