/**
 * Waits until `look` gives something true, and gives it back; fails with `what` when it does not come in time. What a time is promised
 * for is given that time and a machine's clock to tell it by.
 */
export const until = async <T>(what: string, look: () => T | Promise<T>, withinMs = 20_000, everyMs = 10, clock: { now(): number } = Date): Promise<NonNullable<T>> => {
  const end = clock.now() + withinMs
  let last: unknown
  do {
    try {
      const seen = await look()
      if (seen) return seen
      last = seen
    } catch (error) {
      last = error
    }
    await new Promise((resolve) => setTimeout(resolve, everyMs))
  } while (clock.now() < end)
  throw new Error(`Not within ${withinMs} ms: ${what}; last seen: ${last instanceof Error ? last.message : JSON.stringify(last)}`)
}
