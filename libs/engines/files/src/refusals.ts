import { EngineRefusal } from '@tenantry/engines-contract'

const codes = { busy: 5, locked: 6, noMemory: 7, ioError: 10, corrupt: 11, full: 13, cantOpen: 14, range: 25, notADatabase: 26 } as const

// Told by their shape: an error made by Node itself is of another realm wherever the code runs in a context of its own.
const hasShape = (error: unknown): error is { readonly message: string; readonly errcode?: unknown; readonly code?: unknown } =>
  typeof error === 'object' && error !== null && 'message' in error && typeof error.message === 'string'
const resultCode = (error: unknown): number | undefined =>
  hasShape(error) && typeof error.errcode === 'number' ? error.errcode & 0xff : undefined

const rejected = (message: string, cause?: unknown): EngineRefusal => new EngineRefusal('EngineRejectedQuery', message, { cause })
const unavailable = (message: string, cause: unknown): EngineRefusal => new EngineRefusal('EngineUnavailable', message, { cause, retryAfterSeconds: 1 })

/** What SQLite or Node said, as a refusal. This is the only place that knows SQLite's result codes. */
export const refusalOf = (error: unknown): EngineRefusal => {
  if (error instanceof EngineRefusal) return error
  switch (resultCode(error)) {
    case undefined:
      return bindingRefusal(error)
    case codes.full:
      return new EngineRefusal('StorageFull', 'The database has used all the storage it may use; delete data or raise its limit.', { cause: error })
    case codes.busy:
    case codes.locked:
      return unavailable('The database is busy with another statement; try again.', error)
    case codes.ioError:
    case codes.cantOpen:
      return unavailable('The database could not be read or written; try again.', error)
    case codes.corrupt:
    case codes.notADatabase:
      return unavailable('The data of this database is damaged; restore it from a backup.', error)
    case codes.noMemory:
      return rejected('The statement needs more memory than one statement may use.', error)
    case codes.range:
      return rejected('There are more values than the statement has ? parameters.', error)
    default:
      return rejected(hasShape(error) ? error.message : 'The statement failed.', error)
  }
}

const bindingRefusal = (error: unknown): EngineRefusal => {
  if (hasShape(error) && error.code === 'ERR_INVALID_ARG_VALUE' && /no statements/.test(error.message)) {
    return rejected('The text holds no statement.', error)
  }
  return new EngineRefusal('InternalError', 'The engine failed in an unexpected way.', { cause: error })
}

/** Whether it was the statement that failed, and not the file or the machine. */
export const isOfStatement = (error: unknown): boolean => {
  const code = resultCode(error)
  return code !== undefined && ![codes.full, codes.busy, codes.ioError, codes.corrupt, codes.noMemory].some((known) => known === code)
}
