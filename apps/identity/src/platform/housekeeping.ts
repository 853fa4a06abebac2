import type { Logger } from '@tenantry/service'

/** Work that is done again and again beside the requests. */
export interface Chore {
  readonly everySeconds: number
  readonly run: () => Promise<void>
}

/** Does each chore in its time, one run of it after the other. A run that fails is logged, and the next one comes anyway. */
export const keepHouse = (chores: Readonly<Record<string, Chore>>, logger: Logger): { stop(): Promise<void> } => {
  let stopped = false
  const running = new Map<string, Promise<void>>()
  const timers = new Map<string, NodeJS.Timeout>()
  const plan = (name: string, chore: Chore): void => {
    if (stopped) return
    timers.set(name, setTimeout(() => {
      running.set(name, chore.run().catch((error: unknown) => logger.warn({ error, chore: name }, 'a chore failed; it is done again')).then(() => plan(name, chore)))
    }, chore.everySeconds * 1000).unref())
  }
  for (const [name, chore] of Object.entries(chores)) plan(name, chore)
  return {
    stop: async () => {
      stopped = true
      for (const timer of timers.values()) clearTimeout(timer)
      await Promise.all(running.values())
    },
  }
}
