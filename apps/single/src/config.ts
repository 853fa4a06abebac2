import { trustedProxies } from '@tenantry/edge'
import { type Environment, limitVariables, limitsOf, parseConfig, variable } from '@tenantry/service'
import { z } from 'zod'

const loopback = new Set(['localhost', '127.0.0.1', '::1'])
export const isLoopback = (host: string): boolean => loopback.has(host) || /^127\./.test(host)

const schema = z.object({
  HOST: z.string().default('127.0.0.1'),
  /** 0 takes a free one. */
  PORT: variable.port(8080),
  /** The loopback port of metrics, detailed readiness and the internal calls; a free one by default. */
  ADMIN_PORT: variable.port(0),
  DATA_DIR: z.string().min(1).default('.tenantry'),
  /** A Postgres to use instead of the embedded one; the login must be allowed to make schemas. */
  DATABASE_URL: z.url({ protocol: /^postgres(ql)?$/ }).optional(),
  /** A NATS server with JetStream to use instead of the embedded one. */
  NATS_URL: z.string().min(1).optional(),
  NATS_TOKEN: variable.secret().optional(),
  /** How the world reaches this installation; it is also the issuer of tokens. */
  PUBLIC_URL: z.url({ protocol: /^https?$/ }).transform((url) => url.replace(/\/+$/, '')).optional(),
  LOG_LEVEL: variable.logLevel().prefault('warn'),
  DRAIN_SECONDS: variable.positive(20),
  TRUSTED_PROXIES: trustedProxies,
  /** "auto" makes a local certificate authority in DATA_DIR/tls. */
  TLS: z.enum(['off', 'auto']).default('off'),
  TLS_CERT: z.string().optional(),
  TLS_KEY: z.string().optional(),
  /** Allows an address other than loopback without TLS. */
  INSECURE: variable.flag(),
  SIGNUP: z.enum(['open', 'closed', 'invite']).optional(),
  ...limitVariables,
}).superRefine((env, context) => {
  const wrong = (path: string, message: string): void => context.addIssue({ code: 'custom', path: [path], message })
  if ((env.TLS_CERT === undefined) !== (env.TLS_KEY === undefined)) wrong('TLS_CERT_FILE', 'and TLS_KEY_FILE must be set together')
  if (!isLoopback(env.HOST) && env.TLS === 'off' && env.TLS_CERT === undefined && !env.INSECURE) {
    wrong('HOST', `${env.HOST} can be reached by other machines: set TLS_CERT_FILE and TLS_KEY_FILE, or TLS=auto, or INSECURE=1 if something in front ends TLS`)
  }
}).transform((env) => ({
  host: env.HOST,
  port: env.PORT,
  adminPort: env.ADMIN_PORT,
  dataDir: env.DATA_DIR,
  databaseUrl: env.DATABASE_URL,
  natsUrl: env.NATS_URL,
  natsToken: env.NATS_TOKEN,
  publicUrl: env.PUBLIC_URL,
  logLevel: env.LOG_LEVEL,
  drainSeconds: env.DRAIN_SECONDS,
  trustedProxies: env.TRUSTED_PROXIES,
  limits: limitsOf(env),
  tls: env.TLS_CERT !== undefined && env.TLS_KEY !== undefined ? { cert: env.TLS_CERT, key: env.TLS_KEY } : env.TLS,
  /** Whoever can reach the machine could sign up, so an open door must be asked for. */
  signUp: env.SIGNUP ?? (isLoopback(env.HOST) ? 'open' : 'closed'),
}))

export type SingleConfig = Readonly<z.infer<typeof schema>>

/** Throws Exit (78) with a line for every wrong value. */
export const parseSingleConfig = (env: Environment): SingleConfig => parseConfig(schema, env)
