import { assemble, checkSchema, migrateSchema } from '@tenantry/assembly'
import { problemWire } from '@tenantry/dialects-featurebase'
import { forgetRepeats } from '@tenantry/deeds'
import { mountOrders } from '@tenantry/events'
import { apart } from '@tenantry/persistence'
import type { Logger, RunningService } from '@tenantry/service'
import { MeetAccount } from './accounts/meet-account.js'
import { AppModule } from './app.module.js'
import type { ControlPlaneConfig } from './config.js'
import { DatabasesService } from './databases/databases.service.js'
import { InvitesService } from './invites/invites.service.js'
import { QuotasService } from './orgs/quotas.service.js'
import { EventStreams } from './feed/event-streams.js'
import { FeedRepository } from './feed/feed.repository.js'
import { mountEvents } from './http/featurebase/events.routes.js'
import { OperatorsService } from './operators/operators.service.js'
import { controlPlaneSource, schema } from './source.js'

const sweepBatch = 200
/** How soon an event reaches a stream, and how soon one ends whose caller may hear no more, at most. */
const streamSeconds = 0.25
const eventDays = 7
const forgetSeconds = 10
const forgetBatch = 5_000
const inviteSweep = { everySeconds: 60, together: 200 } as const

export const migrateControlPlane = (config: ControlPlaneConfig): Promise<void> => migrateSchema(controlPlaneSource({ ...config, poolSize: 3 }), schema)

/** Throws Exit when a newer version has made the schema, before anything is changed. */
export const checkControlPlaneSchema = (config: ControlPlaneConfig): Promise<void> => checkSchema(controlPlaneSource({ ...config, poolSize: 3 }), schema)

/** Starts the control plane: orgs, users, rights, shapes and databases. Throws Exit when its schema does not fit. */
export const createControlPlane = async (config: ControlPlaneConfig, logger: Logger): Promise<RunningService> => {
  const source = controlPlaneSource(config)
  // Rights are this service's own: its guard asks the feature itself, which exists once the app is put together.
  const features: { meet?: MeetAccount } = {}
  return await assemble({
    name: 'control-plane',
    config,
    logger,
    wire: problemWire,
    records: { source, schema, stream: 'CONTROL' },
    ownPorts: () => ({ rights: (orgId, userId, account) => apart(async () => await features.meet?.rights({ ...account, orgId, userId })) }),
    paths: new Map([['/v1/deployments/', '/v1/deployments']]),
    routes: (fastify, app, { gatekeeper, problems }) => {
      features.meet = app.get(MeetAccount)
      mountEvents(fastify, { gatekeeper, problems, databases: app.get(DatabasesService), streams: app.get(EventStreams) })
      mountOrders(fastify, config.internalToken, app.get(OperatorsService).orders())
    },
    chores: (app) => {
      const [databases, streams] = [app.get(DatabasesService), app.get(EventStreams)]
      // Asks again for databases that are on their way for too long: a lost event costs seconds and no database.
      return {
        sweep: { everySeconds: config.sweepSeconds, run: () => databases.askAgain(config.sweepSeconds, sweepBatch) },
        repeats: { everySeconds: 60, run: () => forgetRepeats(source) },
        events: { everySeconds: streamSeconds, run: () => streams.advance() },
        // Beside the one before, which may wait for Postgres while a right ends.
        hearers: { everySeconds: streamSeconds, run: async () => streams.watch() },
        oldEvents: { everySeconds: forgetSeconds, run: () => app.get(FeedRepository).forget(eventDays, forgetBatch) },
        invites: { everySeconds: inviteSweep.everySeconds, run: () => app.get(InvitesService).endOld(inviteSweep.together) },
        quotas: { everySeconds: config.quotaSweepSeconds, run: () => repair(app.get(QuotasService), logger) },
      }
    },
    drain: (app) => app.get(EventStreams).leave(),
    module: (parts) => AppModule.with(config, source, parts),
  })
}

const repair = async (quotas: QuotasService, logger: Logger): Promise<void> => {
  for (const found of await quotas.repair()) logger.warn(found, 'the counters of an org were wrong and are corrected')
}
