import { z } from 'zod'
import { variable } from './config.js'
import { type Limits, limitVariables, limitsOf } from './limits.js'

/** The variables of every service that can run alone; only the port differs. */
export const aloneVariables = (port: number, drainSeconds = 20) => ({
  HOST: z.string().default('127.0.0.1'),
  PORT: variable.port(port),
  ADMIN_PORT: variable.port(0),
  LOG_LEVEL: variable.logLevel(),
  DRAIN_SECONDS: variable.positive(drainSeconds),
  ...limitVariables,
})

interface AloneValues extends Limits {
  readonly HOST: string
  readonly PORT: number
  readonly ADMIN_PORT: number
  readonly LOG_LEVEL: string
  readonly DRAIN_SECONDS: number
}

export const aloneConfig = (env: AloneValues) =>
  ({ host: env.HOST, port: env.PORT, adminPort: env.ADMIN_PORT, logLevel: env.LOG_LEVEL, drainSeconds: env.DRAIN_SECONDS, limits: limitsOf(env) })

/** The variables of every service that keeps records. */
export const recordsVariables = { DATABASE_URL: z.url(), POOL_SIZE: variable.positive(10) }

export const recordsConfig = (env: { readonly DATABASE_URL: string; readonly POOL_SIZE: number }) => ({ databaseUrl: env.DATABASE_URL, poolSize: env.POOL_SIZE })

/** The variables of every service that hears events and asks others. */
export const neighbourVariables = {
  NATS_URL: z.string().min(1),
  NATS_TOKEN: variable.secret(),
  PUBLIC_URL: z.url(),
  IDENTITY_URL: z.url(),
  CONTROL_PLANE_URL: z.url(),
  INTERNAL_TOKEN: variable.secret(),
}

interface NeighbourValues {
  readonly NATS_URL: string
  readonly NATS_TOKEN: string
  readonly PUBLIC_URL: string
  readonly IDENTITY_URL: string
  readonly CONTROL_PLANE_URL: string
  readonly INTERNAL_TOKEN: string
}

export const neighbourConfig = (env: NeighbourValues) => ({
  natsUrl: env.NATS_URL, natsToken: env.NATS_TOKEN, publicUrl: env.PUBLIC_URL, identityUrl: env.IDENTITY_URL, controlPlaneUrl: env.CONTROL_PLANE_URL,
  internalToken: env.INTERNAL_TOKEN,
})
