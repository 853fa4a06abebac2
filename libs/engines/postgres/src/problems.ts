import { Problem } from '@tenantry/contracts'
import pg from 'pg'

/** What a server said, where it said anything. */
export const stateOf = (error: unknown): string | undefined => {
  if (error instanceof pg.DatabaseError) return error.code
  return typeof error === 'object' && error !== null && 'code' in error && typeof error.code === 'string' ? error.code : undefined
}

export const hasState = (error: unknown, ...states: readonly string[]): boolean => states.includes(stateOf(error) ?? '')

export const away = (cause?: unknown): Problem => new Problem('EngineUnavailable', 'The Postgres server of this database cannot be reached at the moment; try again shortly.', { cause, retryAfterSeconds: 1 })
export const notThere = (cause?: unknown): Problem => new Problem('DatabaseNotFound', 'There is no such database.', { cause })
export const timedOut = (seconds: number, cause?: unknown): Problem => new Problem('QueryTimeout', `The statement took longer than ${Math.round(seconds * 10) / 10} seconds and was ended.`, { cause })
export const cancelled = (cause?: unknown): Problem => new Problem('QueryCancelled', 'The statement was cancelled.', { cause })
export const tooMany = (): Problem => new Problem('TooManyQueries', 'Too many statements wait for this database; try again shortly.', { retryAfterSeconds: 1 })
export const rejected = (message: string, cause?: unknown): Problem => new Problem('EngineRejectedQuery', message, { cause })

/** Why no session could be had. */
export const connectProblem = (error: unknown): Problem => {
  if (error instanceof Problem) return error
  if (hasState(error, '3D000', '28P01', '28000')) return notThere(error)
  if (hasState(error, '55000')) return new Problem('DatabaseInWrongState', 'The database is stopped; start it first.', { cause: error })
  if (hasState(error, '53300')) return new Problem('TooManyQueries', 'The database has as many connections as it may have; close some, or try again shortly.', { cause: error, retryAfterSeconds: 1 })
  return away(error)
}

const positionOf = ({ position }: pg.DatabaseError): { readonly position?: number } => {
  const at = Number(position)
  return Number.isInteger(at) && at > 0 ? { position: at - 1 } : {}
}

const classOf = (state: string): string => state.slice(0, 2)

/** What a statement was refused with, as whoever sent it shall hear it. */
export const statementProblem = (error: unknown, seconds: number): Problem => {
  if (error instanceof Problem) return error
  if (!(error instanceof pg.DatabaseError) || error.code === undefined) return away(error)
  const { code } = error
  if (code === '57014') return timedOut(seconds, error)
  if (code === '53100') return new Problem('StorageFull', 'The server has no room left for this database.', { cause: error })
  if (code === '53300') return tooMany()
  if (classOf(code) === '57' || classOf(code) === '08' && code !== '08P01' || code === '53200') return away(error)
  const told = classOf(code) === '23' && error.detail ? `${error.message}: ${error.detail}` : error.message
  return new Problem('EngineRejectedQuery', told, { cause: error, ...positionOf(error) })
}
