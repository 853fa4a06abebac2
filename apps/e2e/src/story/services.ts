import { randomBytes } from 'node:crypto'
import path from 'node:path'
import { z } from 'zod'
import { type Single as Program, startProgram } from '../start/single.process.js'
import { speakTo } from './api.js'
import { freePorts } from './free-ports.js'
import { apps } from './system.js'
import { until } from './until.js'

const schemaOf = { identity: 'identity', 'control-plane': 'control_plane', provisioner: 'provisioner' } as const
export const serviceNames = ['engine-host', 'identity', 'control-plane', 'provisioner', 'query-gateway', 'edge'] as const
export type ServiceName = (typeof serviceNames)[number]

const servers = z.object({ urls: z.record(z.string(), z.string()), nats: z.string(), token: z.string() })
type Servers = z.infer<typeof servers>

interface Place {
  readonly port: number
  readonly adminPort: number
}
type Places = Readonly<Record<ServiceName, Place>>

export interface Services {
  readonly url: string
  /** Where a service itself listens, behind the edge's back. */
  direct(name: ServiceName): string
  /** What a service was started with, its secrets and its database too, for who tries what only an operator could. */
  environment(name: ServiceName): Readonly<Record<string, string>>
  /** Starts a further process of a service, on the same records, and answers where it listens. */
  startTwin(name: ServiceName, changes?: Readonly<Record<string, string>>): Promise<string>
  kill(name: ServiceName): Promise<void>
  start(name: ServiceName): Promise<void>
  /** Ends every service in peace and answers how each went. */
  stop(): Promise<readonly { readonly name: string; readonly code: number | null }[]>
  output(): string
}

const readySeconds = 30

export interface StartRules {
  /** Leads the services to NATS another way than straight. */
  readonly wayToNats?: (url: string) => Promise<string>
  readonly changes?: Readonly<Partial<Record<ServiceName, Readonly<Record<string, string>>>>>
}

/** Runs Postgres and NATS, brings the schemas up, and starts each service from its own program, each in a process of its own. */
export const startServices = async (folder: string, rules: StartRules = {}): Promise<Services> => {
  const launcher = startProgram(process.execPath, [path.join(import.meta.dirname, 'launch-servers.mjs'), folder, ...Object.values(schemaOf)], {})
  const found = await serversOf(launcher)
  const nats = await rules.wayToNats?.(found.nats) ?? found.nats
  const environments = environmentsFor(folder, { ...found, nats }, await placesOf(), rules)
  await Promise.all((['identity', 'control-plane', 'provisioner'] as const).map((name) => migrate(name, environments[name])))
  return running(environments, launcher)
}

const serversOf = async (launcher: Program): Promise<Servers> => {
  await until('Postgres and NATS run', async () => {
    if (launcher.process.exitCode !== null) throw new Error(`The servers did not start: ${launcher.output()}`)
    return launcher.output().includes('\n')
  }, readySeconds)
  return servers.parse(JSON.parse(launcher.output()))
}

const migrate = async (name: ServiceName, env: Readonly<Record<string, string>>): Promise<void> => {
  const { code, output } = await startProgram(process.execPath, [mainOf(name), 'migrate'], env).ended
  if (code !== 0) throw new Error(`${name} could not migrate: ${output}`)
}

const mainOf = (name: ServiceName): string => path.join(apps, name, 'dist/main.js')

const placesOf = async (): Promise<Places> => {
  const ports = await freePorts(serviceNames.length * 2)
  const place = (at: number): Place => ({ port: ports[at * 2] ?? 0, adminPort: ports[at * 2 + 1] ?? 0 })
  return { 'engine-host': place(0), identity: place(1), 'control-plane': place(2), provisioner: place(3), 'query-gateway': place(4), edge: place(5) }
}

type Environments = Readonly<Record<ServiceName, Readonly<Record<string, string>>>>

const environmentsFor = (folder: string, { urls, nats, token }: Servers, places: Places, { changes = {} }: StartRules): Environments => {
  const secret = (): string => randomBytes(32).toString('base64url')
  const at = (name: ServiceName): Record<string, string> => ({ PORT: String(places[name].port), ADMIN_PORT: String(places[name].adminPort), LOG_LEVEL: 'warn' })
  const urlOf = (name: ServiceName): string => `http://127.0.0.1:${places[name].port}`
  const engine = { ENGINE_SOCKET: path.join(folder, 'engine.sock') }
  const common = {
    NATS_URL: nats, NATS_TOKEN: token, INTERNAL_TOKEN: secret(), PUBLIC_URL: `http://localhost:${places.edge.port}`,
    IDENTITY_URL: urlOf('identity'), CONTROL_PLANE_URL: urlOf('control-plane'),
  }
  const records = (schema: string): Record<string, string> => ({ DATABASE_URL: urls[schema] ?? '' })
  return {
    'engine-host': { ...at('engine-host'), ...engine, DATA_DIR: path.join(folder, 'engines'), ...changes['engine-host'] },
    identity: { ...at('identity'), SIGNUPS_PER_HOUR: '1000', ...common, ...records(schemaOf.identity), SEALING_KEY: secret(), PEPPER: secret(), ...changes.identity },
    'control-plane': { ...at('control-plane'), ...common, ...records(schemaOf['control-plane']), ...changes['control-plane'] },
    provisioner: { ...at('provisioner'), ...common, ...engine, ...records(schemaOf.provisioner), ...changes.provisioner },
    'query-gateway': { ...at('query-gateway'), ...common, ...engine, ...changes['query-gateway'] },
    edge: { ...at('edge'), PUBLIC_URL: common.PUBLIC_URL, IDENTITY_URL: urlOf('identity'), CONTROL_PLANE_URL: urlOf('control-plane'), QUERY_GATEWAY_URL: urlOf('query-gateway'), PROVISIONER_URL: urlOf('provisioner') },
  }
}

const running = async (environments: Environments, launcher: Program): Promise<Services> => {
  const programs = new Map<ServiceName, Program>()
  const outputs: Program[] = []
  const run = async (name: ServiceName, env: Readonly<Record<string, string>>): Promise<Program> => {
    const program = startProgram(process.execPath, [mainOf(name)], env)
    outputs.push(program)
    const admin = speakTo(`http://127.0.0.1:${env['ADMIN_PORT'] ?? ''}`)
    await until(`${name} is ready`, async () => {
      if (program.process.exitCode !== null) throw new Error(`${name} has ended: ${program.output()}`)
      return (await admin('GET', '/readyz').catch(() => undefined))?.status === 200
    }, readySeconds)
    return program
  }
  const start = async (name: ServiceName): Promise<void> => { programs.set(name, await run(name, environments[name])) }
  const twins: Program[] = []
  const end = async (name: ServiceName, signal: NodeJS.Signals) => {
    const program = programs.get(name)
    program?.process.kill(signal)
    programs.delete(name)
    return { name, code: (await program?.ended)?.code ?? null }
  }
  // Who finds nobody to ask for the keys of tokens asks again a second later, and until then refuses to judge any.
  await Promise.all((['engine-host', 'identity'] as const).map(start))
  await Promise.all((['control-plane', 'provisioner', 'query-gateway'] as const).map(start))
  await start('edge')
  return {
    url: `http://127.0.0.1:${environments.edge['PORT'] ?? ''}`,
    start,
    direct: (name) => `http://127.0.0.1:${environments[name]['PORT'] ?? ''}`,
    environment: (name) => environments[name],
    startTwin: async (name, changes = {}) => {
      const [port, adminPort] = await freePorts(2)
      twins.push(await run(name, { ...environments[name], PORT: String(port), ADMIN_PORT: String(adminPort), ...changes }))
      return `http://127.0.0.1:${port}`
    },
    kill: async (name) => { await end(name, 'SIGKILL') },
    stop: async () => {
      const ended = await Promise.all([...programs.keys()].map((name) => end(name, 'SIGTERM')))
      for (const twin of twins) twin.process.kill('SIGTERM')
      await Promise.all(twins.map(({ ended: over }) => over))
      launcher.process.kill('SIGTERM')
      return [...ended, { name: 'servers', code: (await launcher.ended).code }]
    },
    output: () => outputs.map((program) => program.output()).join(''),
  }
}
