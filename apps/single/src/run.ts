import { CannotStart } from '@tenantry/embedded'
import { type Environment, Exit, createLogger, onSignal } from '@tenantry/service'
import { Closing } from './closing.js'
import { parseSingleConfig } from './config.js'
import type { ServicePlan } from './plan.js'
import { start } from './start.js'

const forceSeconds = 60

const asExit = (error: unknown): unknown => error instanceof CannotStart ? new Exit(error.message, undefined, error) : error

/**
 * Runs the whole installation until a signal ends it. The first signal lets requests in flight end and then stops everything in
 * order; a second one ends at once, and takes the children along.
 */
export const runSingle = async (env: Environment, plans: readonly ServicePlan[], print: (line: string) => void): Promise<void> => {
  const config = parseSingleConfig(env)
  const logger = createLogger('single', config.logLevel)
  const closing = new Closing()
  const children = new Set<() => number | undefined>()
  const calledOff = new AbortController()

  const killChildren = (): void => {
    for (const pid of [...children].map((child) => child())) if (pid !== undefined) killGroup(pid)
  }
  const exit = (code: number): void => {
    killChildren()
    process.exit(code)
  }
  const closeAll = async (): Promise<void> => {
    for (const { name, error } of await closing.closeAll()) logger.error({ part: name, error }, 'a part could not be closed')
  }

  let starting: Promise<void> | undefined
  onSignal(async (signal) => {
    logger.info({ signal }, 'stopping')
    calledOff.abort(new Error('called off'))
    setTimeout(exit, (config.drainSeconds + forceSeconds) * 1_000, 1).unref()
    await starting?.catch(() => undefined)
    await closeAll()
  }, exit)

  starting = start({ env, config, plans, logger, closing, children, signal: calledOff.signal, print })
  try {
    await starting
  } catch (error) {
    // The signal's own handler closes and exits.
    if (calledOff.signal.aborted) return
    await closeAll()
    killChildren()
    throw asExit(error)
  }
}

const killGroup = (pid: number): void => {
  try {
    process.kill(-pid, 'SIGKILL')
  } catch {
    // It has ended already.
  }
}
