import path from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { z } from 'zod'
import { type Single as Program, startProgram } from '../start/single.process.js'
import { speakTo } from './api.js'
import { freePorts } from './free-ports.js'
import { type Environments, type InstanceName, type Servers, type ServiceName, environmentsFor, serviceOf } from './service-environments.js'
import { apps } from './system.js'
import { until } from './until.js'

const schemaOf = { identity: 'identity', 'control-plane': 'control_plane', provisioner: 'provisioner' } as const
const serversShown = z.object({ urls: z.record(z.string(), z.string()), nats: z.string(), token: z.string() })
const readySeconds = 60

export interface ServicesOptions {
  /** Services that run twice, side by side. */
  readonly twice?: readonly Exclude<ServiceName, 'engine-host' | 'edge'>[]
  /** Variables of single services, beside those that they all need. */
  readonly changes?: Readonly<Partial<Record<ServiceName, Readonly<Record<string, string>>>>>
  /** Leads the services to NATS another way than straight. */
  readonly wayToNats?: (url: string) => Promise<string>
}

export interface Services {
  readonly url: string
  readonly folder: string
  /** Where the servers really are. */
  readonly servers: Servers
  readonly names: readonly InstanceName[]
  /** Where a service itself listens, behind the edge's back. */
  direct(name: InstanceName): string
  /** What a service was started with, its secrets and its database too, for who tries what only an operator could. */
  environment(name: InstanceName): Readonly<Record<string, string>>
  /** Starts a further process of a service, on the same records, and answers where it listens. The edge does not know of it. */
  startTwin(name: ServiceName, changes?: Readonly<Record<string, string>>): Promise<string>
  /** The process that runs now; undefined between two. */
  pid(name: InstanceName): number | undefined
  adminUrl(name: InstanceName): string
  isReady(name: InstanceName): Promise<boolean>
  kill(name: InstanceName): Promise<void>
  /** Ends one service in peace and answers its exit code. */
  end(name: InstanceName): Promise<number | null>
  start(name: InstanceName): Promise<void>
  /** From now on, or no more, whatever ends unasked is started again, as an orchestrator would. */
  keepUp(wanted: boolean): void
  /** Tells the one who runs Postgres and NATS what to do with one of them. */
  order(what: 'stop' | 'start' | 'wipe', server: 'postgres' | 'nats'): Promise<void>
  /** Ends every service in peace and answers how each went. */
  stop(): Promise<readonly { readonly name: string; readonly code: number | null }[]>
  output(): string
}

/** Runs Postgres and NATS, brings the schemas up, and starts each service from its own program, each in a process of its own. */
export const startServices = async (folder: string, { twice = [], changes = {}, wayToNats }: ServicesOptions = {}): Promise<Services> => {
  const launcher = startProgram(process.execPath, [path.join(import.meta.dirname, 'launch-servers.mjs'), folder, ...Object.values(schemaOf)], {})
  const found = await serversOf(launcher)
  const ports = await freePorts((6 + twice.length) * 2)
  const environments = environmentsFor({ folder, servers: { ...found, nats: await wayToNats?.(found.nats) ?? found.nats }, schemaOf, twice, changes, ports })
  await Promise.all((['identity', 'control-plane', 'provisioner'] as const).map((name) => migrate(name, environments.get(name) ?? {})))
  const services = running(folder, found, environments, launcher)
  // Who finds nobody to ask for the keys of tokens asks again a second later, and until then refuses to judge any.
  const first = services.names.filter((name) => ['engine-host', 'identity'].includes(serviceOf(name)))
  await Promise.all(first.map(services.start))
  await Promise.all(services.names.filter((name) => !first.includes(name) && name !== 'edge').map(services.start))
  await services.start('edge')
  return services
}

const serversOf = async (launcher: Program): Promise<Servers> => {
  await until('Postgres and NATS run', async () => {
    if (launcher.process.exitCode !== null) throw new Error(`The servers did not start: ${launcher.output()}`)
    return launcher.output().includes('\n')
  }, readySeconds)
  return serversShown.parse(JSON.parse(launcher.output().split('\n')[0] ?? ''))
}

const migrate = async (name: ServiceName, env: Readonly<Record<string, string>>): Promise<void> => {
  const { code, output } = await startProgram(process.execPath, [mainOf(name), 'migrate'], env).ended
  if (code !== 0) throw new Error(`${name} could not migrate: ${output}`)
}

const mainOf = (name: ServiceName): string => path.join(apps, name, 'dist/main.js')

const running = (folder: string, servers: Servers, environments: Environments, launcher: Program): Services => {
  const programs = new Map<InstanceName, Program>()
  const outputs: Program[] = []
  const asked = new Set<Program>()
  let keptUp = false

  const twins: Program[] = []
  const environmentOf = (name: InstanceName): Readonly<Record<string, string>> => environments.get(name) ?? {}
  const run = (name: ServiceName, env: Readonly<Record<string, string>>): Program => {
    const program = startProgram(process.execPath, [mainOf(name)], env)
    outputs.push(program)
    return program
  }

  const launch = (name: InstanceName): Program => {
    const program = run(serviceOf(name), environmentOf(name))
    programs.set(name, program)
    void program.ended.then(() => { if (keptUp && !asked.has(program)) launch(name) })
    return program
  }
  const at = (port: string | undefined): string => `http://127.0.0.1:${port ?? ''}`
  const adminUrl = (name: InstanceName): string => at(environmentOf(name)['ADMIN_PORT'])
  const saysReady = async (admin: string): Promise<boolean> => (await speakTo(admin)('GET', '/readyz').catch(() => undefined))?.status === 200
  const untilReady = async (name: string, program: Program, admin: string): Promise<void> => {
    try {
      await until(`${name} is ready`, async () => {
        if (program.process.exitCode !== null) throw new Error('It has ended.')
        // Many wait at a time: who asks without a pause takes the processor from those who start.
        await delay(50)
        return await saysReady(admin)
      }, readySeconds)
    } catch (error) {
      const last = await speakTo(admin)('GET', '/readyz').then(({ text }) => text, String)
      throw new Error(`${name}: ${String(error)}\nIt says: ${last}\n${program.output().slice(-2_000)}`, { cause: error })
    }
  }
  const start = (name: InstanceName): Promise<void> => untilReady(name, launch(name), adminUrl(name))
  const end = async (name: InstanceName, signal: NodeJS.Signals): Promise<number | null> => {
    const program = programs.get(name)
    if (!program) return null
    asked.add(program)
    program.process.kill(signal)
    programs.delete(name)
    return (await program.ended).code
  }
  return {
    url: at(environmentOf('edge')['PORT']),
    folder, servers, names: [...environments.keys()], adminUrl, start,
    isReady: (name) => saysReady(adminUrl(name)),
    direct: (name) => at(environmentOf(name)['PORT']),
    environment: environmentOf,
    startTwin: async (name, changes = {}) => {
      const [port, adminPort] = await freePorts(2)
      const twin = run(name, { ...environmentOf(name), PORT: String(port), ADMIN_PORT: String(adminPort), ...changes })
      twins.push(twin)
      await untilReady(`another ${name}`, twin, at(String(adminPort)))
      return at(String(port))
    },
    pid: (name) => programs.get(name)?.process.pid,
    kill: async (name) => { await end(name, 'SIGKILL') },
    end: (name) => end(name, 'SIGTERM'),
    keepUp: (wanted) => { keptUp = wanted },
    order: async (what, server) => {
      const line = `${what} ${server}\n`
      const before = launcher.output().length
      launcher.process.stdin?.write(line)
      await until(`${server} is told to ${what}`, () => Promise.resolve(launcher.output().slice(before).includes(line)), readySeconds)
    },
    stop: async () => {
      keptUp = false
      const ended = await Promise.all([...programs.keys()].map(async (name) => ({ name, code: await end(name, 'SIGTERM') })))
      for (const twin of twins) twin.process.kill('SIGTERM')
      await Promise.all(twins.map(({ ended: over }) => over))
      launcher.process.kill('SIGTERM')
      return [...ended, { name: 'servers', code: (await launcher.ended).code }]
    },
    output: () => outputs.map((program) => program.output()).join(''),
  }
}
