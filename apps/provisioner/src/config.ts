import { type AddressVariables, hostAddressOf } from '@tenantry/engines-host'
import { type Environment, Exit, parseConfig, variable } from '@tenantry/service'
import { z } from 'zod'

const engineHostOf = (variables: AddressVariables) => {
  const address = hostAddressOf(variables)
  if (!address) throw new Exit('Set ENGINE_SOCKET, or ENGINE_ADDRESS with ENGINE_SECRET: the engine host must be reachable.')
  return address
}

const schema = z.object({
  HOST: z.string().default('127.0.0.1'),
  PORT: variable.port(3003),
  ADMIN_PORT: variable.port(0),
  LOG_LEVEL: variable.logLevel(),
  DRAIN_SECONDS: variable.positive(20),
  DATABASE_URL: z.url(),
  POOL_SIZE: variable.positive(10),
  NATS_URL: z.string().min(1),
  NATS_TOKEN: variable.secret(),
  PUBLIC_URL: z.url(),
  INTERNAL_TOKEN: variable.secret(),
  ENGINE_SOCKET: z.string().min(1).optional(),
  ENGINE_ADDRESS: z.string().regex(/^\S+:\d{1,5}$/, 'must be host:port').optional(),
  ENGINE_SECRET: variable.secret().optional(),
  SWEEP_SECONDS: z.coerce.number().positive().max(10).default(5),
  UNDELETE_DAYS: z.coerce.number().min(0).max(365).default(7),
  PROVISION_PATIENCE_SECONDS: variable.positive(900),
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
  internalToken: env.INTERNAL_TOKEN,
  engineHost: engineHostOf(env),
  sweepSeconds: env.SWEEP_SECONDS,
  undeleteDays: env.UNDELETE_DAYS,
  patienceSeconds: env.PROVISION_PATIENCE_SECONDS,
}))

export type ProvisionerConfig = Readonly<z.infer<typeof schema>>

export const parseProvisionerConfig = (env: Environment): ProvisionerConfig => parseConfig(schema, env)
