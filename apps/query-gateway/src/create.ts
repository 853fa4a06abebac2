import { assemble } from '@tenantry/assembly'
import { type DatabaseId, newId } from '@tenantry/contracts'
import { problemWire } from '@tenantry/dialects-featurebase'
import { featurebaseEngine } from '@tenantry/engines-featurebase'
import { type EngineHost, connectEngineHost } from '@tenantry/engines-host'
import { connectPostgres } from '@tenantry/engines-postgres'
import { type Logger, type RunningService, fixedLimits } from '@tenantry/service'
import { AppModule } from './app.module.js'
import type { QueryGatewayConfig } from './config.js'
import { KeptDocuments } from './documents/kept-documents.js'
import { RegisteredDocuments } from './documents/registered-documents.js'
import { Outgoing } from './http/featurebase/outgoing.js'
import { mountImports } from './http/featurebase/import.routes.js'
import { databaseVersion } from './live/database-version.js'
import { LiveQueries } from './live/live-queries.js'
import { mountGraphql } from './http/featurebase/graphql.routes.js'
import { mountMetrics } from './http/featurebase/metrics.routes.js'
import { mountQueries } from './http/featurebase/query.routes.js'
import { type WarmPath, warmPath } from './http/featurebase/warm-path.js'
import { ImportPlaces } from './imports/import-places.js'
import { DatabaseMeters } from './queries/database-meters.js'
import { OrgTurns } from './queries/org-turns.js'
import { QueryMeter } from './queries/query.meter.js'
import type { Engines } from './queries/run-query.js'
import { Turns } from './queries/turns.js'
import { Targets } from './targets/targets.js'

/** Starts the query gateway. It keeps no records: what it knows it has asked for or heard. */
export const createQueryGateway = async (config: QueryGatewayConfig, logger: Logger): Promise<RunningService> => {
  const host = connectEngineHost(config.engineHost)
  const featurebase = featurebaseEngine(config.featurebaseServers)
  const postgres = connectPostgres({ servers: config.postgresServers })
  const engines: Engines = { sqlite: host.engine('sqlite'), bitmap: host.engine('bitmap'), featurebase, ...(config.postgresServers.length > 0 && { postgres: postgres.engine }) }
  const close = async (): Promise<void> => {
    host.close()
    featurebase.close()
    await postgres.close()
  }
  return await gatewayTo(engines, config, logger, { ready: () => hostIsThere(host), close })
}

interface EngineDoor {
  readonly ready: () => Promise<void>
  readonly close: () => Promise<void>
}

/** How often live queries look whether others have changed what they show. */
const lookSeconds = 0.25

/** The gateway to whatever engines it is given. */
export const gatewayTo = async (engines: Engines, config: QueryGatewayConfig, logger: Logger, door: EngineDoor): Promise<RunningService> => {
  // Counters begin with the process, and so does the name that they are told apart by.
  const nodeId = newId<string>()
  const held: { targets?: Targets; warm?: WarmPath; live?: LiveQueries } = {}
  const service = await assemble({
    name: 'query-gateway',
    config,
    logger,
    wire: problemWire,
    rates: 'queries',
    bodyLimitBytes: config.queryTextBytes,
    onGap: () => held.targets?.doubtAll(),
    module: (parts) => {
      const targets = new Targets(parts.ask)
      held.targets = targets
      return AppModule.with(parts, targets)
    },
    routes: (fastify, app, { ask, gatekeeper, rates, metrics, problems }) => {
      const [turns, orgTurns, meter, meters] = [new Turns(config.turns), new OrgTurns(config.orgTurns), new QueryMeter(metrics), new DatabaseMeters()]
      const documents = { kept: new KeptDocuments(), registered: new RegisteredDocuments(ask) }
      const known = { targets: app.get(Targets), engines }
      const live = new LiveQueries({ limits: config.limits, beatSeconds: config.eventBeatSeconds, version: databaseVersion(known) })
      const parts = { ...known, turns, orgTurns, meter, meters, changed: (id: DatabaseId) => live.poke(id) }
      held.live = live
      const rules = { gatekeeper, rates, problems, metrics, limits: config.queryLimits, textBytes: config.queryTextBytes, json: config.limits, outgoing: new Outgoing(config.outgoing), parts }
      mountQueries(fastify, rules)
      mountGraphql(fastify, { ...rules, live, liveAnswerBytes: fixedLimits.liveAnswerBytes, documents })
      mountImports(fastify, { ...rules, imports: config.imports, places: new ImportPlaces(config.imports) })
      mountMetrics(fastify, rules, nodeId)
      held.warm = warmPath({ ...rules, documents })
    },
    chores: () => ({ live: { everySeconds: lookSeconds, run: async () => held.live?.look() } }),
    drain: () => held.live?.leave(),
    checks: { engineHost: door.ready },
    close: door.close,
  })
  return { ...service, handle: (request, response) => { if (!held.warm?.(request, response)) service.handle(request, response) } }
}

const hostIsThere = async (host: EngineHost): Promise<void> => {
  if (!host.ready()) throw new Error('the engine host is away')
}
