import type { Problem, ProblemCode, ProblemKind, ProblemWire } from '@tenantry/contracts'

/** The document's machine-readable codes, by kind. Where it names none, the code is ours in its style. */
const codeOfKind: Readonly<Record<ProblemKind, string>> = {
  invalid: 'InvalidParameter',
  unauthenticated: 'Unauthorized',
  forbidden: 'Forbidden',
  missing: 'ResourceNotFound',
  gone: 'ResourceGone',
  methodNotAllowed: 'MethodNotAllowed',
  cancelled: 'RequestTimeout',
  conflict: 'IncorrectState',
  notReady: 'IncorrectState',
  tooLarge: 'RequestTooLarge',
  urlTooLong: 'UrlTooLong',
  unsupportedMedia: 'UnsupportedMediaType',
  unprocessable: 'UnprocessableEntity',
  rateLimited: 'TooManyRequests',
  headersTooLarge: 'HeadersTooLarge',
  unexpected: 'InternalError',
  unsupported: 'NotImplemented',
  unavailable: 'ServiceUnavailable',
}

const ownCode: Readonly<Partial<Record<ProblemCode, string>>> = {
  MissingParameter: 'MissingParameter',
  InvalidBody: 'InvalidBody',
  InvalidContentType: 'InvalidContentType',
  MalformedRequest: 'MalformedRequest',
  LinkNotValid: 'LinkNotValid',
  RelatedResourceNotFound: 'RelatedResourceNotFound',
  EngineRejectedQuery: 'Bad Request',
  MissingCredentials: 'MissingAuthenticationToken',
  ResourceLimitExceeded: 'ResourceLimitExceeded',
  DatabaseNameTaken: 'ResourceAlreadyExists',
  EmailTaken: 'ResourceAlreadyExists',
  UserExists: 'ResourceAlreadyExists',
  RoleNameTaken: 'ResourceAlreadyExists',
  RepeatInFlight: 'IdempotencyKeyInUse',
  RepeatDiffers: 'IdempotencyKeyReused',
  RepeatOver: 'IdempotencyKeyExpired',
  QueryTimeout: 'QueryTimeout',
  AnswerTooLarge: 'AnswerTooLarge',
  StorageFull: 'StorageFull',
}

/** The code that a client of the native API sees for a problem. */
export const wireCode = (problem: Problem): string => ownCode[problem.code] ?? codeOfKind[problem.kind]

/** Refusals of the native API. What a statement did wrong stands in `error` too, where query clients look for it. */
export const problemWire: ProblemWire = {
  body: (problem) => ({
    code: wireCode(problem),
    message: problem.message,
    ...((problem.code === 'EngineRejectedQuery' || problem.code === 'TableNotFound') && { error: problem.message }),
  }),
}

/** Clients of PQL read every refusal in `error`, whoever it comes from. */
export const pqlWire: ProblemWire = {
  body: (problem) => ({ code: wireCode(problem), message: problem.message, error: problem.message }),
}
