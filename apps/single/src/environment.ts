import type { Environment } from '@tenantry/service'
import type { SingleConfig } from './config.js'
import type { Secrets } from './data/secrets.js'
import { wakePath } from './admin.js'

export interface Surroundings {
  readonly nats: { readonly url: string; readonly token: string }
  readonly publicUrl: string
  readonly adminUrl: string
  readonly engineSocket: string
  /** The Postgres that tenants' databases live on where the operator names no other. */
  readonly tenantsPostgres: { readonly url: string; readonly secret: string }
  /** Where mails lie that are not sent by SMTP. */
  readonly mailFolder: string
  readonly secrets: Secrets
}

// These speak of this process as a whole and would mean something else to a service in it.
const ours = ['HOST', 'PORT', 'ADMIN_PORT', 'DATA_DIR', 'DATABASE_URL', 'TENANTS_POSTGRES_PORT', 'NATS_URL', 'NATS_TOKEN', 'TLS', 'TLS_CERT_FILE', 'TLS_KEY_FILE', 'TRUSTED_PROXIES', 'ALLOWED_HOSTS', 'CORS_ORIGINS', 'INSECURE'] as const

const unlessSet = (env: Environment, defaults: Readonly<Record<string, string>>): Environment =>
  Object.fromEntries(Object.entries(defaults).filter(([name]) => !env[name] && !env[`${name}_FILE`]))

/** The server for tenants on this machine, which the admin port starts when it is needed. */
const localServer = ({ tenantsPostgres: { url, secret }, adminUrl, secrets }: Surroundings) =>
  ({ name: 'local', url, secret, wake: { url: `${adminUrl}${wakePath}`, token: secrets.internalToken } })

/** What every service of this process is configured by: what the operator set, and what this process alone knows. */
export const serviceEnvironment = (env: Environment, config: SingleConfig, surroundings: Surroundings): Environment => ({
  ...unlessSet(env, {
    POOL_SIZE: '5',
    SEALING_KEY: surroundings.secrets.sealingKey,
    PEPPER: surroundings.secrets.pepper,
    INTERNAL_TOKEN: surroundings.secrets.internalToken,
    MAIL_DIR: surroundings.mailFolder,
    POSTGRES_SERVERS: JSON.stringify([localServer(surroundings)]),
  }),
  ...Object.fromEntries(Object.entries(env).filter(([name, value]) => value !== '' && !ours.some((own) => name === own || name === `${own}_FILE`))),
  LOG_LEVEL: config.logLevel,
  DRAIN_SECONDS: String(config.drainSeconds),
  SIGNUP: config.signUp,
  NATS_URL: surroundings.nats.url,
  NATS_TOKEN: surroundings.nats.token,
  PUBLIC_URL: surroundings.publicUrl,
  IDENTITY_URL: surroundings.adminUrl,
  CONTROL_PLANE_URL: surroundings.adminUrl,
  ENGINE_SOCKET: surroundings.engineSocket,
})

/** Stands for what is known only later, so that every wrong value is told before anything is started. */
export const assumedEnvironment = (env: Environment, config: SingleConfig): Environment => {
  const secret = 'A'.repeat(43)
  return {
    ...serviceEnvironment(env, config, {
      nats: { url: 'nats://127.0.0.1:4222', token: secret }, publicUrl: 'http://localhost', adminUrl: 'http://127.0.0.1', engineSocket: '/', mailFolder: '/',
      tenantsPostgres: { url: 'postgres://127.0.0.1/', secret },
      secrets: { sealingKey: secret, pepper: secret, internalToken: secret, natsToken: secret, postgresPassword: secret },
    }),
    DATABASE_URL: 'postgres://127.0.0.1/',
  }
}
