import pino, { type Logger } from 'pino'

export type { Logger } from 'pino'

/** A service's own logger: JSON lines on standard output. Nobody logs a credential; the paths below are the second net. */
export const createLogger = (service: string, level: string): Logger => pino({
  level,
  base: { service },
  timestamp: pino.stdTimeFunctions.isoTime,
  formatters: { level: (label) => ({ level: label }) },
  redact: ['req.headers.authorization', 'req.headers["x-api-key"]', 'headers.authorization', 'headers["x-api-key"]', '*.password', '*.secret', '*.token'],
})
