import { jetstream } from '@nats-io/jetstream'
import { type DatabaseId, type Desired, type OrgId, Problem, newId } from '@tenantry/contracts'
import type { Engine, LifecyclePort, Observed, Target } from '@tenantry/engines-contract'
import { connectNats } from '@tenantry/events'
import { assemble } from '@tenantry/assembly'
import { problemWire } from '@tenantry/dialects-featurebase'
import { createLogger } from '@tenantry/service'
import { type TestDatabase, type TestNats, schemaDrift, testDatabase, testNats, until } from '@tenantry/testing'
import pg from 'pg'
import { AppModule } from './app.module.js'
import { migrateProvisioner, parseProvisionerConfig } from './index.js'
import { ReconcileService } from './reconcile/reconcile.service.js'
import { sweepsOf } from './reconcile/sweeps.js'
import { provisionerSource, schema } from './source.js'

const logger = createLogger('test', 'silent')

/** An engine that remembers what it was told, and can be made to fail. */
const memoryEngine = () => {
  const seen = new Map<string, Observed>()
  const effects: string[] = []
  const fault: { next?: () => Error | undefined } = {}
  const keyOf = ({ databaseId, generation }: Target): string => `${databaseId}/${generation}`
  const effect = (name: string, to: Observed) => async (target: Target): Promise<void> => {
    const error = fault.next?.()
    if (error) throw error
    effects.push(`${name} ${keyOf(target)}`)
    seen.set(keyOf(target), to)
  }
  const lifecycle: LifecyclePort = {
    observe: async (target) => seen.get(keyOf(target)) ?? 'absent',
    ensure: effect('ensure', 'running'), start: effect('start', 'running'), stop: effect('stop', 'stopped'), remove: effect('remove', 'removed'),
    restore: effect('restore', 'stopped'), purge: effect('purge', 'purged'),
  }
  const engine: Engine = { name: 'sqlite', lifecycle }
  return { engine, seen, effects, fault }
}

describe('the provisioner', () => {
  let database: TestDatabase
  let nats: TestNats
  let connection: Awaited<ReturnType<typeof connectNats>>
  let records: pg.Client
  const engine = memoryEngine()
  const closing: (() => Promise<unknown>)[] = []

  beforeAll(async () => {
    [database, nats] = await Promise.all([testDatabase('provisioner'), testNats()])
    const config = parseProvisionerConfig({
      DATABASE_URL: database.url, NATS_URL: nats.url, NATS_TOKEN: nats.token, PUBLIC_URL: 'http://tenantry.test', INTERNAL_TOKEN: 'an-internal-token-of-tests',
      ENGINE_SOCKET: '/nowhere', SWEEP_SECONDS: '0.2', UNDELETE_DAYS: '0',
    })
    await migrateProvisioner(config)
    const source = provisionerSource(config)
    const service = await assemble({
      name: 'provisioner', config, logger, wire: problemWire, chores: (app) => sweepsOf(app.get(ReconcileService), config),
      records: { source, schema, stream: 'PROVISIONER' }, module: ({ outbox }) => AppModule.with({ config, source, outbox, engines: { sqlite: engine.engine, bitmap: engine.engine }, logger }),
    })
    connection = await connectNats({ ...nats, name: 'test' }, logger)
    records = new pg.Client({ connectionString: database.url })
    await records.connect()
    closing.push(() => service.close(), () => connection.close(), () => records.end())
  })

  afterAll(async () => {
    for (const close of closing) await close()
    await nats.stop()
    await database.drop()
  })

  const desired = (change: Partial<Desired> = {}): Desired => ({
    databaseId: newId<DatabaseId>(), orgId: newId<OrgId>(), engine: 'sqlite', node: 'local', limits: { storageBytes: 1_000_000 }, generation: 1, version: 1, present: true,
    power: 'on', ...change,
  })
  const wish = async (about: Desired, id: string = newId<string>()): Promise<void> => {
    await until('the wish is in the stream', () => jetstream(connection).publish('control.database.desired', JSON.stringify({ ...about, id, at: new Date().toISOString() })))
  }
  const factsOf = async ({ databaseId }: Desired): Promise<string[]> =>
    (await records.query(`SELECT payload FROM outbox WHERE payload ->> 'databaseId' = $1 AND payload ->> 'fact' IS NOT NULL ORDER BY seq`, [databaseId])).rows.map((row: { payload: { fact: string; version: number } }) => `${row.payload.fact} ${row.payload.version}`)
  const told = (about: Desired, ...facts: string[]) => until(`${facts.join(', ')} are told`, async () => JSON.stringify(await factsOf(about)) === JSON.stringify(facts))

  it('makes what is wished and tells so', async () => {
    const about = desired()
    await wish(about)
    await told(about, 'provisioned 1')
    expect(engine.seen.get(`${about.databaseId}/1`)).toBe('running')
  })

  it('takes the same event twice as once', async () => {
    const about = desired()
    const id = newId<string>()
    await wish(about, id)
    await told(about, 'provisioned 1')
    await wish(about, id)
    const later = desired()
    await wish(later)
    await told(later, 'provisioned 1')
    expect(await factsOf(about)).toEqual(['provisioned 1'])
  })

  it('tells again what is so when it is asked again, and does nothing', async () => {
    const about = desired()
    await wish(about)
    await told(about, 'provisioned 1')
    const before = engine.effects.length
    await wish(about)
    await told(about, 'provisioned 1', 'provisioned 1')
    expect(engine.effects.length).toBe(before)
  })

  it('goes with power and back, and never past a newer wish', async () => {
    const about = desired()
    await wish(about)
    await told(about, 'provisioned 1')
    await wish({ ...about, version: 2, power: 'off' })
    await told(about, 'provisioned 1', 'stopped 2')
    await wish({ ...about, version: 3 })
    await told(about, 'provisioned 1', 'stopped 2', 'started 3')
    await wish({ ...about, version: 2, power: 'off' })
    await wish({ ...about, version: 4, present: false })
    await told(about, 'provisioned 1', 'stopped 2', 'started 3', 'deprovisioned 4')
    expect(engine.effects.filter((effect) => effect.includes(about.databaseId)).map((effect) => effect.split(' ')[0]).filter((name) => name !== 'purge')).toEqual(['ensure', 'stop', 'start', 'remove'])
  })

  it('makes nothing in the place of data that was there and is gone, and goes on when it is back', async () => {
    const about = desired()
    await wish(about)
    await told(about, 'provisioned 1')
    engine.seen.set(`${about.databaseId}/1`, 'absent')
    await wish({ ...about, version: 2, power: 'off' })
    await told(about, 'provisioned 1', 'claimed 2')
    expect(engine.seen.get(`${about.databaseId}/1`)).toBe('absent')
    engine.seen.set(`${about.databaseId}/1`, 'running')
    await told(about, 'provisioned 1', 'claimed 2', 'stopped 2')
  })

  it('leaves a mark of a database deleted before it was made, so that it never comes to life', async () => {
    const about = desired()
    await wish({ ...about, version: 2, present: false })
    await wish(about)
    await told(about, 'deprovisioned 2')
    await until('it is purged when its days are over', () => engine.seen.get(`${about.databaseId}/1`) === 'purged')
    await until('it is told that nothing is left of it', async () => (await records.query(
      `SELECT FROM outbox WHERE payload ->> 'databaseId' = $1 AND subject = 'provisioner.database.purged'`, [about.databaseId])).rowCount === 1)
    await wish(about)
    const later = desired()
    await wish(later)
    await told(later, 'provisioned 1')
    expect(engine.seen.get(`${about.databaseId}/1`)).toBe('purged')
  })

  it.each([['on', 'started'], ['off', 'stopped']] as const)('brings removed data back with its power %s, and tells once it is so', async (power, fact) => {
    const about = desired()
    await wish(about)
    await told(about, 'provisioned 1')
    // Long days, so that the sweep does not end the data between two wishes.
    await records.query(`UPDATE instances SET removed_at = now() + interval '1 day' WHERE database_id = $1`, [about.databaseId])
    await wish({ ...about, version: 2, present: false })
    await told(about, 'provisioned 1', 'deprovisioned 2')
    await wish({ ...about, version: 3, power })
    await told(about, 'provisioned 1', 'deprovisioned 2', `${fact} 3`)
    expect(engine.seen.get(`${about.databaseId}/1`)).toBe(power === 'on' ? 'running' : 'stopped')
    expect((await records.query('SELECT removed_at FROM instances WHERE database_id = $1', [about.databaseId])).rows[0].removed_at).toBeNull()
  })

  it('waits for an engine that is away and goes on by itself', async () => {
    let tries = 0
    engine.fault.next = () => (++tries <= 3 ? new Problem('EngineUnavailable', 'away') : undefined)
    const about = desired()
    await wish(about)
    await told(about, 'claimed 1', 'provisioned 1')
    expect(tries).toBe(4)
    delete engine.fault.next
  })

  it('gives up after eight failures that nobody foresaw, says so, and can still delete', async () => {
    engine.fault.next = () => new Error('a fault of ours')
    const about = desired()
    await wish(about)
    // The pauses between tries add up to half a minute; the test shortens them by making each try due.
    await until('it is given up', async () => {
      await records.query('UPDATE instances SET try_at = now() WHERE database_id = $1', [about.databaseId])
      return (await factsOf(about)).includes('failed 1')
    }, 20_000, 100)
    delete engine.fault.next
    const [row] = (await records.query('SELECT attempts, reason FROM instances WHERE database_id = $1', [about.databaseId])).rows
    expect(row.reason).not.toContain('a fault of ours')
    await wish({ ...about, version: 2, present: false })
    await told(about, 'claimed 1', 'failed 1', 'deprovisioned 2')
  }, 30_000)

  it('has tables and columns as its entities say', async () => {
    const source = provisionerSource({ databaseUrl: database.url, poolSize: 1 })
    await source.initialize()
    expect(await schemaDrift(source)).toEqual([])
    await source.destroy()
  })
})
