import { randomBytes } from 'node:crypto'
import path from 'node:path'

export const serviceNames = ['engine-host', 'identity', 'control-plane', 'provisioner', 'query-gateway', 'edge'] as const
export type ServiceName = (typeof serviceNames)[number]
/** A service, or its second process. */
export type InstanceName = ServiceName | `${ServiceName} 2`

export interface Servers {
  /** The Postgres of each schema, as its own role. */
  readonly urls: Readonly<Record<string, string>>
  readonly nats: string
  readonly token: string
}

export type Environments = ReadonlyMap<InstanceName, Readonly<Record<string, string>>>

interface Rules {
  readonly folder: string
  readonly servers: Servers
  readonly schemaOf: Readonly<Record<'identity' | 'control-plane' | 'provisioner', string>>
  readonly twice: readonly ServiceName[]
  readonly changes: Readonly<Partial<Record<ServiceName, Readonly<Record<string, string>>>>>
  readonly ports: readonly number[]
}

const isServiceName = (text: string): text is ServiceName => serviceNames.some((name) => name === text)

export const serviceOf = (instance: InstanceName): ServiceName => {
  const name = instance.replace(/ 2$/, '')
  if (!isServiceName(name)) throw new Error(`There is no service ${name}.`)
  return name
}

/** What each process is configured by, as an operator would write it. */
export const environmentsFor = ({ folder, servers, schemaOf, twice, changes, ports }: Rules): Environments => {
  const secret = (): string => randomBytes(32).toString('base64url')
  const instances: readonly InstanceName[] = [...serviceNames, ...twice.map((name) => `${name} 2` as const)]
  const portOf = (instance: InstanceName): number => ports[instances.indexOf(instance) * 2] ?? 0
  const urlOf = (instance: InstanceName): string => `http://127.0.0.1:${portOf(instance)}`
  const urlsOf = (name: ServiceName): string => instances.filter((instance) => serviceOf(instance) === name).map(urlOf).join(',')
  const engine = { ENGINE_SOCKET: path.join(folder, 'engine.sock') }
  const publicUrl = { PUBLIC_URL: `http://localhost:${portOf('edge')}` }
  const common = {
    ...publicUrl, NATS_URL: servers.nats, NATS_TOKEN: servers.token, INTERNAL_TOKEN: secret(),
    IDENTITY_URL: urlOf('identity'), CONTROL_PLANE_URL: urlOf('control-plane'),
  }
  const records = (name: keyof typeof schemaOf): Record<string, string> => ({ DATABASE_URL: servers.urls[schemaOf[name]] ?? '' })
  const own: Readonly<Record<ServiceName, Readonly<Record<string, string>>>> = {
    'engine-host': { ...engine, DATA_DIR: path.join(folder, 'engines') },
    identity: { SIGNUPS_PER_HOUR: '100000', ...common, ...records('identity'), SEALING_KEY: secret(), PEPPER: secret() },
    'control-plane': { ...common, ...records('control-plane') },
    provisioner: { ...common, ...engine, ...records('provisioner') },
    'query-gateway': { ...common, ...engine },
    edge: {
      ...publicUrl, IDENTITY_URL: urlsOf('identity'), CONTROL_PLANE_URL: urlsOf('control-plane'), QUERY_GATEWAY_URL: urlsOf('query-gateway'),
      PROVISIONER_URL: urlsOf('provisioner'),
    },
  }
  const alone = (instance: InstanceName) => ({ PORT: String(portOf(instance)), ADMIN_PORT: String(ports[instances.indexOf(instance) * 2 + 1] ?? 0), LOG_LEVEL: 'warn' })
  return new Map(instances.map((instance) => [instance, { ...alone(instance), ...own[serviceOf(instance)], ...changes[serviceOf(instance)] }]))
}
