import type { ServiceName } from '@tenantry/edge'
import type { Environment, Logger, RunningService } from '@tenantry/service'

/** How one service is started inside this process. */
export interface ServicePlan {
  readonly name: ServiceName | 'provisioner'
  /** The schema of its records; absent when it keeps none. */
  readonly schema?: string
  /** Throws Exit when a variable is wrong. */
  check(env: Environment): void
  /** Throws Exit when its schema is one that only a newer version understands. Changes nothing. */
  checkSchema(env: Environment): Promise<void>
  migrate(env: Environment): Promise<void>
  create(env: Environment, logger: Logger): Promise<RunningService>
}

interface Parts<C> {
  readonly name: ServicePlan['name']
  readonly schema?: string
  readonly parse: (env: Environment) => C
  readonly checkSchema?: (config: C) => Promise<unknown>
  readonly migrate?: (config: C) => Promise<unknown>
  readonly create: (config: C, logger: Logger) => Promise<RunningService>
}

export const servicePlan = <C>({ name, schema, parse, checkSchema, migrate, create }: Parts<C>): ServicePlan => ({
  name,
  ...(schema !== undefined && { schema }),
  check: (env) => void parse(env),
  checkSchema: async (env) => { await checkSchema?.(parse(env)) },
  migrate: async (env) => { await migrate?.(parse(env)) },
  create: (env, logger) => create(parse(env), logger),
})
