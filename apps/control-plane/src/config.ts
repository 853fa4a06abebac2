import { type Environment, parseConfig, variable } from '@tenantry/service'
import { z } from 'zod'

const schema = z.object({
  HOST: z.string().default('127.0.0.1'),
  PORT: variable.port(3002),
  ADMIN_PORT: variable.port(0),
  LOG_LEVEL: variable.logLevel(),
  DRAIN_SECONDS: variable.positive(20),
  DATABASE_URL: z.url(),
  POOL_SIZE: variable.positive(10),
  NATS_URL: z.string().min(1),
  NATS_TOKEN: variable.secret(),
  PUBLIC_URL: z.url(),
  IDENTITY_URL: z.url(),
  INTERNAL_TOKEN: variable.secret(),
  SWEEP_SECONDS: z.coerce.number().positive().max(10).default(5),
  DATABASES_PER_ORG: variable.positive(10_000),
}).transform((env) => ({
  host: env.HOST,
  port: env.PORT,
  adminPort: env.ADMIN_PORT,
  logLevel: env.LOG_LEVEL,
  drainSeconds: env.DRAIN_SECONDS,
  databaseUrl: env.DATABASE_URL,
  poolSize: env.POOL_SIZE,
  natsUrl: env.NATS_URL,
  natsToken: env.NATS_TOKEN,
  publicUrl: env.PUBLIC_URL,
  identityUrl: env.IDENTITY_URL,
  internalToken: env.INTERNAL_TOKEN,
  sweepSeconds: env.SWEEP_SECONDS,
  databasesPerOrg: env.DATABASES_PER_ORG,
}))

export type ControlPlaneConfig = Readonly<z.infer<typeof schema>>

export const parseControlPlaneConfig = (env: Environment): ControlPlaneConfig => parseConfig(schema, env)
