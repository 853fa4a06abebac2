import { checkDoor, doorConfig, doorVariables, isLoopback } from '@tenantry/edge'
import { type Environment, limitVariables, limitsOf, parseConfig, variable } from '@tenantry/service'
import { z } from 'zod'

const schema = z.object({
  ...doorVariables,
  HOST: z.string().default('127.0.0.1'),
  /** 0 takes a free one. */
  PORT: variable.port(8080),
  /** The loopback port of metrics, detailed readiness and the internal calls; a free one by default. */
  ADMIN_PORT: variable.port(0),
  /** A Postgres to use instead of the embedded one; the login must be allowed to make schemas. */
  DATABASE_URL: z.url({ protocol: /^postgres(ql)?$/ }).optional(),
  /** Where the embedded Postgres for tenants' databases listens; a free port, kept from then on, by default. */
  TENANTS_POSTGRES_PORT: variable.port(0),
  /** A NATS server with JetStream to use instead of the embedded one. */
  NATS_URL: z.string().min(1).optional(),
  NATS_TOKEN: variable.secret().optional(),
  LOG_LEVEL: variable.logLevel().prefault('warn'),
  DRAIN_SECONDS: variable.positive(20),
  SIGNUP: z.enum(['open', 'closed', 'invite']).optional(),
  ...limitVariables,
}).superRefine(checkDoor).transform((env) => ({
  ...doorConfig(env),
  host: env.HOST,
  port: env.PORT,
  adminPort: env.ADMIN_PORT,
  databaseUrl: env.DATABASE_URL,
  tenantsPostgresPort: env.TENANTS_POSTGRES_PORT,
  natsUrl: env.NATS_URL,
  natsToken: env.NATS_TOKEN,
  logLevel: env.LOG_LEVEL,
  drainSeconds: env.DRAIN_SECONDS,
  limits: limitsOf(env),
  /** Whoever can reach the machine could sign up, so an open door must be asked for. */
  signUp: env.SIGNUP ?? (isLoopback(env.HOST) ? 'open' : 'closed'),
}))

export type SingleConfig = Readonly<z.infer<typeof schema>>

/** Throws Exit (78) with a line for every wrong value. */
export const parseSingleConfig = (env: Environment): SingleConfig => parseConfig(schema, env)
