import type { Json } from './openapi-schema.js'
import type { Operation } from './operations.js'
import { Problem, type ProblemCode, type ProblemKind, problemKinds } from './problems.js'
import { statusOfKind } from './statuses.js'

/** What the listener, the edge and the limits may say to any request at all. */
const always = [
  'MalformedRequest', 'InvalidParameter', 'MethodNotAllowed', 'RequestTooSlow', 'UrlTooLong', 'UnsupportedEncoding', 'TooManyConnections', 'TooManyRequests',
  'HeadersTooLarge', 'InternalError', 'ServiceUnavailable',
] as const satisfies readonly ProblemCode[]

const credentials = ['MissingCredentials', 'InvalidCredentials', 'AmbiguousCredentials'] as const satisfies readonly ProblemCode[]
/** A body may come with every method but GET, also where none is asked for; and a page of another origin may not act. */
const acting = ['InvalidBody', 'RequestTooLarge', 'Forbidden'] as const satisfies readonly ProblemCode[]

/** Every code that an operation can be refused with: its own, and those of whoever stands before it. */
export const codesOf = ({ permission, method, body, deed, problems }: Pick<Operation, 'permission' | 'method' | 'body' | 'deed' | 'problems'>): readonly ProblemCode[] => [...new Set([
  ...always,
  ...(permission === 'anyone' ? [] : credentials),
  ...(permission === 'anyone' || permission === 'caller' ? [] : ['Forbidden'] as const),
  ...(method === 'GET' ? [] : acting),
  ...(body ? ['InvalidContentType'] as const : []),
  ...(deed && !deed.elsewhere ? ['RepeatInFlight', 'RepeatDiffers'] as const : []),
  ...(deed?.showsSecret ? ['RepeatOver'] as const : []),
  ...problems,
])]

/** What a refusal may say; each has the words of the moment. */
const sentenceOfKind: Readonly<Record<ProblemKind, string>> = {
  invalid: 'name: must not be empty',
  unauthenticated: 'The credential is not valid: it is wrong, has expired or was revoked. Log in again or use another key.',
  forbidden: 'You may not do this; ask one of the owners of the org for the right.',
  missing: 'There is nothing by this id or name.',
  gone: 'The events after 4 are not kept any more.',
  cancelled: 'The request did not arrive in time.',
  conflict: 'What is there already, or the state that it is in, does not allow this.',
  notReady: 'The database is not ready yet; try again shortly.',
  tooLarge: 'The request body is larger than this route accepts.',
  methodNotAllowed: 'This path does not know the method PATCH.',
  urlTooLong: 'The URL is longer than 8192 bytes.',
  unsupportedMedia: 'Send the body as it is: no content encoding is read here.',
  headersTooLarge: 'The headers of the request are larger than 16384 bytes together.',
  unprocessable: 'The id in the path is not a UUID.',
  rateLimited: 'Too many requests; try again in a while.',
  unexpected: 'Something went wrong on our side; try again, and tell the operator the request id if it stays.',
  unsupported: 'This database does not speak the language of this route.',
  unavailable: 'This cannot be answered at the moment; try again shortly.',
}

const sentences: Readonly<Partial<Record<ProblemCode, string>>> = {
  MissingParameter: 'name is required.',
  InvalidBody: 'The body is not JSON; check its quotes and commas.',
  InvalidContentType: 'Send the body as JSON with "Content-Type: application/json".',
  AmbiguousCredentials: 'Authorization and X-API-Key name different credentials; send one of them.',
  MalformedRequest: 'This is not a request that can be read in one way only; check its first line, its headers and the length of its body.',
  EngineRejectedQuery: 'no such table: orders',
  RelatedResourceNotFound: 'database_options.shape names no shape; GET /v2/shapes lists them.',
  MissingCredentials: 'Send a token in the Authorization header ("Bearer …") or an API key in X-API-Key.',
  LoginFailed: 'Incorrect username or password.',
  AnswerTooLarge: 'The answer is larger than the limit; ask for fewer rows.',
  RepeatInFlight: 'A request with this Idempotency-Key is being worked on; ask again shortly.',
  RepeatDiffers: 'This Idempotency-Key was sent with another request before; draw a new key for each new request.',
  QueryTimeout: 'The statement took longer than it may.',
}

/** An example of a problem, for documents and their readers. */
export const exampleProblem = (code: ProblemCode): Problem => new Problem(code, sentences[code] ?? sentenceOfKind[problemKinds[code]])

const nameOfStatus: Readonly<Record<number, string>> = {
  400: 'BadRequest', 401: 'Unauthorized', 403: 'Forbidden', 404: 'NotFound', 405: 'MethodNotAllowed', 408: 'RequestTimeout', 409: 'Conflict', 410: 'Gone', 413: 'ContentTooLarge',
  414: 'UriTooLong', 415: 'UnsupportedMediaType', 422: 'UnprocessableContent', 429: 'TooManyRequests', 431: 'RequestHeaderFieldsTooLarge',
  500: 'InternalServerError', 501: 'NotImplemented', 503: 'ServiceUnavailable',
}

const header = (name: string): Json => ({ $ref: `#/components/headers/${name}` })

/** What comes with every answer; requests that are not counted have no limits to tell of. */
export const usualHeaders: Json = { 'X-Request-Id': header('RequestId'), 'RateLimit-Policy': header('RateLimitPolicy'), RateLimit: header('RateLimit') }

const headersOf = (status: number, problems: readonly Problem[]): Json => ({
  ...usualHeaders,
  ...(problems.some(({ mayPass }) => mayPass) && { 'Retry-After': header('RetryAfter') }),
  ...(status === 401 && { 'WWW-Authenticate': header('WwwAuthenticate') }),
  ...(status === 405 && { Allow: header('Allow') }),
})

const responseOf = (status: number, codes: readonly ProblemCode[], { wire }: Operation): Json => {
  const problems = codes.map(exampleProblem)
  return {
    description: codes.join(', '),
    headers: headersOf(status, problems),
    content: { 'application/json': {
      schema: { $ref: '#/components/schemas/Problem' },
      examples: Object.fromEntries(problems.map((problem) => [problem.code, { value: wire.body(problem, status) }])),
    } },
  }
}

/** Every refusal of an operation by its status. */
const refusalsOf = (operation: Operation): ReadonlyMap<number, Json> => {
  const statusOf = (code: ProblemCode): number => operation.wire.status?.(exampleProblem(code)) ?? statusOfKind[problemKinds[code]]
  const byStatus = Map.groupBy(codesOf(operation), statusOf)
  return new Map([...byStatus].sort(([a], [b]) => a - b).map(([status, codes]) => [status, responseOf(status, codes, operation)]))
}

export interface Refusals {
  /** The refusals that many operations share, for `components.responses`. */
  readonly shared: Json
  /** The refusals of one operation, for its `responses`. */
  of(operation: Operation): Json
}

/** Of each status the refusal that most operations have stands once in the document, and the others where they are given. */
export const describeRefusals = (operations: readonly Operation[]): Refusals => {
  const all = new Map(operations.map((operation) => [operation, refusalsOf(operation)]))
  const counts = new Map<number, Map<string, number>>()
  for (const refusals of all.values()) {
    for (const [status, response] of refusals) {
      const seen = counts.get(status) ?? new Map<string, number>()
      const text = JSON.stringify(response)
      counts.set(status, seen.set(text, (seen.get(text) ?? 0) + 1))
    }
  }
  const common = new Map([...counts].flatMap(([status, seen]) => {
    const [text, times] = [...seen].reduce((one, other) => other[1] > one[1] ? other : one)
    return times > 1 ? [[status, text] as const] : []
  }))
  const shown = (status: number, response: Json): Json => common.get(status) === JSON.stringify(response) ? { $ref: `#/components/responses/${nameOf(status)}` } : response
  return {
    shared: Object.fromEntries([...common].sort(([a], [b]) => a - b).map(([status, text]) => [nameOf(status), JSON.parse(text) as Json])),
    of: (operation) => Object.fromEntries([...all.get(operation) ?? []].map(([status, response]) => [status, shown(status, response)])),
  }
}

const nameOf = (status: number): string => nameOfStatus[status] ?? `Status${status}`
