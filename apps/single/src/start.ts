import path from 'node:path'
import { type Backend, type ServiceName, createEdge, openCertificate, operations, services, wholeDocument } from '@tenantry/edge'
import { checkNats } from '@tenantry/embedded'
import { socketPathOf } from '@tenantry/engine-host'
import { type Certificate, type Environment, Exit, type Logger, type RunningService, createLogger, createMetrics, openServer } from '@tenantry/service'
import { type AdminRules, adminRoutes } from './admin.js'
import type { Closing } from './closing.js'
import type { SingleConfig } from './config.js'
import { tellAdminAddress } from './data/admin-address.js'
import { type DataDirectory, takeDataDirectory } from './data/data-directory.js'
import { hasRecords } from './data/has-records.js'
import { checkMarks, rememberMarks } from './data/secret-marks.js'
import { type Secrets, settleSecrets } from './data/secrets.js'
import { settleTenantsPort } from './data/tenants-port.js'
import { assumedEnvironment, serviceEnvironment } from './environment.js'
import { holdPort } from './front.js'
import type { ServicePlan } from './plan.js'
import { startEngineHost } from './servers/engine-host.js'
import { type KeptServer, type Server, keepRunning } from './servers/keep-running.js'
import { keepNats } from './servers/nats.js'
import { keepPostgres } from './servers/postgres.js'
import { type TenantsPostgres, tenantsPostgres } from './servers/tenants-postgres.js'
import { type SchemaUrls, ensureSchemas } from './servers/schemas.js'
import { welcomeLines } from './welcome.js'

export interface Start {
  readonly env: Environment
  readonly config: SingleConfig
  readonly plans: readonly ServicePlan[]
  readonly logger: Logger
  readonly closing: Closing
  /** Asks for the process ids to kill when there is no time to stop. */
  readonly children: Set<() => number | undefined>
  readonly signal: AbortSignal
  readonly print: (line: string) => void
}

/** Starts everything in order, noting in `closing` how each part is stopped; what fails leaves the rest to the caller to close. */
export const start = async (how: Start): Promise<void> => {
  const { env, config, plans, closing, signal } = how
  checkSettings(env, config, plans)
  const held = await holdPort(config.host, config.port)
  closing.add('held port', held.release)
  // A certificate that cannot serve ends the start before it has made anything.
  const given = config.tls?.kind === 'files' ? await openTls(how, config.dataDir) : undefined
  const data = await takeDataDirectory(config.dataDir)
  closing.add('data directory', async () => data.release())
  const secrets = await settleSecrets(data.path, await hasRecords(data.path, config.databaseUrl, schemasOf(plans)))
  await checkMarks(data.path, secrets)
  const tls = given ?? await openTls(how, data.path)
  const publicUrl = config.publicUrl ?? `${tls ? 'https' : 'http'}://localhost:${held.port}`
  signal.throwIfAborted()

  const { urls, nats, tenants } = await startServers(how, data, secrets)
  signal.throwIfAborted()
  const running = new Map<string, RunningService>()
  const adminUrl = await openAdmin(how, running, { token: env['INTERNAL_TOKEN'] ?? secrets.internalToken, start: tenants.start })
  closing.add('admin address', await tellAdminAddress(data.path, adminUrl))
  const surroundings = { nats, publicUrl, adminUrl, engineSocket: socketPathOf(data.path), tenantsPostgres: { url: tenants.url(), secret: tenants.secret }, mailFolder: path.join(data.path, 'mail'), secrets }
  const common = serviceEnvironment(env, config, surroundings)
  await settleAll(...plans.map((plan) => plan.checkSchema(forService(common, urls, plan))))
  await settleAll(startHost(how, data, surroundings.engineSocket), migrateAll(plans, common, urls))
  signal.throwIfAborted()
  await startServices(how, common, urls, running)
  await rememberMarks(data.path, secrets)
  signal.throwIfAborted()

  const edge = createEdge({ backends: backendsOf(running), alsoReady: alsoReadyOf(running), operations, document: () => wholeDocument(publicUrl), ...doorOf(config, publicUrl) })
  await held.release()
  const front = await openServer(config.host, held.port, edge.handle, { tls, limits: config.limits, wire: edge.wire, isProxy: edge.isProxy })
  closing.add('front', async () => {
    for (const service of running.values()) service.drain?.()
    await front.drain(config.drainSeconds * 1_000)
  })
  const told = {
    url: publicUrl, adminUrl, dataDir: data.path, isNew: data.isNew, signUpOpen: config.signUp === 'open',
    ...(tls?.authorityFile !== undefined && { authorityFile: tls.authorityFile }),
    ...mailFolderOf(common),
  }
  for (const line of welcomeLines(told)) how.print(line)
}

/** Where mails lie, unless they are sent out. */
const mailFolderOf = (env: Environment): { readonly mailFolder?: string } =>
  env['SMTP_URL'] === undefined && env['SMTP_URL_FILE'] === undefined && env['MAIL_DIR'] !== undefined ? { mailFolder: env['MAIL_DIR'] } : {}

const doorOf = ({ trustedProxies, allowedHosts, corsOrigins }: SingleConfig, publicUrl: string) => ({ publicUrl, trustedProxies, allowedHosts, corsOrigins })

const schemasOf = (plans: readonly ServicePlan[]): readonly string[] => plans.flatMap(({ schema }) => schema ?? [])

const checkSettings = (env: Environment, config: SingleConfig, plans: readonly ServicePlan[]): void => {
  const assumed = assumedEnvironment(env, config)
  const wrong = new Set<string>()
  for (const plan of plans) {
    try {
      plan.check(assumed)
    } catch (error) {
      if (!(error instanceof Exit)) throw error
      for (const line of error.message.split('\n').slice(1)) wrong.add(line)
    }
  }
  if (wrong.size > 0) throw new Exit(`The configuration is wrong:\n${[...wrong].join('\n')}`)
}

const openTls = async ({ config, closing, logger }: Start, dataDir: string): Promise<Certificate | undefined> => {
  if (!config.tls) return undefined
  const certificate = await openCertificate({ source: config.tls, dataDir, host: config.host, logger })
  closing.add('certificate', certificate.stop)
  return certificate
}

/** Notes a kept server, so that it is stopped with everything else. */
const kept = async <S extends Server>({ closing, children }: Start, name: string, server: KeptServer<S>): Promise<KeptServer<S>> => {
  closing.add(name, server.stop)
  children.add(server.pid)
  return server
}

const settleAll = async <A extends readonly Promise<unknown>[]>(...all: A) => {
  // All have ended one way or the other before a failure goes on, so that nothing starts behind the back of who cleans up.
  await Promise.allSettled(all)
  return await Promise.all(all)
}

const startServers = async (how: Start, data: DataDirectory, secrets: Secrets): Promise<{ urls: SchemaUrls; nats: { url: string; token: string }; tenants: TenantsPostgres }> => {
  const { config, plans, logger, signal } = how
  const postgres = async (): Promise<SchemaUrls> => {
    const rules = { schemas: schemasOf(plans), secret: secrets.postgresPassword }
    if (config.databaseUrl !== undefined) return await ensureSchemas({ ...rules, adminUrl: config.databaseUrl, database: 'given' })
    const server = await kept(how, 'postgres', await keepPostgres(data.path, secrets.postgresPassword, logger, signal))
    return await ensureSchemas({ ...rules, adminUrl: server.first.url('postgres'), database: 'make' })
  }
  const nats = async (): Promise<{ url: string; token: string }> => {
    if (config.natsUrl === undefined) return (await kept(how, 'nats', await keepNats(data.path, secrets.natsToken, logger, signal))).first
    await checkNats(config.natsUrl)
    return { url: config.natsUrl, token: config.natsToken ?? secrets.natsToken }
  }
  const forTenants = async (): Promise<TenantsPostgres> => {
    const server = await tenantsPostgres({ dataDir: data.path, secret: secrets.postgresPassword, port: await settleTenantsPort(data.path, config.tenantsPostgresPort), logger })
    how.closing.add('tenants postgres', server.stop)
    how.children.add(server.pid)
    return server
  }
  const [urls, messages, tenants] = await settleAll(postgres(), nats(), forTenants())
  return { urls, nats: messages, tenants }
}

const startHost = async (how: Start, data: DataDirectory, socket: string): Promise<void> => {
  const { env, config, logger, signal } = how
  const settings = Object.fromEntries(Object.entries(env).flatMap(([name, value]) => name.startsWith('ENGINE_') && value ? [[name, value]] : []))
  const options = { dataDir: data.path, socket, logLevel: config.logLevel, drainSeconds: Math.min(config.drainSeconds, 10), settings }
  const first = await startEngineHost({ ...options, signal })
  await kept(how, 'engine host', await keepRunning('engine host', first, (stopping) => startEngineHost({ ...options, signal: stopping }), logger))
}

const forService = (common: Environment, urls: SchemaUrls, { schema }: ServicePlan): Environment =>
  schema === undefined ? common : { ...common, DATABASE_URL: urls[schema] }

const migrateAll = async (plans: readonly ServicePlan[], common: Environment, urls: SchemaUrls): Promise<void> => {
  await settleAll(...plans.map((plan) => plan.migrate(forService(common, urls, plan))))
}

const openAdmin = async ({ config, closing, signal }: Start, running: ReadonlyMap<string, RunningService>, wake: AdminRules['wake']): Promise<string> => {
  const { registry } = createMetrics('single')
  const admin = await openServer('127.0.0.1', config.adminPort, adminRoutes({ running, processMetrics: () => registry.metrics(), stopping: () => signal.aborted, wake }))
  closing.add('admin', () => admin.drain(1_000, 0))
  return `http://127.0.0.1:${admin.port}`
}

const startServices = async ({ config, plans, closing }: Start, common: Environment, urls: SchemaUrls, running: Map<string, RunningService>): Promise<void> => {
  for (const plan of plans) {
    const service = await plan.create(forService(common, urls, plan), createLogger(plan.name, config.logLevel))
    closing.add(plan.name, service.close)
    running.set(plan.name, service)
  }
}

const backendsOf = (running: ReadonlyMap<string, RunningService>): Readonly<Record<ServiceName, Backend>> => {
  const found = (name: ServiceName): Backend => running.get(name) ?? (() => { throw new Error(`There is no service ${name}.`) })()
  return { identity: found('identity'), 'control-plane': found('control-plane'), 'query-gateway': found('query-gateway') }
}

/** Readiness is asked of every service, also of one that no request goes to. */
const alsoReadyOf = (running: ReadonlyMap<string, RunningService>): Readonly<Record<string, RunningService>> =>
  Object.fromEntries([...running].filter(([name]) => !services.some((owner) => owner === name)))
