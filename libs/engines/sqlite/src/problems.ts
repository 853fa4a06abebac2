import { EngineRefusal } from '@tenantry/engines-contract'

const sqlite = { busy: 5, locked: 6, noMemory: 7, readOnly: 8, ioError: 10, corrupt: 11, full: 13, cantOpen: 14, tooBig: 18, auth: 23, range: 25, notADatabase: 26 } as const

interface SqliteError extends Error {
  readonly errcode: number
}
const isSqliteError = (error: unknown): error is SqliteError =>
  error instanceof Error && 'errcode' in error && typeof error.errcode === 'number'

const rejected = (message: string, cause?: unknown): EngineRefusal => new EngineRefusal('EngineRejectedQuery', message, { cause })
const unavailable = (message: string, cause: unknown): EngineRefusal => new EngineRefusal('EngineUnavailable', message, { cause, retryAfterSeconds: 1 })

/** What SQLite or Node said, as a refusal. This is the only place that knows SQLite's result codes. */
export const refusalOf = (error: unknown, deniedBecause?: string): EngineRefusal => {
  if (error instanceof EngineRefusal) return error
  if (deniedBecause !== undefined) return rejected(deniedBecause, error)
  if (!isSqliteError(error)) return bindingRefusal(error)
  switch (error.errcode & 0xff) {
    case sqlite.full:
      return new EngineRefusal('StorageFull', 'The database has used all the storage it may use; delete data or raise its limit.', { cause: error })
    case sqlite.busy:
    case sqlite.locked:
      return unavailable('The database is busy with another statement; try again.', error)
    case sqlite.ioError:
    case sqlite.cantOpen:
      return unavailable('The database could not be read or written; try again.', error)
    case sqlite.corrupt:
    case sqlite.notADatabase:
      return unavailable('The data of this database is damaged; restore it from a backup.', error)
    case sqlite.noMemory:
      return rejected('The statement needs more memory than one statement may use.', error)
    case sqlite.range:
      return rejected('There are more values than the statement has ? parameters.', error)
    default:
      return rejected(error.message, error)
  }
}

const bindingRefusal = (error: unknown): EngineRefusal => {
  if (error instanceof Error && 'code' in error && error.code === 'ERR_INVALID_ARG_VALUE' && /no statements/.test(error.message)) {
    return rejected('The text holds no statement.', error)
  }
  return new EngineRefusal('InternalError', 'The engine failed in an unexpected way.', { cause: error })
}

/** Whether a wrapped statement failed for a reason that the plain one may not have. */
export const mayPassUnwrapped = (error: unknown): boolean =>
  isSqliteError(error) && ![sqlite.full, sqlite.busy, sqlite.ioError, sqlite.corrupt, sqlite.noMemory].some((code) => code === (error.errcode & 0xff))
