import type { DynamicModule } from '@nestjs/common'
import type { NestFastifyApplication } from '@nestjs/platform-fastify'
import { type Gatekeeper, type GatekeeperPorts, type RateKind, Rates, countRequests, createGatekeeper, remotePorts } from '@tenantry/auth'
import type { ProblemWire, StreamName } from '@tenantry/contracts'
import {
  type AskInternal, JetStreamServer, type NatsConnection, Outbox, Relay, connectNats, createInternalClient, mountInternal, natsIsThere, noteFailure,
} from '@tenantry/events'
import { type HttpApp, type ProblemRules, createHttpApp } from '@tenantry/http'
import { storageProblem } from '@tenantry/persistence'
import { type Chore, type Limits, type Logger, type RunningService, type ServiceMetrics, createMetrics, keepHouse, readiness } from '@tenantry/service'
import type { FastifyInstance } from 'fastify'
import type { DataSource } from 'typeorm'
import { openSource } from './schema.js'

export interface AssemblyConfig {
  readonly natsUrl: string
  readonly natsToken: string
  readonly publicUrl: string
  readonly identityUrl: string
  readonly controlPlaneUrl: string
  readonly internalToken: string
  readonly limits: Limits
}

/** What the features of a service are given. */
export interface Parts {
  readonly logger: Logger
  readonly metrics: ServiceMetrics
  readonly connection: NatsConnection
  readonly outbox: Outbox
  readonly ask: AskInternal
  readonly gatekeeper: Gatekeeper
  /** How often callers may come; every operation but the anonymous ones is counted by it. */
  readonly rates: Rates
  readonly problems: ProblemRules
}

export interface AssemblyRules {
  readonly name: string
  readonly config: AssemblyConfig
  readonly logger: Logger
  readonly wire: ProblemWire
  /** The service's own tables, its schema, and the stream that its outbox goes to. A gateway has none. */
  readonly records?: { readonly source: DataSource; readonly schema: string; readonly stream: StreamName }
  /** Answers this service knows itself instead of asking for them. */
  readonly ownPorts?: (parts: Omit<Parts, 'gatekeeper' | 'rates'>) => Partial<GatekeeperPorts>
  readonly module: (parts: Parts) => DynamicModule | Promise<DynamicModule>
  /** Paths that clients have always sent, and the ones that they mean. */
  readonly paths?: ReadonlyMap<string, string>
  /** Routes past the framework, mounted before the app is initialised. */
  readonly routes?: (fastify: FastifyInstance, app: NestFastifyApplication, parts: Parts) => void
  /** Work beside the requests: it begins with the service and ends before anything is let go of. */
  readonly chores?: (app: NestFastifyApplication) => Readonly<Record<string, Chore>>
  /** Called when news may have been missed, beside the gatekeeper's own doubt. */
  readonly onGap?: () => void
  readonly bodyLimitBytes?: number
  /** What the requests of callers are counted as: records unless said. */
  readonly rates?: RateKind
  readonly checks?: Readonly<Record<string, () => Promise<unknown>>>
  /** Ends the requests that would not end by themselves, once the process is to end. */
  readonly drain?: (app: NestFastifyApplication) => void
  /** Lets go of what only this service opened, after its app is closed. */
  readonly close?: () => Promise<void>
}

/** Puts the parts of a service together in the one order that works, and takes them apart in the reverse of it. */
export const assemble = async (rules: AssemblyRules): Promise<RunningService> => {
  const { name, config, logger, records } = rules
  if (records) await openSource(records.source, records.schema)
  const connection = await connectNats({ url: config.natsUrl, token: config.natsToken, name }, logger)
  const metrics = createMetrics(name)
  const outbox = new Outbox()
  const ask = createInternalClient({ connection, identityUrl: config.identityUrl, controlPlaneUrl: config.controlPlaneUrl, token: config.internalToken })
  const problems: ProblemRules = { logger, wire: rules.wire, translate: storageProblem }
  const early = { logger, metrics, connection, outbox, ask, problems }
  const gatekeeper = createGatekeeper({
    issuer: config.publicUrl, ports: { ...remotePorts({ ask, identityUrl: config.identityUrl, connection }), ...rules.ownPorts?.(early) },
  })
  const rates = new Rates(rules.rates ?? 'records', config.limits)
  const parts: Parts = { ...early, gatekeeper, rates }
  const relay = records && new Relay(records.source, connection, records.stream, outbox, logger)
  const transport = new JetStreamServer({
    connection, service: name, logger,
    onGap: () => { gatekeeper.doubt(); rules.onGap?.() },
    ...(records && { noteFailure: (event, error) => noteFailure(records.source, event, error) }),
  })
  const ready = () => readiness({ nats: () => reachable(connection), ...(records && { postgres: () => records.source.query('SELECT 1'), outbox: () => flowing(records.source) }), ...rules.checks })
  const http = await createHttpApp(await rules.module(parts), {
    ...problems, metrics, ready, bodyLimitBytes: rules.bodyLimitBytes ?? config.limits.BODY_BYTES, limits: config.limits, paths: rules.paths,
    prepare: (app, fastify) => {
      countRequests(fastify, gatekeeper, rates)
      app.connectMicroservice({ strategy: transport }, { inheritAppConfig: true })
      mountInternal(fastify, transport, config.internalToken)
      rules.routes?.(fastify, app, parts)
    },
  })
  relay?.start()
  const house = keepHouse(rules.chores?.(http.app) ?? {}, logger, metrics)
  return running(rules, http, { connection, relay, house, metrics, ready })
}

const reachable = async (connection: NatsConnection): Promise<void> => {
  if (!natsIsThere(connection)) throw new Error('NATS is away')
  await connection.flush()
}

const stuckSeconds = 10

/** Events that do not leave mean that nothing comes to rest, however well everything else looks. */
const flowing = async (source: DataSource): Promise<void> => {
  const rows: unknown[] = await source.query('SELECT 1 FROM outbox WHERE sent_at IS NULL AND created_at < now() - make_interval(secs => $1) LIMIT 1', [stuckSeconds])
  if (rows.length > 0) throw new Error(`events wait for more than ${stuckSeconds} s`)
}

interface Opened {
  readonly connection: NatsConnection
  readonly relay: Relay | undefined
  readonly house: ReturnType<typeof keepHouse>
  readonly metrics: ServiceMetrics
  readonly ready: RunningService['ready']
}

const running = (rules: AssemblyRules, http: HttpApp, { connection, relay, house, metrics, ready }: Opened): RunningService => ({
  name: rules.name,
  handle: http.handle,
  wire: rules.wire,
  ready,
  metrics: () => metrics.registry.metrics(),
  drain: () => rules.drain?.(http.app),
  close: async () => {
    await house.stop()
    await http.app.close()
    await relay?.stop()
    await rules.close?.()
    await connection.close()
    await rules.records?.source.destroy()
  },
})
