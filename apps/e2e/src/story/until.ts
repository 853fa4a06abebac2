import { setTimeout as delay } from 'node:timers/promises'

export interface Clock { now(): number }

/**
 * Asks until it holds. What is seen last counts, so that a slow answer is not taken for a wrong one. Throws past the deadline. What a
 * time is promised for is given that time and a machine's clock; otherwise the time is no promise, only the end of waiting.
 */
export const until = async (what: string, holds: () => Promise<boolean>, seconds: number, clock: Clock = performance): Promise<void> => {
  for (const deadline = clock.now() + seconds * 1_000; !await holds();) {
    if (clock.now() > deadline) throw new Error(`Not within ${seconds} s: ${what}`)
    await delay(10)
  }
}
