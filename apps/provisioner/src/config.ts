import { featurebaseServersOf, featurebaseVariables } from '@tenantry/engines-featurebase'
import { engineAddress, engineVariables } from '@tenantry/engines-host'
import { postgresVariables } from '@tenantry/engines-postgres'
import {
  type Environment, aloneConfig, aloneVariables, neighbourConfig, neighbourVariables, parseConfig, recordsConfig, recordsVariables, variable,
} from '@tenantry/service'
import { z } from 'zod'

const schema = z.object({
  ...aloneVariables(3003),
  ...recordsVariables,
  ...neighbourVariables,
  // The provisioner is told what it needs and asks nobody.
  IDENTITY_URL: neighbourVariables.IDENTITY_URL.optional(),
  CONTROL_PLANE_URL: neighbourVariables.CONTROL_PLANE_URL.optional(),
  ...engineVariables,
  ...postgresVariables,
  POSTGRES_SPARES: variable.count(2),
  ...featurebaseVariables,
  SWEEP_SECONDS: z.coerce.number().positive().max(10).default(5),
  UNDELETE_DAYS: z.coerce.number().min(0).max(365).default(7),
  PROVISION_PATIENCE_SECONDS: variable.positive(900),
}).transform((env, context) => ({
  ...aloneConfig(env),
  ...recordsConfig(env),
  ...neighbourConfig({ ...env, IDENTITY_URL: env.IDENTITY_URL ?? env.PUBLIC_URL, CONTROL_PLANE_URL: env.CONTROL_PLANE_URL ?? env.PUBLIC_URL }),
  engineHost: engineAddress(env, context),
  postgresServers: env.POSTGRES_SERVERS,
  postgresSpares: env.POSTGRES_SPARES,
  featurebaseServers: featurebaseServersOf(env, context),
  sweepSeconds: env.SWEEP_SECONDS,
  undeleteDays: env.UNDELETE_DAYS,
  patienceSeconds: env.PROVISION_PATIENCE_SECONDS,
}))

export type ProvisionerConfig = Readonly<z.infer<typeof schema>>

export const parseProvisionerConfig = (env: Environment): ProvisionerConfig => parseConfig(schema, env)
