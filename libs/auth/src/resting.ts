const shortestMs = 500
const longestMs = 15_000

/**
 * Asks, and after a failure fails at once for a while instead of waiting for the same silence again; the while doubles. So a
 * caller who is known already is kept waiting seldom when the one who knows hangs.
 */
export const resting = <A extends readonly unknown[], T>(ask: (...given: A) => Promise<T>, now: () => number = Date.now) => {
  let failures = 0
  let until = 0
  let last: unknown
  return async (...given: A): Promise<T> => {
    const startedAt = now()
    if (startedAt < until) throw last
    try {
      const answer = await ask(...given)
      failures = 0
      return answer
    } catch (error) {
      // Calls that were under way together have met one failure, not many.
      if (startedAt >= until) until = now() + Math.min(longestMs, shortestMs * 2 ** failures++)
      last = error
      throw error
    }
  }
}
