import { setTimeout as delay } from 'node:timers/promises'
import type { Logger } from '@tenantry/service'

/** A process of ours that can end by itself. */
export interface Server {
  readonly pid: number
  readonly exited: Promise<{ readonly code: number | null; readonly signal: string | null; readonly asked: boolean }>
  stop(): Promise<void>
}

export interface KeptServer<S extends Server> {
  readonly first: S
  /** The process that runs now; undefined between two. */
  pid(): number | undefined
  stop(): Promise<void>
}

const pausesMs = [0, 250, 1_000, 5_000] as const

/**
 * Starts a server and starts it anew whenever it ends unasked: at once the first time, then ever more slowly, and at the last
 * pace for as long as this process lives. `again` must bring it back where its clients look for it.
 */
export const keepRunning = async <S extends Server>(name: string, first: S, again: (signal: AbortSignal) => Promise<S>, logger: Logger): Promise<KeptServer<S>> => {
  const stopping = new AbortController()
  let now: S | undefined = first

  const watch = async (): Promise<void> => {
    for (let failures = 0; !stopping.signal.aborted;) {
      const started = performance.now()
      const exit = await now?.exited
      now = undefined
      if (stopping.signal.aborted || exit?.asked) return
      if (exit) logger.error({ server: name, code: exit.code, signal: exit.signal }, 'a server has ended by itself; starting it again')
      if (performance.now() - started > 60_000) failures = 0
      await delay(pausesMs[Math.min(failures, pausesMs.length - 1)], undefined, { signal: stopping.signal })
      failures += 1
      try {
        now = await again(stopping.signal)
        logger.warn({ server: name }, 'a server runs again')
      } catch (error) {
        if (!stopping.signal.aborted) logger.error({ server: name, error }, 'a server could not be started again')
      }
    }
  }
  const watching = watch().catch(() => undefined)

  return {
    first,
    pid: () => now?.pid,
    stop: async () => {
      stopping.abort(new Error('stopping'))
      await now?.stop()
      await watching
      await now?.stop()
    },
  }
}
