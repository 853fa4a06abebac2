import { setTimeout as delay } from 'node:timers/promises'

/** Asks `found` again and again until it answers something; undefined once the deadline has passed. */
export const waitFor = async <T>(found: () => Promise<T | undefined>, seconds: number, signal?: AbortSignal): Promise<T | undefined> => {
  const deadline = performance.now() + seconds * 1_000
  for (;;) {
    signal?.throwIfAborted()
    const answer = await found()
    if (answer !== undefined) return answer
    if (performance.now() > deadline) return undefined
    await delay(10)
  }
}
