import path from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { type Single, startSingle } from '../start/single.process.js'
import { speakTo } from '../story/api.js'
import { freePorts } from '../story/free-ports.js'
import { type Services, type ServicesOptions, startServices } from '../story/services.js'
import { apps, clearUp, makeFolder } from '../story/system.js'
import { until } from '../story/until.js'
import type { Audited } from './audit.js'
import { recordsAt, recordsIn } from './records.js'
import { type Random } from './random.js'
import { childNamed, engineChildOf, natsOf, postgresWorkerOf, postmasterOf } from './victims.js'

/** A whole system that somebody tries to break. */
export interface Target extends Audited {
  readonly url: string
  /** The process id of each thing that may be killed; undefined while it is not there. */
  readonly victims: Readonly<Record<string, () => Promise<number | undefined>>>
  isReady(): Promise<boolean>
  /** What the system has written. */
  output(): string
}

export interface SeparateTarget extends Target {
  readonly services: Services
}

const letGo: (() => void)[] = []
// The auditor tries revoked keys again and again until all is well.
const noLimits = { SIGNUPS_PER_HOUR: '100000', FAILED_TOKENS_PER_MINUTE: '100000', FAILED_LOGINS_PER_MINUTE: '100000' } as const

/** Ends every target: nobody starts anything again, and nothing may live on. */
export const endTargets = async (): Promise<void> => {
  for (const stop of letGo.splice(0)) stop()
  await clearUp()
}

/** Every service in a process of its own; whatever dies is started again, as an orchestrator would. */
export const startSeparate = async (random: Random, options: ServicesOptions = {}): Promise<SeparateTarget> => {
  const folder = await makeFolder()
  const services = await startServices(folder, { ...options, changes: { ...options.changes, identity: { ...noLimits, ...options.changes?.identity } } })
  services.keepUp(true)
  letGo.push(() => services.keepUp(false))
  const { servers: { urls } } = services
  return {
    services, folder, url: services.url,
    tenantsDir: path.join(folder, 'engines', 'tenants'),
    records: recordsAt(async (schema) => urls[schema] ?? ''),
    victims: {
      ...Object.fromEntries(services.names.map((name) => [name, () => Promise.resolve(services.pid(name))])),
      'engine child': () => engineChildOf(services.pid('engine-host'), random),
      nats: () => natsOf(folder),
      postgres: () => postmasterOf(folder),
      'postgres worker': () => postgresWorkerOf(folder, random),
    },
    isReady: async () => (await Promise.all(services.names.map(services.isReady))).every(Boolean),
    output: services.output,
  }
}

/** The program behind `npm start`, which is started again whenever it dies. */
export const startWhole = async (random: Random): Promise<Target & { stop(): Promise<number | null> }> => {
  const folder = await makeFolder()
  const dataDir = path.join(folder, 'data')
  const [port = 0] = await freePorts(1)
  const outputs: Single[] = []
  let now: Single
  let wanted = true
  letGo.push(() => { wanted = false })
  const launch = (): Single => {
    now = startSingle({ DATA_DIR: dataDir, PORT: String(port), ...noLimits }, path.join(apps, 'single/dist/main.js'))
    outputs.push(now)
    void now.ended.then(() => { if (wanted) launch() })
    return now
  }
  now = launch()
  const url = `http://127.0.0.1:${port}`
  await now.ready
  const pid = async (): Promise<number | undefined> => now.process.pid
  const engineHost = async (): Promise<number | undefined> => childNamed(await pid(), 'engine-host')
  return {
    folder, url,
    tenantsDir: path.join(dataDir, 'tenants'),
    records: recordsIn(dataDir),
    victims: {
      single: pid,
      'engine host': engineHost,
      'engine child': async () => engineChildOf(await engineHost(), random),
      nats: () => natsOf(dataDir),
      postgres: () => postmasterOf(dataDir),
      'postgres worker': () => postgresWorkerOf(dataDir, random),
    },
    isReady: async () => (await speakTo(url)('GET', '/readyz').catch(() => undefined))?.status === 200,
    output: () => outputs.map((single) => single.output()).join(''),
    stop: async () => {
      wanted = false
      now.process.kill('SIGTERM')
      return (await now.ended).code
    },
  }
}

const betweenLooksMs = 50

export const readyAgain = (target: Target, seconds = 30): Promise<void> => until('everything is ready again', async () => {
  if (await target.isReady()) return true
  await delay(betweenLooksMs)
  return false
}, seconds)
