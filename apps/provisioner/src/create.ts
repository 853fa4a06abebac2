import { assemble, checkSchema, migrateSchema } from '@tenantry/assembly'
import type { EngineName } from '@tenantry/contracts'
import { problemWire } from '@tenantry/dialects-featurebase'
import type { Engine } from '@tenantry/engines-contract'
import { featurebaseEngine } from '@tenantry/engines-featurebase'
import { type EngineHost, connectEngineHost } from '@tenantry/engines-host'
import { connectPostgres } from '@tenantry/engines-postgres'
import type { Logger, RunningService } from '@tenantry/service'
import { AppModule } from './app.module.js'
import type { ProvisionerConfig } from './config.js'
import { mountOrders } from '@tenantry/events'
import { InstancesRepository } from './instances/instances.repository.js'
import { ReconcileService } from './reconcile/reconcile.service.js'
import { sweepsOf } from './reconcile/sweeps.js'
import { provisionerSource, schema } from './source.js'

export const migrateProvisioner = (config: ProvisionerConfig): Promise<void> => migrateSchema(provisionerSource({ ...config, poolSize: 3 }), schema)

/** Throws Exit when a newer version has made the schema, before anything is changed. */
export const checkProvisionerSchema = (config: ProvisionerConfig): Promise<void> => checkSchema(provisionerSource({ ...config, poolSize: 3 }), schema)

// Spares are made anew and changed logins are mended this often.
const upkeepSeconds = 1

/** Starts the provisioner: it takes wishes from events and brings engines to them. Throws Exit when its schema does not fit. */
export const createProvisioner = async (config: ProvisionerConfig, logger: Logger): Promise<RunningService> => {
  const source = provisionerSource(config)
  const host = connectEngineHost(config.engineHost)
  const featurebase = featurebaseEngine(config.featurebaseServers)
  const postgres = connectPostgres({ servers: config.postgresServers, spares: config.postgresSpares })
  const engines: Readonly<Partial<Record<EngineName, Engine>>> = {
    sqlite: host.engine('sqlite'), bitmap: host.engine('bitmap'), featurebase, ...(config.postgresServers.length > 0 && { postgres: postgres.engine }),
  }
  return await assemble({
    name: 'provisioner',
    config,
    logger,
    wire: problemWire,
    records: { source, schema, stream: 'PROVISIONER' },
    routes: (fastify, app) => mountOrders(fastify, config.internalToken, {
      'provisioner.instances.find': ({ database_ids: ids }) => app.get(InstancesRepository).find(ids),
    }),
    chores: (app) => ({ ...sweepsOf(app.get(ReconcileService), config), postgres: { everySeconds: upkeepSeconds, run: () => postgres.upkeep(AbortSignal.timeout(upkeepSeconds * 10_000)) } }),
    module: ({ outbox }) => AppModule.with({ config, source, outbox, engines, logger }),
    checks: { engineHost: () => hostIsThere(host) },
    close: async () => {
      host.close()
      featurebase.close()
      await postgres.close()
    },
  })
}

const hostIsThere = async (host: EngineHost): Promise<void> => {
  if (!host.ready()) throw new Error('the engine host is away')
}
