import { type ProblemCode, pageLimits } from '@tenantry/contracts'
import { graphqlLimits } from '@tenantry/engines-contract'
import { type Limits, fixedLimits, unlessSet } from '@tenantry/service'

/** One limit as it is told: what is counted, how many there may be, what sets it, and what happens past it. */
export interface ToldLimit {
  readonly name: string
  readonly value: number
  readonly unit: 'bytes' | 'seconds' | 'headers' | 'connections' | 'levels' | 'items' | 'rows' | 'requests' | 'statements' | 'databases' | 'users' | 'keys' | 'tries' | 'mails' | 'streams' | 'tokens' | 'fields' | 'aliases' | 'directives' | 'points'
  readonly description: string
  /** Refused with a problem, or in an answer of GraphQL's with this code; or the connection is closed; or it waits for its turn. */
  readonly exceeded: ProblemCode | 'closed' | 'waits' | { readonly errors: string }
  /** How much of it the caller's org has used. */
  readonly used?: number
  /** The variable that sets it; none when nothing does. */
  readonly variable?: keyof Limits
}

type Described = Omit<ToldLimit, 'name' | 'value' | 'used' | 'variable'>

const limit = (limits: Limits, variable: keyof Limits, name: string, described: Described): ToldLimit =>
  ({ name, value: limits[variable] ?? unlessSet[variable as keyof typeof unlessSet], ...described, variable })

const freeHere = (isSet: boolean): string => isSet ? '' : ' Callers on the machine itself are free.'

const ofRequests = (limits: Limits): readonly ToldLimit[] => [
  limit(limits, 'HEADER_BYTES', 'header_bytes', { unit: 'bytes', description: 'The first line of a request and its headers together.', exceeded: 'HeadersTooLarge' }),
  limit(limits, 'HEADER_COUNT', 'headers', { unit: 'headers', description: 'The headers of one request.', exceeded: 'HeadersTooLarge' }),
  limit(limits, 'URL_BYTES', 'url_bytes', { unit: 'bytes', description: 'The path of a request with its query.', exceeded: 'UrlTooLong' }),
  limit(limits, 'BODY_BYTES', 'body_bytes', { unit: 'bytes', description: 'The body of a request about records.', exceeded: 'RequestTooLarge' }),
  limit(limits, 'ACCOUNT_BODY_BYTES', 'account_body_bytes', { unit: 'bytes', description: 'The body of a login, a sign-up, or a request about keys.', exceeded: 'RequestTooLarge' }),
  limit(limits, 'JSON_DEPTH', 'json_depth', { unit: 'levels', description: 'How deep lists and objects stand inside each other in a body.', exceeded: 'InvalidBody' }),
  limit(limits, 'JSON_ITEMS', 'json_items', { unit: 'items', description: 'The items of one list or one object in a body.', exceeded: 'InvalidBody' }),
  { name: 'page_items', value: pageLimits.max, unit: 'items', description: `The items of one page of a list; ${pageLimits.default} unless asked.`, exceeded: 'InvalidParameter' },
]

const ofConnections = (limits: Limits): readonly ToldLimit[] => [
  limit(limits, 'HEADERS_SECONDS', 'headers_seconds', { unit: 'seconds', description: 'Until the headers of a request have arrived.', exceeded: 'RequestTooSlow' }),
  limit(limits, 'REQUEST_SECONDS', 'request_seconds', { unit: 'seconds', description: 'Until all of a request has arrived.', exceeded: 'RequestTooSlow' }),
  limit(limits, 'ANSWER_READ_SECONDS', 'answer_read_seconds', { unit: 'seconds', description: 'Until a client has taken the answer that was sent to it.', exceeded: 'closed' }),
  limit(limits, 'IDLE_SECONDS', 'idle_seconds', { unit: 'seconds', description: 'Between two requests on one connection.', exceeded: 'closed' }),
  limit(limits, 'CONNECTIONS', 'connections', { unit: 'connections', description: 'Open at a time, from everywhere.', exceeded: 'ServiceUnavailable' }),
  limit(limits, 'CONNECTIONS_PER_ADDRESS', 'connections_of_an_address', {
    unit: 'connections', exceeded: 'TooManyConnections',
    description: `Open at a time from one address, or one /64 of IPv6; a trusted proxy is free.${freeHere(limits.CONNECTIONS_PER_ADDRESS !== undefined)}`,
  }),
]

const within = `within ${fixedLimits.requestSeconds} seconds; what was used comes back evenly`

const ofCallers = (limits: Limits): readonly ToldLimit[] => [
  limit(limits, 'RECORD_REQUESTS_PER_ADDRESS', 'record_requests_of_an_address', {
    unit: 'requests', description: `About records, from one address, or one /64 of IPv6, ${within}.${freeHere(limits.RECORD_REQUESTS_PER_ADDRESS !== undefined)}`, exceeded: 'TooManyRequests',
  }),
  limit(limits, 'RECORD_REQUESTS_PER_KEY', 'record_requests_of_a_key', { unit: 'requests', description: `About records, with one API key, ${within}.`, exceeded: 'TooManyRequests' }),
  limit(limits, 'RECORD_REQUESTS_PER_USER', 'record_requests_of_a_user', { unit: 'requests', description: `About records, of one user, ${within}.`, exceeded: 'TooManyRequests' }),
  limit(limits, 'QUERY_REQUESTS_PER_ADDRESS', 'query_requests_of_an_address', {
    unit: 'requests', description: `With statements, from one address, or one /64 of IPv6, ${within}.${freeHere(limits.QUERY_REQUESTS_PER_ADDRESS !== undefined)}`, exceeded: 'TooManyRequests',
  }),
  limit(limits, 'QUERY_REQUESTS_PER_KEY', 'query_requests_of_a_key', {
    unit: 'requests', description: `With statements, with one API key, ${within}.${freeHere(limits.QUERY_REQUESTS_PER_KEY !== undefined)}`, exceeded: 'TooManyRequests',
  }),
  limit(limits, 'QUERY_REQUESTS_PER_USER', 'query_requests_of_a_user', {
    unit: 'requests', description: `With statements, of one user, ${within}.${freeHere(limits.QUERY_REQUESTS_PER_USER !== undefined)}`, exceeded: 'TooManyRequests',
  }),
]

const ofStatements = (limits: Limits): readonly ToldLimit[] => [
  limit(limits, 'QUERY_TEXT_BYTES', 'statement_bytes', { unit: 'bytes', description: 'The text of one statement.', exceeded: 'RequestTooLarge' }),
  limit(limits, 'QUERY_TIMEOUT_SECONDS', 'statement_seconds', { unit: 'seconds', description: 'From the arrival of a statement until its answer.', exceeded: 'QueryTimeout' }),
  limit(limits, 'ANSWER_BYTES', 'answer_bytes', { unit: 'bytes', description: 'The rows of the answer to one statement, as JSON.', exceeded: 'AnswerTooLarge' }),
  limit(limits, 'ANSWER_ROWS', 'answer_rows', { unit: 'rows', description: 'The rows of the answer to one statement.', exceeded: 'AnswerTooLarge' }),
  limit(limits, 'QUERIES_IN_FLIGHT', 'statements_in_flight_of_a_database', { unit: 'statements', description: 'Running, or answered and not yet taken, at a time.', exceeded: 'waits' }),
  limit(limits, 'QUERIES_WAITING', 'statements_waiting_of_a_database', { unit: 'statements', description: 'Waiting for one of those places.', exceeded: 'TooManyQueries' }),
  limit(limits, 'QUERIES_IN_FLIGHT_PER_ORG', 'statements_in_flight_of_an_org', { unit: 'statements', description: 'Running at a time, in all databases of the org.', exceeded: 'waits' }),
  limit(limits, 'QUERIES_WAITING_PER_ORG', 'statements_waiting_of_an_org', { unit: 'statements', description: 'Accepted beyond those that may run.', exceeded: 'TooManyQueriesOfOrg' }),
  limit(limits, 'QUERIES_IN_FLIGHT_IN_ALL', 'statements_in_flight', { unit: 'statements', description: 'Running at a time; past it, orgs take turns.', exceeded: 'waits' }),
  limit(limits, 'QUERIES_WAITING_IN_ALL', 'statements_waiting', { unit: 'statements', description: 'Waiting for their databases.', exceeded: 'TooManyQueries' }),
  limit(limits, 'QUERIES_WAITING_BYTES', 'statement_text_held_bytes', {
    unit: 'bytes', description: `The text of all statements of ${fixedLimits.longStatementBytes} bytes or more that were accepted and not answered; a quarter of it for one org.`, exceeded: 'TooManyQueries',
  }),
  limit(limits, 'ANSWERS_UNREAD_BYTES', 'answers_unread_bytes', { unit: 'bytes', description: 'Large answers on their way to clients, of all databases.', exceeded: 'TooManyQueries' }),
  limit(limits, 'IMPORT_BYTES', 'import_bytes', { unit: 'bytes', description: 'The body of one import.', exceeded: 'RequestTooLarge' }),
  limit(limits, 'IMPORT_SECONDS', 'import_seconds', { unit: 'seconds', description: 'Until all of an import has arrived; it may be silent for `request_seconds` at most.', exceeded: 'RequestTooSlow' }),
  limit(limits, 'IMPORTS_PER_ORG', 'imports_of_an_org', { unit: 'requests', description: 'Imports under way at a time, in all databases of the org.', exceeded: 'TooManyQueriesOfOrg' }),
  limit(limits, 'IMPORTS_IN_ALL', 'imports', { unit: 'requests', description: 'Imports under way at a time.', exceeded: 'TooManyQueries' }),
]

const ofDocument = (name: string, value: number, unit: ToldLimit['unit'], description: string, errors: string): ToldLimit => ({ name: `graphql_${name}`, value, unit, description, exceeded: { errors } })

const ofDocuments: readonly ToldLimit[] = [
  ofDocument('tokens', graphqlLimits.tokens, 'tokens', 'The names, numbers, brackets and signs of one GraphQL document.', 'TooManyTokens'),
  ofDocument('depth', graphqlLimits.depth, 'levels', 'How deep the fields of a GraphQL operation stand inside each other.', 'TooDeep'),
  ofDocument('root_fields', graphqlLimits.rootFields, 'fields', 'At the root of a GraphQL operation.', 'TooManyRootFields'),
  ofDocument('aliases', graphqlLimits.aliases, 'aliases', 'In a GraphQL operation, with those of its fragments wherever they are spread.', 'TooManyAliases'),
  ofDocument('directives', graphqlLimits.directives, 'directives', 'In a GraphQL document.', 'TooManyDirectives'),
  ofDocument('cost', graphqlLimits.cost, 'points', 'Of a GraphQL operation: 1 for a field, 2 for one with fields inside, and what is inside counts half as much again as outside.', 'TooCostly'),
  ofDocument('rows', graphqlLimits.rows, 'rows', 'The limits of the lists of a GraphQL operation, multiplied where lists stand inside of lists.', 'TooManyRows'),
]

const ofEvents = (limits: Limits): readonly ToldLimit[] => [
  limit(limits, 'EVENT_STREAMS_PER_KEY', 'event_streams_of_a_key', { unit: 'streams', description: 'Open at a time with one key or session, in one process.', exceeded: 'TooManyEventStreams' }),
  limit(limits, 'EVENT_STREAMS_PER_ORG', 'event_streams_of_an_org', { unit: 'streams', description: 'Open at a time by one org, in one process.', exceeded: 'TooManyEventStreams' }),
  limit(limits, 'EVENT_STREAMS', 'event_streams', { unit: 'streams', description: 'Open at a time in one process.', exceeded: 'TooManyEventStreams' }),
]

const ofAccounts = (limits: Limits): readonly ToldLimit[] => [
  limit(limits, 'SIGNUPS_PER_HOUR', 'sign_ups_of_an_address_in_an_hour', {
    unit: 'tries', description: `Tries to sign up; five times as many from its network.${freeHere(limits.SIGNUPS_PER_HOUR !== undefined)}`, exceeded: 'TooManyRequests',
  }),
  limit(limits, 'FAILED_LOGINS_PER_MINUTE', 'failed_logins_of_an_address_in_a_minute', { unit: 'tries', description: `Logins that fail; five times as many in an hour from its network.${freeHere(false)}`, exceeded: 'TooManyRequests' }),
  limit(limits, 'FAILED_TOKENS_PER_MINUTE', 'failed_tokens_of_an_address_in_a_minute', { unit: 'tries', description: `Refresh tokens that are none; five times as many from its network.${freeHere(false)}`, exceeded: 'TooManyRequests' }),
  limit(limits, 'MAILS_PER_HOUR', 'mails_for_an_address_in_an_hour', { unit: 'mails', description: `Mails with links that one caller's address has sent; five times as many from its network.${freeHere(false)}`, exceeded: 'TooManyRequests' }),
  limit(limits, 'INVITES_PER_HOUR', 'invites_of_an_org_in_an_hour', { unit: 'mails', description: 'People whom an org invites.', exceeded: 'TooManyRequests' }),
  limit(limits, 'WRONG_PASSWORDS', 'wrong_passwords_in_a_row', { unit: 'tries', description: 'For one e-mail address, before the waiting begins.', exceeded: 'TooManyRequests' }),
  limit(limits, 'WRONG_PASSWORD_WAIT_SECONDS', 'wrong_password_wait_seconds', {
    unit: 'seconds', description: 'Waited first; each further wrong password doubles it, up to a quarter of an hour.', exceeded: 'TooManyRequests',
  }),
]

/** What records say of the caller's org, and not the configuration. */
export interface OrgLimits {
  readonly databases: Quota
  readonly users: Quota
  readonly keys: Quota
  readonly storageBytes: Quota
  readonly databaseBytes: number
}

/** What the org may have of something, and what it has, if that is known. */
export interface Quota {
  readonly value: number
  readonly used?: number
}

const ofOrg = (limits: Limits, { databases, users, keys, storageBytes, databaseBytes }: OrgLimits): readonly ToldLimit[] => [
  { ...limit(limits, 'DATABASES_PER_ORG', 'databases_of_an_org', { unit: 'databases', description: 'Of your org.', exceeded: 'ResourceLimitExceeded' }), ...databases },
  { ...limit(limits, 'USERS_PER_ORG', 'users_of_an_org', { unit: 'users', description: 'Of your org, with those who are invited or deactivated.', exceeded: 'ResourceLimitExceeded' }), ...users },
  { ...limit(limits, 'KEYS_PER_ORG', 'keys_of_an_org', { unit: 'keys', description: 'Of your org that are not revoked.', exceeded: 'ResourceLimitExceeded' }), ...keys },
  {
    ...limit(limits, 'STORAGE_BYTES_PER_ORG', 'storage_of_an_org', { unit: 'bytes', description: 'Reserved by the shapes of the databases of your org, however little they hold.', exceeded: 'ResourceLimitExceeded' }),
    ...storageBytes,
  },
  { name: 'database_bytes', value: databaseBytes, unit: 'bytes', description: 'Held by one database of the usual shape; GET /v2/shapes tells of the others.', exceeded: 'StorageFull' },
]

/** Every limit that a caller can meet, in the order in which a request does. */
export const toldLimits = (limits: Limits, org: OrgLimits): readonly ToldLimit[] =>
  [...ofConnections(limits), ...ofCallers(limits), ...ofRequests(limits), ...ofStatements(limits), ...ofDocuments, ...ofEvents(limits), ...ofOrg(limits, org), ...ofAccounts(limits)]
