import { type Environment, aloneConfig, aloneVariables, neighbourConfig, neighbourVariables, parseConfig, recordsConfig, recordsVariables } from '@tenantry/service'
import { z } from 'zod'

const schema = z.object({
  ...aloneVariables(3002),
  ...recordsVariables,
  ...neighbourVariables,
  // The control plane does not ask itself.
  CONTROL_PLANE_URL: neighbourVariables.CONTROL_PLANE_URL.optional(),
  SWEEP_SECONDS: z.coerce.number().positive().max(10).default(5),
}).transform((env) => ({
  ...aloneConfig(env),
  ...recordsConfig(env),
  ...neighbourConfig({ ...env, CONTROL_PLANE_URL: env.CONTROL_PLANE_URL ?? env.PUBLIC_URL }),
  sweepSeconds: env.SWEEP_SECONDS,
  databasesPerOrg: env.DATABASES_PER_ORG,
}))

export type ControlPlaneConfig = Readonly<z.infer<typeof schema>>

export const parseControlPlaneConfig = (env: Environment): ControlPlaneConfig => parseConfig(schema, env)
