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
  PORT: variable.port(3004),
  ADMIN_PORT: variable.port(0),
  LOG_LEVEL: variable.logLevel(),
  DRAIN_SECONDS: variable.positive(35),
  NATS_URL: z.string().min(1),
  NATS_TOKEN: variable.secret(),
  PUBLIC_URL: z.url(),
  IDENTITY_URL: z.url(),
  CONTROL_PLANE_URL: z.url(),
  INTERNAL_TOKEN: variable.secret(),
  ENGINE_SOCKET: z.string().min(1).optional(),
  ENGINE_ADDRESS: z.string().regex(/^\S+:\d{1,5}$/, 'must be host:port').optional(),
  ENGINE_SECRET: variable.secret().optional(),
  QUERY_TIMEOUT_SECONDS: variable.positive(30),
  QUERY_TEXT_BYTES: variable.positive(1024 * 1024),
  QUERIES_IN_FLIGHT: variable.positive(8),
  QUERIES_WAITING: variable.positive(256),
  QUERIES_WAITING_IN_ALL: variable.positive(10_000),
  ANSWER_BYTES: variable.positive(10 * 1024 * 1024),
  ANSWER_ROWS: variable.positive(100_000),
}).transform((env) => ({
  host: env.HOST,
  port: env.PORT,
  adminPort: env.ADMIN_PORT,
  logLevel: env.LOG_LEVEL,
  drainSeconds: env.DRAIN_SECONDS,
  natsUrl: env.NATS_URL,
  natsToken: env.NATS_TOKEN,
  publicUrl: env.PUBLIC_URL,
  identityUrl: env.IDENTITY_URL,
  controlPlaneUrl: env.CONTROL_PLANE_URL,
  internalToken: env.INTERNAL_TOKEN,
  engineHost: engineHostOf(env),
  turns: { running: env.QUERIES_IN_FLIGHT, waiting: env.QUERIES_WAITING, waitingInAll: env.QUERIES_WAITING_IN_ALL, waitSeconds: env.QUERY_TIMEOUT_SECONDS },
  queryTextBytes: env.QUERY_TEXT_BYTES,
  queryLimits: { seconds: env.QUERY_TIMEOUT_SECONDS, answerBytes: env.ANSWER_BYTES, answerRows: env.ANSWER_ROWS },
}))

export type QueryGatewayConfig = Readonly<z.infer<typeof schema>>

export const parseQueryGatewayConfig = (env: Environment): QueryGatewayConfig => parseConfig(schema, env)
