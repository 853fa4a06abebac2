import { type Environment, parseConfig, variable } from '@tenantry/service'
import { z } from 'zod'

const masterKeyBytes = 32

/** A master key: at least 32 bytes in base64url. */
const masterKey = () => z.string().regex(/^[A-Za-z0-9_-]+={0,2}$/, 'must be base64url').transform((text) => Buffer.from(text, 'base64url'))
  .refine((key) => key.length >= masterKeyBytes, `must hold at least ${masterKeyBytes} bytes`)

const schema = z.object({
  HOST: z.string().default('127.0.0.1'),
  PORT: variable.port(3001),
  ADMIN_PORT: variable.port(0),
  LOG_LEVEL: variable.logLevel(),
  DRAIN_SECONDS: variable.positive(20),
  DATABASE_URL: z.url(),
  POOL_SIZE: variable.positive(10),
  NATS_URL: z.string().min(1),
  NATS_TOKEN: variable.secret(),
  PUBLIC_URL: z.url(),
  IDENTITY_URL: z.url(),
  CONTROL_PLANE_URL: z.url(),
  INTERNAL_TOKEN: variable.secret(),
  SEALING_KEY: masterKey(),
  PEPPER: masterKey(),
  BCRYPT_COST: z.coerce.number().int().min(4).max(16).default(10),
  SIGNUP: z.enum(['open', 'closed', 'invite']).default('open'),
  BOOTSTRAP_TOKEN: variable.secret().optional(),
  ROTATE_KEYS_DAYS: variable.positive(90),
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
  controlPlaneUrl: env.CONTROL_PLANE_URL,
  internalToken: env.INTERNAL_TOKEN,
  sealingKey: env.SEALING_KEY,
  pepper: env.PEPPER,
  bcryptCost: env.BCRYPT_COST,
  signUp: env.SIGNUP,
  bootstrapToken: env.BOOTSTRAP_TOKEN,
  rotateKeysDays: env.ROTATE_KEYS_DAYS,
}))

export type IdentityConfig = Readonly<z.infer<typeof schema>>

export const parseIdentityConfig = (env: Environment): IdentityConfig => parseConfig(schema, env)
