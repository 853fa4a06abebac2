/** What kind of refusal a problem is. The kind decides the HTTP status (libs/http) and nothing else does. */
export type ProblemKind =
  | 'invalid' | 'unauthenticated' | 'forbidden' | 'missing' | 'gone' | 'cancelled' | 'conflict' | 'notReady' | 'tooLarge'
  | 'methodNotAllowed' | 'urlTooLong' | 'unsupportedMedia' | 'headersTooLarge' | 'unprocessable' | 'rateLimited' | 'unexpected' | 'unsupported' | 'unavailable'

/** Every refusal the system can give, by code. A code is added here before it is thrown anywhere. */
export const problemKinds = {
  InvalidParameter: 'invalid',
  MissingParameter: 'invalid',
  InvalidBody: 'invalid',
  AmbiguousCredentials: 'invalid',
  EngineRejectedQuery: 'invalid',
  InvalidContentType: 'invalid',
  RelatedResourceNotFound: 'invalid',
  MalformedRequest: 'invalid',
  LinkNotValid: 'invalid',
  MethodNotAllowed: 'methodNotAllowed',
  UrlTooLong: 'urlTooLong',
  UnsupportedEncoding: 'unsupportedMedia',
  HeadersTooLarge: 'headersTooLarge',
  MissingCredentials: 'unauthenticated',
  InvalidCredentials: 'unauthenticated',
  LoginFailed: 'unauthenticated',
  Forbidden: 'forbidden',
  ResourceLimitExceeded: 'forbidden',
  SignUpClosed: 'forbidden',
  RouteNotFound: 'missing',
  DatabaseNotFound: 'missing',
  TableNotFound: 'missing',
  OrgNotFound: 'missing',
  UserNotFound: 'missing',
  KeyNotFound: 'missing',
  CredentialNotFound: 'missing',
  ShapeNotFound: 'missing',
  EventsGone: 'gone',
  RoleNotFound: 'missing',
  InviteNotFound: 'missing',
  QueryTimeout: 'cancelled',
  QueryCancelled: 'cancelled',
  RequestTooSlow: 'cancelled',
  DatabaseNameTaken: 'conflict',
  EmailTaken: 'conflict',
  UserExists: 'conflict',
  RoleNameTaken: 'conflict',
  UserInvited: 'conflict',
  InviteInWrongState: 'conflict',
  DatabaseInWrongState: 'conflict',
  RepeatInFlight: 'conflict',
  RepeatOver: 'conflict',
  KeyRevoked: 'conflict',
  LastOwner: 'conflict',
  OrgHasDatabases: 'conflict',
  ShapeNotServed: 'conflict',
  DatabaseNotReady: 'notReady',
  RequestTooLarge: 'tooLarge',
  AnswerTooLarge: 'unprocessable',
  InvalidId: 'unprocessable',
  RepeatDiffers: 'unprocessable',
  TooManyRequests: 'rateLimited',
  TooManyQueries: 'rateLimited',
  TooManyQueriesOfOrg: 'rateLimited',
  TooManyConnections: 'rateLimited',
  TooManyEventStreams: 'rateLimited',
  InternalError: 'unexpected',
  LanguageNotSupported: 'unsupported',
  MailNotConfigured: 'unsupported',
  ServiceUnavailable: 'unavailable',
  EngineUnavailable: 'unavailable',
  StorageFull: 'unavailable',
} as const satisfies Record<string, ProblemKind>

export type ProblemCode = keyof typeof problemKinds

export interface ProblemFacts {
  /** The error behind this one; it reaches the log and never the caller. */
  readonly cause?: unknown
  /** Seconds after which asking again makes sense; sent as Retry-After. */
  readonly retryAfterSeconds?: number
  /** Where in the caller's text the fault is: a 0-based offset in characters. */
  readonly position?: number
}

/**
 * The one error type that crosses rooms. `message` is a sentence for the caller: what, which one, what to do.
 * Anything else that is thrown is a fault of ours and is answered as InternalError.
 */
export class Problem extends Error {
  readonly kind: ProblemKind
  readonly retryAfterSeconds: number | undefined
  readonly position: number | undefined

  constructor(readonly code: ProblemCode, message: string, facts: ProblemFacts = {}) {
    super(message, facts.cause === undefined ? undefined : { cause: facts.cause })
    this.name = 'Problem'
    this.kind = problemKinds[code]
    this.retryAfterSeconds = facts.retryAfterSeconds
    this.position = facts.position
  }

  /** Whether the same call may succeed later without being changed. */
  get mayPass(): boolean {
    return this.kind === 'unavailable' || this.kind === 'notReady' || this.kind === 'rateLimited'
  }
}

/** A problem as it crosses a process border; `isProblemCode` guards the way back. */
export interface ProblemData {
  readonly code: ProblemCode
  readonly message: string
  readonly retryAfterSeconds?: number
  readonly position?: number
}

export const isProblemCode = (code: unknown): code is ProblemCode => typeof code === 'string' && Object.hasOwn(problemKinds, code)

export const problemData = (problem: Problem): ProblemData => ({
  code: problem.code,
  message: problem.message,
  ...(problem.retryAfterSeconds !== undefined && { retryAfterSeconds: problem.retryAfterSeconds }),
  ...(problem.position !== undefined && { position: problem.position }),
})

export const problemFrom = (data: ProblemData): Problem => new Problem(data.code, data.message, {
  ...(data.retryAfterSeconds !== undefined && { retryAfterSeconds: data.retryAfterSeconds }),
  ...(data.position !== undefined && { position: data.position }),
})
