import { DataSource, type EntitySchema, type MigrationInterface } from 'typeorm'
import { joinable } from './joined.js'
import { serviceClient } from './service-client.js'

type Class<T> = new () => T

export interface SourceRules {
  /** postgres://role:password@host:port/database; the role's search_path is its own schema. */
  readonly url: string
  /** The one schema of this service. */
  readonly schema: string
  readonly entities: readonly (Class<object> | EntitySchema)[]
  readonly migrations: readonly Class<MigrationInterface>[]
  readonly poolSize: number
  /** How long a statement may stay unanswered before its connection is given up. */
  readonly answerSeconds?: number
}

// Less than a caller waits, so that it is told 503 and not left alone.
const answerSeconds = 25

/**
 * The one way to a service's tables. Every statement has a deadline, and a transaction that nobody ends is ended by Postgres.
 * Nothing is connected until `initialize()`.
 */
export const createSource = (rules: SourceRules): DataSource => joinable(new DataSource({
  type: 'postgres',
  url: rules.url,
  schema: rules.schema,
  entities: [...rules.entities],
  migrations: [...rules.migrations],
  migrationsTableName: 'migrations',
  synchronize: false,
  logging: false,
  poolSize: rules.poolSize,
  applicationName: `tenantry-${rules.schema}`,
  // Also how long a request waits for its turn when all connections are busy; a Postgres that is away refuses at once.
  connectTimeoutMS: 30_000,
  extra: {
    options: `-c search_path=${rules.schema}`,
    idleTimeoutMillis: 30_000,
    statement_timeout: 30_000,
    lock_timeout: 10_000,
    idle_in_transaction_session_timeout: 30_000,
    keepAlive: true,
    pipeline: true,
    Client: serviceClient((rules.answerSeconds ?? answerSeconds) * 1_000),
  },
}))
