import type { Logger } from './logger.js'
import type { ServiceMetrics } from './metrics.js'

/** Work that is done again and again beside the requests. */
export interface Chore {
  readonly everySeconds: number
  readonly run: () => Promise<unknown>
}

/**
 * Does each chore in its time, one run of it after the other. A run that fails is logged once, and the next one comes anyway.
 * `stop` waits for the runs under way.
 */
export const keepHouse = (chores: Readonly<Record<string, Chore>>, logger: Logger, metrics?: ServiceMetrics): { stop(): Promise<void> } => {
  let stopped = false
  const running = new Map<string, Promise<void>>()
  const timers = new Map<string, NodeJS.Timeout>()
  const failing = new Set<string>()
  const once = async (name: string, chore: Chore): Promise<void> => {
    const done = metrics?.chores.startTimer({ chore: name })
    try {
      await chore.run()
      if (failing.delete(name)) logger.info({ chore: name }, 'a chore succeeds again')
    } catch (error) {
      if (!failing.has(name)) logger.warn({ error, chore: name }, 'a chore failed; it is done again')
      failing.add(name)
    }
    done?.()
    plan(name, chore)
  }
  const plan = (name: string, chore: Chore): void => {
    if (!stopped) timers.set(name, setTimeout(() => { running.set(name, once(name, chore)) }, chore.everySeconds * 1000).unref())
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
