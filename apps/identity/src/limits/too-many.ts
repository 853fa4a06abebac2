import { Problem } from '@tenantry/contracts'

/** Throws TooManyRequests, saying when to come again, unless there is nothing to wait for. */
export const refuseFor = (waitMs: number, message: string): void => {
  if (waitMs > 0) throw new Problem('TooManyRequests', message, { retryAfterSeconds: Math.ceil(waitMs / 1_000) })
}
