import type { IncomingMessage, ServerResponse } from 'node:http'
import type { ProblemWire } from '@tenantry/contracts'
import type { IsProxy } from './listener/connections.js'

/** Whether a service can do its work now, and what each thing it needs says: 'ok' or the reason why not. */
export interface Readiness {
  readonly ok: boolean
  readonly checks: Readonly<Record<string, string>>
}

/** A service that has started. It owns no listener and no signal: who runs it gives it requests and closes it. */
export interface RunningService {
  readonly name: string
  handle(request: IncomingMessage, response: ServerResponse): void
  /** How a listener words what it refuses itself. */
  readonly wire?: ProblemWire
  /** Whom a listener does not bound by address; a service that only other services connect to has none. */
  readonly isProxy?: IsProxy
  ready(): Promise<Readiness>
  /** Prometheus text. */
  metrics(): Promise<string>
  /** Ends the requests that would not end by themselves, and takes no new one of them: the process is about to end. */
  drain?(): void
  /** Lets go of everything, with its own deadlines. No request is in flight any more when this is called. */
  close(): Promise<void>
}

/** Asks each check with a deadline of its own, so that one that hangs is a reason and not a hang. */
export const readiness = async (checks: Readonly<Record<string, () => Promise<unknown>>>, deadlineMs = 2000): Promise<Readiness> => {
  const results = await Promise.all(Object.entries(checks).map(async ([name, check]) => [name, await verdict(check, deadlineMs)] as const))
  return { ok: results.every(([, said]) => said === 'ok'), checks: Object.fromEntries(results) }
}

const verdict = async (check: () => Promise<unknown>, deadlineMs: number): Promise<string> => {
  const late = Promise.withResolvers<never>()
  const timer = setTimeout(() => late.reject(new Error(`no answer within ${deadlineMs} ms`)), deadlineMs)
  try {
    await Promise.race([check(), late.promise])
    return 'ok'
  } catch (error) {
    return error instanceof Error ? error.message : 'not ready'
  } finally {
    clearTimeout(timer)
  }
}
