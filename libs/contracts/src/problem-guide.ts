import type { ProblemCode } from './problems.js'

/** What a refusal means to whoever meets it, and what they can do. */
export interface ProblemGuide {
  readonly means: string
  readonly remedy: string
  /** Set where the same request may pass later though its kind does not say so. */
  readonly again?: true
}

const guide = (means: string, remedy: string, again?: true): ProblemGuide => ({ means, remedy, ...(again && { again }) })

const waitAnd = 'Wait as long as `Retry-After` says, then send it again.'

/** A line for every problem. docs/errors.md is made of it. */
export const problemGuides: Readonly<Record<ProblemCode, ProblemGuide>> = {
  InvalidParameter: guide('A field, a path or a query parameter has a value that it cannot have.', 'The message names it and what it must be.'),
  MissingParameter: guide('A field that is needed is not there.', 'Add the field that the message names.'),
  InvalidBody: guide('The body is no JSON, or not of the form that this route takes.', 'Compare it with the schema in the OpenAPI document.'),
  AmbiguousCredentials: guide('`Authorization` and `X-API-Key` say different things, or one of them came twice.', 'Send one credential, once.'),
  EngineRejectedQuery: guide('The engine does not take this statement. The message is the engine\'s.', 'Correct the statement.'),
  InvalidContentType: guide('The body is of another type than this route reads.', 'Send `Content-Type: application/json`, or `text/plain` for a statement.'),
  RelatedResourceNotFound: guide('The body names a thing that is not there: a shape, a role, a user.', 'The message names the field; list what there is and choose.'),
  MalformedRequest: guide('The request can be read in more than one way, or in none.', 'Look for a proxy or a client that writes HTTP by itself.'),
  LinkNotValid: guide('The link from a mail is wrong, was used before, or is too old.', 'Ask for a new one.'),
  MethodNotAllowed: guide('The path is known, the method is not.', '`Allow` has the methods of this path.'),
  UrlTooLong: guide('The path with its query is longer than the limit `url_bytes`.', 'Put into the body what the route takes there, or send less.'),
  UnsupportedEncoding: guide('The body came compressed.', 'Send it as it is.'),
  HeadersTooLarge: guide('The headers are larger or more than the limits `header_bytes` and `headers`.', 'Send fewer; large cookies of other pages on the same host are a usual reason.'),
  MissingCredentials: guide('The route needs to know who calls.', 'Send a token as `Authorization: Bearer …` or a key as `X-API-Key`.'),
  InvalidCredentials: guide('The credential is wrong, has expired or was revoked, or its user is no active member any more.', 'Renew the token, log in again, or use another key.'),
  LoginFailed: guide('Address and password do not belong together, or the refresh token is none. Which of them it is, is not told.', 'Try again with the right ones, or have a new password mailed.'),
  Forbidden: guide('The caller is known and may not do this. The message says what is missing.', 'Ask an owner of the org for the permission; docs/rights.md has them.'),
  ResourceLimitExceeded: guide('The org has as much of this as it may.', 'Delete or revoke some, or ask the operator for more.'),
  SignUpClosed: guide('Nobody may make an account here by themselves.', 'Ask an administrator, or send the operator\'s `BOOTSTRAP_TOKEN`.'),
  RouteNotFound: guide('There is no such path.', 'Compare it with the OpenAPI document.'),
  TableNotFound: guide('The database has no table of that name.', 'Ask for its schema; names are small letters.'),
  DatabaseNotFound: guide('There is no such database in the caller\'s org.', 'List the databases; one of another org looks the same as none.'),
  OrgNotFound: guide('The id is not that of the caller\'s org.', 'Use the `org_id` of your own user.'),
  UserNotFound: guide('There is no such user in the caller\'s org, or not any more.', 'List the users.'),
  CredentialNotFound: guide('There is no such credential of this database.', 'List the credentials.'),
  KeyNotFound: guide('There is no such API key, or it is not the caller\'s to see.', 'List the keys.'),
  ShapeNotServed: guide('There is such a shape, and this installation has no place for a database of it now. The message says why.', 'Choose another shape; GET /v2/shapes tells which can be had. Or ask the operator for a server.'),
  ShapeNotFound: guide('There is no shape of this name.', 'List the shapes.'),
  EventsGone: guide('The events after the id that the client has heard last are not kept any more.', 'Read the databases anew, and begin a stream without an id.'),
  RoleNotFound: guide('There is no role of this name in the caller\'s org.', 'List the roles.'),
  InviteNotFound: guide('The caller\'s org has no invite with this id, or it was revoked.', 'List the invites.'),
  QueryTimeout: guide('The statement took longer than the limit `statement_seconds` and was ended.', 'Ask for less, or help the engine with an index. Whether a write was done is known only after a look.'),
  QueryCancelled: guide('The statement was ended because its client left.', 'Send it again when the answer is wanted.', true),
  RequestTooSlow: guide('The request did not arrive within the limits `headers_seconds` and `request_seconds`.', 'Send it again over a connection that is not held up.', true),
  DatabaseNameTaken: guide('Another database of the org has this name.', 'Choose another name, or delete that one.'),
  EmailTaken: guide('There is an account with this address.', 'Log in, have a new password mailed, or use another address.'),
  UserExists: guide('The caller\'s record has been made before.', 'Change it instead.'),
  RoleNameTaken: guide('Another role of the org has this name.', 'Choose another name.'),
  UserInvited: guide('The user was invited and has not come yet, so that there is nobody to deactivate or activate.', 'Revoke the invite if they are not to come.'),
  InviteInWrongState: guide('The invite was accepted, has expired, or there is a newer one.', 'Remove the user who accepted it, or invite the address anew.'),
  DatabaseInWrongState: guide('The state of the database does not allow this. The message names the state.', 'Wait until it has come to rest, or do first what leads to the right state.'),
  RepeatInFlight: guide('A request with this `Idempotency-Key` is being worked on.', waitAnd, true),
  RepeatOver: guide('This was done before, and its answer held a secret that is not kept longer.', 'Make a new one, under a new `Idempotency-Key`.'),
  KeyRevoked: guide('A revoked key stays revoked.', 'Create another one.'),
  LastOwner: guide('Without this member nobody would own the org.', 'Make somebody else an owner first; to leave or to delete your account, deleting what is there does as well.'),
  OrgHasDatabases: guide('An org goes only when nothing of it would be lost: it has databases still. The message says how many.', 'Delete them, wait until they are DELETED, then delete the org.'),
  DatabaseNotReady: guide('The database is on its way to a state in which it answers.', waitAnd),
  RequestTooLarge: guide('The body is larger than the limits `body_bytes`, `account_body_bytes` or `statement_bytes`.', 'Send less at once.'),
  AnswerTooLarge: guide('The rows are more than the limits `answer_bytes` and `answer_rows`.', 'Ask for fewer rows or columns.'),
  InvalidId: guide('The id in the path is no UUID.', 'Send the id as it was given out.'),
  RepeatDiffers: guide('This `Idempotency-Key` was sent with another request before.', 'Draw a new key for each new request.'),
  TooManyRequests: guide('The caller, its address or its network has come too often, or has failed too often.', waitAnd),
  TooManyQueries: guide('Too many statements wait, of one database or of all.', waitAnd),
  TooManyQueriesOfOrg: guide('Too many statements of the org run or wait.', waitAnd),
  TooManyConnections: guide('The address has too many connections open.', 'Keep fewer and use them again; `Retry-After` says when to try.'),
  TooManyEventStreams: guide('Too many event streams are open, with one credential, of the org, or in all.', 'Close one, or wait as long as `Retry-After` says.'),
  InternalError: guide('A fault of this server.', 'Send it again under the same `Idempotency-Key`; if it stays, tell the operator the `X-Request-Id`.', true),
  LanguageNotSupported: guide('The engine of this database does not speak the language of this route.', 'Use another route, or a database of another shape.'),
  MailNotConfigured: guide('No mail is sent from here.', 'Ask the operator to set `SMTP_URL`.'),
  ServiceUnavailable: guide('A part of the system does not answer, or too many connections are open.', waitAnd),
  EngineUnavailable: guide('The engine of the database was lost or cannot be reached.', 'Wait as long as `Retry-After` says, then send it again; look first whether a write was done.'),
  StorageFull: guide('There is no room for more data, in the database or on the disk.', 'Delete some, or ask the operator for more.'),
}

/** Whether the same request may pass later without being changed. */
export const passesLater = (code: ProblemCode, mayPass: boolean): boolean => mayPass || problemGuides[code].again === true
