import { types } from 'node:util'
import { Problem } from '@tenantry/contracts'
import { QueryFailedError } from 'typeorm'

const driverFault = (error: unknown): { code?: string; constraint?: string } | undefined => {
  const source = error instanceof QueryFailedError ? error.driverError : error
  // An error of a socket may be of another realm than ours, and then no instance of our Error.
  return types.isNativeError(source) ? source as { code?: string; constraint?: string } : undefined
}

/** Whether a write was refused because `constraint` holds already: the name of a unique index or constraint. */
export const isTaken = (error: unknown, constraint: string): boolean => {
  const fault = driverFault(error)
  return fault?.code === '23505' && fault.constraint === constraint
}

// Connection lost or refused, server shutting down or starting, too many connections, a lock or statement out of time.
const away = /^(08...|57P0.|53...|55P03|57014|25P03|40001|40P01|ECONNREFUSED|ECONNRESET|EPIPE|ETIMEDOUT|ENOTFOUND|EHOSTUNREACH)$/

// What TypeORM says of a transaction whose connection has died between two statements of it.
const takenAway = new Set(['QueryRunnerAlreadyReleasedError', 'QueryRunnerProviderAlreadyReleasedError', 'TransactionNotStartedError'])

/** The problem behind an error of Postgres that may pass by itself; undefined when it is a fault of ours. */
export const storageProblem = (error: unknown): Problem | undefined => {
  const fault = driverFault(error)
  if (fault?.code === '53100') return new Problem('StorageFull', 'The storage for records is full; free some space and try again.', { cause: error, retryAfterSeconds: 10 })
  const lost = types.isNativeError(fault) && (takenAway.has(fault.name) || /Connection terminated|timeout exceeded when trying to connect|Client (?:has encountered a connection error|was closed)/.test(fault.message))
  if (!lost && !away.test(fault?.code ?? '')) return undefined
  return new Problem('ServiceUnavailable', 'The records cannot be reached at the moment; try again shortly.', { cause: error, retryAfterSeconds: 2 })
}
