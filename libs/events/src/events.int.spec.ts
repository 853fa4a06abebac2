import 'reflect-metadata'
import { jetstream, jetstreamManager } from '@nats-io/jetstream'
import { Controller, Module } from '@nestjs/common'
import { NestFactory } from '@nestjs/core'
import { Payload } from '@nestjs/microservices'
import { type EventOf, type OrgId, type DatabaseId, Problem, newId } from '@tenantry/contracts'
import { createSource, inTransaction } from '@tenantry/persistence'
import { createLogger } from '@tenantry/service'
import { type TestDatabase, type TestNats, testDatabase, testNats, until } from '@tenantry/testing'
import type { MigrationInterface, QueryRunner } from 'typeorm'
import { throwError } from 'rxjs'
import { Catch } from '@nestjs/common'
import { Answers, JetStreamServer, type NatsConnection, Heard, createInternalClient, Outbox, Relay, Work, connectNats, eventTables, noteFailure, once } from './index.js'

class Tables1732233600000 implements MigrationInterface {
  readonly name = 'Tables1732233600000'
  async up(runner: QueryRunner): Promise<void> { await runner.query(`${eventTables} CREATE TABLE taken (id uuid, moves int)`) }
  async down(): Promise<void> { throw new Error('never') }
}

@Catch()
class PassOn {
  catch(error: unknown) { return throwError(() => error) }
}

type Moved = EventOf<'control.database.moved'>
const logger = createLogger('test', 'silent')

describe('events, from the outbox to the inbox', () => {
  let database: TestDatabase
  let nats: TestNats
  let connection: NatsConnection
  let source: ReturnType<typeof createSource>
  let relay: Relay
  let close: () => Promise<void> = () => Promise.resolve()
  const outbox = new Outbox()
  const handled: Moved[] = []
  const heard: Moved[] = []
  let listening = false
  let failing: (event: Moved) => void = () => undefined

  beforeAll(async () => {
    [database, nats] = await Promise.all([testDatabase('events'), testNats()])
    source = createSource({ url: database.url, schema: 'events', entities: [], migrations: [Tables1732233600000], poolSize: 5 })
    await source.initialize()
    await source.runMigrations()
    connection = await connectNats({ ...nats, name: 'test' }, logger)

    @Controller()
    class Handlers {
      @Work('control.database.moved')
      async work(@Payload() event: Moved) {
        failing(event)
        await inTransaction(source, (tx) => once(tx, 'test', event.id, async () => {
          await tx.query('INSERT INTO taken VALUES ($1, $2)', [event.databaseId, event.version])
          handled.push(event)
        }))
      }

      @Answers('identity.revocations.since')
      revocations(@Payload() { seq }: { seq: number }) { return { seq: seq + 1, entries: [] } }

      @Answers('identity.key.verify')
      verify() { throw new Problem('KeyNotFound', 'There is no such key.') }

      @Heard('control.database.moved')
      news(@Payload() event: Moved) { heard.push(event) }
    }
    @Module({ controllers: [Handlers] })
    class App {}

    const app = await NestFactory.createMicroservice(App, {
      strategy: new JetStreamServer({ connection, service: 'test', logger, onGap: () => { listening = true }, noteFailure: (event, error) => noteFailure(source, event, error) }), logger: false,
    })
    app.useGlobalFilters(new PassOn())
    await app.listen()
    relay = new Relay(source, connection, 'CONTROL', outbox, logger)
    relay.start()
    await until('news is listened to', () => listening)
    close = async () => { await app.close(); await relay.stop(); await connection.close() }
  })

  afterAll(async () => {
    await close()
    await source.destroy()
    await nats.stop()
    await database.drop()
  })

  beforeEach(() => { handled.length = 0; heard.length = 0; failing = () => undefined })

  const facts = (version: number, databaseId = newId<DatabaseId>()) => ({ databaseId, orgId: newId<OrgId>(), generation: 1, version, state: 'RUNNING' as const })

  it('delivers what a transaction appended, to work and to caches', async () => {
    const about = facts(1)
    await inTransaction(source, (tx) => outbox.append(tx, 'control.database.moved', about))
    await until('the work is done', () => handled.length === 1)
    await until('the news is heard', () => heard.length >= 1)
    expect(handled[0]).toMatchObject(about)
  })

  it('answers an internal call over NATS, with an answer or with the problem', async () => {
    const ask = createInternalClient({ connection, identityUrl: 'http://127.0.0.1:1', controlPlaneUrl: 'http://127.0.0.1:1', token: 'unused' })
    expect(await ask('identity.revocations.since', { seq: 7 })).toEqual({ seq: 8, entries: [] })
    await expect(ask('identity.key.verify', { digest: 'a'.repeat(64) })).rejects.toMatchObject({ code: 'KeyNotFound' })
    await expect(ask('control.target.find', { orgId: newId<OrgId>(), databaseId: newId<DatabaseId>() })).rejects.toMatchObject({ code: 'ServiceUnavailable' })
  })

  it('tells nothing of a transaction that was rolled back', async () => {
    await expect(inTransaction(source, async (tx) => {
      outbox.append(tx, 'control.database.moved', facts(1))
      throw new Error('changed my mind')
    })).rejects.toThrow('changed my mind')
    const after = facts(2)
    await inTransaction(source, (tx) => outbox.append(tx, 'control.database.moved', after))
    await until('the later event is taken', () => handled.length > 0)
    expect(handled.map((event) => event.databaseId)).toEqual([after.databaseId])
  })

  it('hands the events of one record over in the order in which they were written', async () => {
    const id = newId<DatabaseId>()
    for (let version = 1; version <= 50; version++) await inTransaction(source, (tx) => outbox.append(tx, 'control.database.moved', facts(version, id)))
    await until('all are taken', () => handled.length === 50)
    expect(handled.map((event) => event.version)).toEqual(Array.from({ length: 50 }, (_, index) => index + 1))
  })

  it('comes again to a handler that could not do it now', async () => {
    let tries = 0
    failing = () => { if (++tries === 1) throw new Problem('ServiceUnavailable', 'not now') }
    await inTransaction(source, (tx) => outbox.append(tx, 'control.database.moved', facts(1)))
    await until('it was taken at the second try', () => handled.length === 1)
    expect(tries).toBe(2)
  })

  it('drops an event that a handler finds invalid, and goes on with the next', async () => {
    let tries = 0
    const bad = facts(1)
    failing = (event) => { if (event.databaseId === bad.databaseId) { tries++; throw new Problem('InvalidParameter', 'never') } }
    await inTransaction(source, (tx) => outbox.append(tx, 'control.database.moved', bad))
    await inTransaction(source, (tx) => outbox.append(tx, 'control.database.moved', facts(2)))
    await until('the next is taken', () => handled.length === 1)
    expect(tries).toBe(1)
  })

  it('ends at once when it is closed while it is still getting ready', async () => {
    @Controller()
    class Listener {
      @Heard('control.database.moved')
      news() { return undefined }
    }
    @Module({ controllers: [Listener] })
    class Short {}
    for (let wait = 0; wait < 12; wait++) {
      const app = await NestFactory.createMicroservice(Short, { strategy: new JetStreamServer({ connection, service: 'short', logger }), logger: false })
      await app.listen()
      await new Promise((resolve) => setTimeout(resolve, wait))
      const closed = await Promise.race([app.close().then(() => 'closed'), new Promise((resolve) => setTimeout(resolve, 30_000, 'hangs').unref())])
      expect(closed).toBe('closed')
    }
  })

  it('drops what is no event at all, and goes on', async () => {
    const client = jetstream(connection)
    await client.publish('control.database.moved', 'not JSON')
    await client.publish('control.database.moved', '{"id":1}')
    await client.publish('control.nobody.listens', '{}')
    await inTransaction(source, (tx) => outbox.append(tx, 'control.database.moved', facts(1)))
    await until('the next is taken', () => handled.length === 1)
  })

  it('loses nothing and doubles nothing when the whole stream is deleted', async () => {
    const sent = Array.from({ length: 20 }, (_, index) => facts(index + 1))
    const manager = await jetstreamManager(connection)
    for (const [index, about] of sent.entries()) {
      await inTransaction(source, (tx) => outbox.append(tx, 'control.database.moved', about))
      if (index === 10) await manager.streams.delete('CONTROL')
    }
    await until('all are taken', () => sent.every((about) => handled.some((event) => event.databaseId === about.databaseId)), 60_000)
    await until('the outbox is empty', async () => {
      const [row]: { left: number }[] = await source.query('SELECT count(*)::int AS left FROM outbox WHERE sent_at IS NULL')
      return row?.left === 0
    })
    const rows: { id: string; times: number }[] = await source.query('SELECT id, count(*)::int AS times FROM taken WHERE id = ANY($1) GROUP BY id',
      [sent.map((about) => about.databaseId)])
    expect(rows.map((row) => row.times)).toEqual(sent.map(() => 1))
  })

  it('sends the last days again into a stream that was made anew, and nothing older, however much it is', async () => {
    await source.query(`INSERT INTO outbox (id, subject, payload, created_at, sent_at)
      SELECT gen_random_uuid(), 'control.org.unheard', '{}', now() - make_interval(hours => n % 160), now() - interval '1 hour' FROM generate_series(1, 6000) AS n`)
    await source.query("INSERT INTO outbox (id, subject, payload, created_at, sent_at) VALUES (gen_random_uuid(), 'control.org.unheard', '{}', now() - interval '8 days', now() - interval '1 hour')")
    const manager = await jetstreamManager(connection)
    await manager.streams.delete('CONTROL')
    const sentAgain = async (): Promise<number> => {
      const [row]: { again: number }[] = await source.query("SELECT count(*)::int AS again FROM outbox WHERE subject = 'control.org.unheard' AND sent_at > now() - interval '30 minutes'")
      return row?.again ?? 0
    }
    await until('all that is young is sent again', async () => await sentAgain() >= 6000, 60_000)
    expect(await sentAgain()).toBe(6000)
  })
})
