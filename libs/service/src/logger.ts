import pino, { type Logger } from 'pino'

export type { Logger } from 'pino'

interface LoggedError {
  readonly type: string
  readonly message: string
  readonly code?: unknown
  readonly stack?: string | undefined
  readonly cause?: LoggedError | undefined
}

/** What the log tells of an error. Never its other fields: an error of the database carries the statement's parameters. */
export const loggedError = (error: unknown, depth = 0): LoggedError => {
  if (!(error instanceof Error)) return { type: typeof error, message: String(error) }
  const { code } = error as { code?: unknown }
  const cause = error.cause ?? (error as { driverError?: unknown }).driverError
  return {
    type: error.name, message: error.message, ...(code !== undefined && { code }), ...(depth === 0 && { stack: error.stack }),
    ...(cause !== undefined && depth < 4 && { cause: loggedError(cause, depth + 1) }),
  }
}

// JSON escapes line breaks and the other control characters of ASCII. These it lets through, and terminals and readers obey some.
const obeyed = /[\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g
const escaped = (character: string): string => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`

/** A service's own logger: JSON lines on standard output. Nobody logs a credential; the paths below are the second net. */
export const createLogger = (service: string, level: string): Logger => pino({
  level,
  base: { service },
  timestamp: pino.stdTimeFunctions.isoTime,
  formatters: { level: (label) => ({ level: label }) },
  serializers: { error: (error: unknown) => loggedError(error), err: (error: unknown) => loggedError(error) },
  hooks: { streamWrite: (line) => line.replace(obeyed, escaped) },
  redact: ['req.headers.authorization', 'req.headers["x-api-key"]', 'headers.authorization', 'headers["x-api-key"]', '*.password', '*.secret', '*.token'],
})
