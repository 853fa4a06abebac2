import { Problem } from '@tenantry/contracts'
import type { Target } from '@tenantry/engines-contract'
import { z } from 'zod'

const serverSchema = z.strictObject({
  /** What a shape's node says. */
  name: z.string().min(1).max(60),
  /** The provisioner logs in with it, as a superuser; who only queries may leave the login away. */
  url: z.url({ protocol: /^postgres(ql)?$/ }),
  /** What the logins of the gateway are derived from; the same for every service. */
  secret: z.string().min(32),
  /** Where clients of credentials find the server, as host:port; where the services do unless told. */
  publicAddress: z.string().regex(/^\S+:\d{1,5}$/, 'must be host:port').optional(),
  /** Whether the server answers in TLS, and whether its certificate must be known here. */
  tls: z.enum(['off', 'on', 'verify']).default('off'),
  /** Asked by POST to start the server when nobody listens at its address. */
  wake: z.strictObject({ url: z.url(), token: z.string().min(1) }).optional(),
})

/** A server that databases of tenants live on. */
export type PostgresServer = Readonly<z.infer<typeof serverSchema>>
export type PostgresServers = readonly PostgresServer[]

const listed = z.string().transform((text, context): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    context.addIssue({ code: 'custom', message: 'must be a JSON array of servers' })
    return z.NEVER
  }
}).pipe(z.array(serverSchema).max(100).refine((servers) => new Set(servers.map(({ name }) => name)).size === servers.length, 'names a server twice'))

/** The variable by which a service knows the servers of tenants: `[{"name":"pg-1","url":"postgres://…","secret":"…"}]`. */
export const postgresVariables = { POSTGRES_SERVERS: listed.prefault('[]') }

/** Where clients find a server. */
export const publicAddressOf = ({ url, publicAddress }: Pick<PostgresServer, 'url' | 'publicAddress'>): { readonly host: string; readonly port: number } => {
  const { hostname, port } = new URL(publicAddress === undefined ? url : `postgres://${publicAddress}`)
  return { host: hostname, port: Number(port || '5432') }
}

/** The server that a database lives on. Throws EngineUnavailable where it is not one of ours. */
export const serverOf = <T extends { readonly server: PostgresServer }>(servers: readonly T[], { node }: Pick<Target, 'node'>): T => {
  const found = servers.find(({ server }) => server.name === node)
  if (!found) throw new Problem('EngineUnavailable', `The Postgres server "${node}", on which this database lives, is not in the configuration of this installation.`)
  return found
}
