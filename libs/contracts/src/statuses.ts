import type { ProblemKind } from './problems.js'

/** THE table from a problem's kind to its HTTP status. Only the edges of the system read it; inside, a number means nothing. */
export const statusOfKind = {
  invalid: 400,
  unauthenticated: 401,
  forbidden: 403,
  missing: 404,
  methodNotAllowed: 405,
  cancelled: 408,
  conflict: 409,
  notReady: 409,
  gone: 410,
  tooLarge: 413,
  urlTooLong: 414,
  unsupportedMedia: 415,
  unprocessable: 422,
  rateLimited: 429,
  headersTooLarge: 431,
  unexpected: 500,
  unsupported: 501,
  unavailable: 503,
} as const satisfies Record<ProblemKind, number>
