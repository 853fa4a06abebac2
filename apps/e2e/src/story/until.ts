import { setTimeout as delay } from 'node:timers/promises'

/** Asks until it holds. What is seen last counts, so that a slow answer is not taken for a wrong one. Throws past the deadline. */
export const until = async (what: string, holds: () => Promise<boolean>, seconds: number): Promise<void> => {
  for (const deadline = performance.now() + seconds * 1_000; !await holds();) {
    if (performance.now() > deadline) throw new Error(`Not within ${seconds} s: ${what}`)
    await delay(10)
  }
}
