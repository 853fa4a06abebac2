import {
  type Environment, aloneConfig, aloneVariables, neighbourConfig, neighbourVariables, parseConfig, recordsConfig, recordsVariables, variable,
} from '@tenantry/service'
import type { EngineName } from '@tenantry/contracts'
import { featurebaseServersOf, featurebaseVariables } from '@tenantry/engines-featurebase'
import { postgresVariables, publicAddressOf } from '@tenantry/engines-postgres'
import { z } from 'zod'
import { shapesOf } from './shapes/shapes.file.js'

const schema = z.object({
  ...aloneVariables(3002),
  ...recordsVariables,
  ...neighbourVariables,
  // The control plane does not ask itself.
  CONTROL_PLANE_URL: neighbourVariables.CONTROL_PLANE_URL.optional(),
  SWEEP_SECONDS: z.coerce.number().positive().max(10).default(5),
  /** How often the counters of the next 500 orgs are compared with what they count. */
  QUOTA_SWEEP_SECONDS: variable.positive(60),
  /** How often a stream of events says that it lives while nothing happens. */
  EVENT_BEAT_SECONDS: variable.positive(15),
  UNDELETE_DAYS: z.coerce.number().min(0).max(365).default(7),
  /** Shapes of the operator's own as JSON; usually given by SHAPES_FILE. */
  SHAPES: z.string().optional(),
  ...featurebaseVariables,
  ...postgresVariables,
}).transform((env, context) => ({
  ...aloneConfig(env),
  ...recordsConfig(env),
  ...neighbourConfig({ ...env, CONTROL_PLANE_URL: env.CONTROL_PLANE_URL ?? env.PUBLIC_URL }),
  sweepSeconds: env.SWEEP_SECONDS,
  quotaSweepSeconds: env.QUOTA_SWEEP_SECONDS,
  quotas: { databases: env.DATABASES_PER_ORG, users: env.USERS_PER_ORG, storageBytes: env.STORAGE_BYTES_PER_ORG },
  eventBeatSeconds: env.EVENT_BEAT_SECONDS,
  undeleteDays: env.UNDELETE_DAYS,
  shapes: shapesOf(env.SHAPES, (message) => context.addIssue({ code: 'custom', path: ['SHAPES_FILE'], message })),
  /** The servers of engines of which each database has one for itself. */
  ownServers: { featurebase: [...featurebaseServersOf(env, context).keys()] } as Readonly<Partial<Record<EngineName, readonly string[]>>>,
  /** Where clients find the servers of Postgres. */
  postgresAddresses: Object.fromEntries(env.POSTGRES_SERVERS.map((server) => [server.name, publicAddressOf(server)])) as Readonly<Record<string, ReturnType<typeof publicAddressOf> | undefined>>,
  /** The servers of engines that many databases share. */
  sharedServers: { postgres: env.POSTGRES_SERVERS.map(({ name }) => name) } as Readonly<Partial<Record<EngineName, readonly string[]>>>,
}))

export type ControlPlaneConfig = Readonly<z.infer<typeof schema>>

export const parseControlPlaneConfig = (env: Environment): ControlPlaneConfig => parseConfig(schema, env)
