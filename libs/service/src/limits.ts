import { z } from 'zod'
import { variable } from './config.js'

const kibibyte = 1024
const mebibyte = 1024 * kibibyte

const optional = () => z.coerce.number().int().positive().optional()
const atMost = (most: number, otherwise: number) => z.coerce.number().int().positive().max(most, `must be at most ${most}`).default(otherwise)

/**
 * Every limit that a caller can meet, by the name of its variable and with its default. Each program reads all of them by this one
 * description and keeps its own, so that whoever tells of a limit tells what another keeps: they are given the same variables.
 */
export const limitVariables = {
  /** The first line of a request and its headers together. */
  HEADER_BYTES: atMost(256 * kibibyte, 16 * kibibyte),
  HEADER_COUNT: variable.positive(100),
  URL_BYTES: variable.positive(8 * kibibyte),
  HEADERS_SECONDS: variable.positive(10),
  REQUEST_SECONDS: variable.positive(60),
  IDLE_SECONDS: variable.positive(65),
  CONNECTIONS: variable.positive(10_000),
  /** 500 unless set, and then of this machine's own too, which are free otherwise. */
  CONNECTIONS_PER_ADDRESS: optional(),

  BODY_BYTES: variable.positive(mebibyte),
  ACCOUNT_BODY_BYTES: variable.positive(64 * kibibyte),
  JSON_DEPTH: variable.positive(32),
  JSON_ITEMS: variable.positive(10_000),

  /** No engine takes a longer one. */
  QUERY_TEXT_BYTES: atMost(mebibyte, mebibyte),
  QUERY_TIMEOUT_SECONDS: variable.positive(30),
  QUERIES_IN_FLIGHT: variable.positive(8),
  QUERIES_WAITING: variable.positive(256),
  QUERIES_IN_FLIGHT_PER_ORG: variable.positive(32),
  QUERIES_WAITING_PER_ORG: variable.positive(1_000),
  QUERIES_IN_FLIGHT_IN_ALL: variable.positive(128),
  QUERIES_WAITING_IN_ALL: variable.positive(10_000),
  QUERIES_WAITING_BYTES: variable.positive(64 * mebibyte),
  ANSWER_BYTES: variable.positive(10 * mebibyte),
  ANSWER_ROWS: variable.positive(100_000),
  ANSWER_READ_SECONDS: variable.positive(30),
  ANSWERS_UNREAD_BYTES: variable.positive(256 * mebibyte),

  /** Of one import, and how long all of it may take to arrive. */
  IMPORT_BYTES: variable.positive(10_000_000_000),
  IMPORT_SECONDS: variable.positive(3_600),
  IMPORTS_PER_ORG: variable.positive(4),
  IMPORTS_IN_ALL: variable.positive(16),

  /** Each within ten seconds. Of records, with one key and for one user, wherever they call from. */
  RECORD_REQUESTS_PER_KEY: variable.positive(10_000),
  RECORD_REQUESTS_PER_USER: variable.positive(20_000),
  /** These unless set, and then of this machine's own callers too, who are free otherwise. */
  RECORD_REQUESTS_PER_ADDRESS: optional(),
  QUERY_REQUESTS_PER_KEY: optional(),
  QUERY_REQUESTS_PER_USER: optional(),
  QUERY_REQUESTS_PER_ADDRESS: optional(),

  /** Open at a time in one process. Each holds a connection of the edge too, of which it has 512 to a process. */
  EVENT_STREAMS: atMost(448, 256),
  EVENT_STREAMS_PER_ORG: variable.positive(64),
  EVENT_STREAMS_PER_KEY: variable.positive(16),

  DATABASES_PER_ORG: variable.positive(10_000),
  USERS_PER_ORG: variable.positive(10_000),
  KEYS_PER_ORG: variable.positive(10_000),
  /** What the shapes of an org's databases may reserve together: more than its databases of the usual shape do. */
  STORAGE_BYTES_PER_ORG: variable.positive(16 * 1024 ** 4),
  /** For each caller's address: 20 unless set, and then of this machine's own too, which are free otherwise. */
  SIGNUPS_PER_HOUR: optional(),
  /** For each caller's address but this machine's own; its network may have five times as many in an hour. */
  FAILED_LOGINS_PER_MINUTE: variable.positive(20),
  /** Refresh tokens, and as many API keys, that are none, for each caller's address but this machine's own. */
  FAILED_TOKENS_PER_MINUTE: variable.positive(60),
  /** Mails with links that a caller's address but this machine's own may have sent, to any addresses. */
  MAILS_PER_HOUR: variable.positive(20),
  /** Invites that one org sends. */
  INVITES_PER_HOUR: variable.positive(200),
  /** How many wrong passwords in a row may come for one address before the waiting begins, and how long is waited first. */
  WRONG_PASSWORDS: variable.positive(5),
  WRONG_PASSWORD_WAIT_SECONDS: variable.positive(5),
} as const

const schema = z.object(limitVariables)

/** The limits of this installation, as their variables are named. */
export type Limits = Readonly<z.infer<typeof schema>>

/** What a limit with no value of its own is; the limit then leaves this machine's own callers out. */
export const unlessSet = {
  CONNECTIONS_PER_ADDRESS: 500, SIGNUPS_PER_HOUR: 20, RECORD_REQUESTS_PER_ADDRESS: 50_000,
  QUERY_REQUESTS_PER_KEY: 50_000, QUERY_REQUESTS_PER_USER: 100_000, QUERY_REQUESTS_PER_ADDRESS: 200_000,
} as const

/** Limits that nothing sets. */
export const fixedLimits = {
  /** Statements from this length on count towards the text that is held, and one org may hold this part of it. */
  longStatementBytes: 4_096,
  orgsShareOfText: 1 / 4,
  /** What each answer of a live query may have: a stream may hold one that its client has not taken. */
  liveAnswerBytes: mebibyte,
  /** Within what time requests are counted. */
  requestSeconds: 10,
} as const

/** The limits among the variables of a program. */
export const limitsOf = (env: Limits): Limits => Object.freeze(Object.fromEntries(
  Object.keys(limitVariables).map((name) => [name, env[name as keyof Limits]]),
) as unknown as Limits)

/** The limits of an installation that has set none. */
export const usualLimits: Limits = Object.freeze(schema.parse({}))
