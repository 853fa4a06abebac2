import { parseConfig, variable } from '@tenantry/service'
import type { Environment } from '@tenantry/service'
import { z } from 'zod'
import type { BitmapLimits } from './child/messages.js'

const EnvironmentSchema = z.object({
  DATA_DIR: z.string().min(1),
  /** Where clients on this machine connect; chosen from DATA_DIR when absent. */
  ENGINE_SOCKET: z.string().min(1).optional(),
  /** Where clients on other machines connect: host:port. They show ENGINE_SECRET. */
  ENGINE_LISTEN: z.string().regex(/^[^\s:]+:\d{1,5}$/, 'must be host:port').optional(),
  ENGINE_SECRET: variable.secret().optional(),
  ADMIN_PORT: z.coerce.number().int().min(0).max(65_535).optional(),
  LOG_LEVEL: variable.logLevel(),
  ENGINE_CHILDREN_WARM: variable.positive(2),
  ENGINE_CHILDREN_MAX: variable.positive(8),
  /** Half of those beyond the warm ones, unless said. */
  ENGINE_CHILDREN_PER_ORG: z.coerce.number().int().positive().optional(),
  // A gateway sends eight at a time and lets the others wait; this leaves room for four gateways.
  ENGINE_QUERIES_IN_FLIGHT: variable.positive(32),
  ENGINE_CHILD_MEMORY_MB: variable.positive(512),
  ENGINE_TEMPORARY_MB: variable.positive(1024),
  /** So many changes of records wait until the bitmaps of a database are saved: as many are made anew when a child was killed. */
  ENGINE_BITMAP_CHANGES: variable.positive(100_000),
  DRAIN_SECONDS: variable.positive(10),
}).refine(({ ENGINE_LISTEN, ENGINE_SECRET }) => ENGINE_LISTEN === undefined || ENGINE_SECRET !== undefined, {
  path: ['ENGINE_SECRET'], message: 'is needed when ENGINE_LISTEN is set',
})

export interface EngineHostConfig {
  readonly dataFolder: string
  /** Chosen from the data folder when undefined. */
  readonly socketPath: string | undefined
  readonly listen: { readonly host: string; readonly port: number; readonly secret: string } | undefined
  readonly adminPort: number | undefined
  readonly logLevel: string
  /** Children that no single database has for itself. */
  readonly warmChildren: number
  /** At least one more than the warm ones, so that a long statement has somewhere to run. */
  readonly mostChildren: number
  /** Children that the long statements of one org may have. */
  readonly orgChildren: number
  /** Statements of one database that wait or run at a time. */
  readonly queriesInFlight: number
  readonly childMemoryBytes: number
  readonly temporaryBytes: number
  /** The bitmaps of one database leave a quarter of a child's memory to everything else. */
  readonly bitmaps: BitmapLimits
  readonly drainSeconds: number
}

const megabyte = 1024 * 1024
const leastBitmapsMb = 16

/** Reads the host's configuration from variables. Throws Exit with a line for every wrong value. */
export const parseEngineHostConfig = (environment: Environment): EngineHostConfig => {
  const values = parseConfig(EnvironmentSchema, environment)
  const [host, port] = values.ENGINE_LISTEN?.split(':') ?? []
  const secret = values.ENGINE_SECRET
  const mostChildren = Math.max(values.ENGINE_CHILDREN_MAX, values.ENGINE_CHILDREN_WARM + 1)
  const places = mostChildren - values.ENGINE_CHILDREN_WARM
  return Object.freeze({
    dataFolder: values.DATA_DIR,
    socketPath: values.ENGINE_SOCKET,
    listen: host !== undefined && secret !== undefined ? { host, port: Number(port), secret } : undefined,
    adminPort: values.ADMIN_PORT,
    logLevel: values.LOG_LEVEL,
    warmChildren: values.ENGINE_CHILDREN_WARM,
    mostChildren,
    orgChildren: Math.min(values.ENGINE_CHILDREN_PER_ORG ?? Math.ceil(places / 2), places),
    queriesInFlight: values.ENGINE_QUERIES_IN_FLIGHT,
    childMemoryBytes: values.ENGINE_CHILD_MEMORY_MB * megabyte,
    temporaryBytes: values.ENGINE_TEMPORARY_MB * megabyte,
    bitmaps: { bitmapBytes: Math.floor(Math.max(values.ENGINE_CHILD_MEMORY_MB, leastBitmapsMb) * 0.75) * megabyte, mostWaiting: values.ENGINE_BITMAP_CHANGES },
    drainSeconds: values.DRAIN_SECONDS,
  })
}
