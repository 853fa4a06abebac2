import { type AddressInfo, type Socket, connect, createServer } from 'node:net'
import { type TestDatabase, testDatabase } from '@tenantry/testing'
import type { DataSource } from 'typeorm'
import { storageProblem } from './problems.js'
import { createSource } from './source.js'
import { inTransaction, send } from './transaction.js'

let database: TestDatabase
let source: DataSource
let frozen = false
/** How often something was sent after an answer. */
let trips = 0
let answered = true
const sockets = new Set<Socket>()

// A server that hangs: it takes what is sent, and nothing comes back.
const road = createServer((near) => {
  const { hostname, port } = new URL(database.url)
  const far = connect(Number(port), hostname)
  near.on('data', (bytes) => {
    if (answered) trips += 1
    answered = false
    if (!frozen) far.write(bytes)
  })
  far.on('data', (bytes) => {
    answered = true
    near.write(bytes)
  })
  for (const [one, other] of [[near, far], [far, near]] as const) {
    sockets.add(one)
    one.on('error', () => other.destroy()).on('close', () => { sockets.delete(one); other.destroy() })
  }
})

beforeAll(async () => {
  database = await testDatabase('impatient')
  await new Promise<void>((resolve) => { road.listen(0, '127.0.0.1', resolve) })
  const url = Object.assign(new URL(database.url), { port: String((road.address() as AddressInfo).port) }).href
  source = createSource({ url, schema: 'impatient', entities: [], migrations: [], poolSize: 2, answerSeconds: 1 })
  await source.initialize()
  await source.query('CREATE TABLE kept (word text)')
})

afterAll(async () => {
  await source.destroy()
  for (const socket of sockets) socket.destroy()
  road.close()
  await database.drop()
})

it('gives up a connection whose server hangs in a transaction, answers 503, and keeps nothing of it', async () => {
  const failure = await inTransaction(source, async (tx) => {
    await tx.query(`INSERT INTO kept VALUES ('half')`)
    frozen = true
    await tx.query(`INSERT INTO kept VALUES ('never sent')`)
  }).then(() => undefined, (error: unknown) => error)
  frozen = false
  expect(storageProblem(failure)).toMatchObject({ code: 'ServiceUnavailable', retryAfterSeconds: 2 })
  await inTransaction(source, (tx) => tx.query(`INSERT INTO kept VALUES ('whole')`))
  expect(await source.query('SELECT word FROM kept')).toEqual([{ word: 'whole' }])
})

it('waits for a session that has lifted its limit', async () => {
  const runner = source.createQueryRunner()
  await runner.query('SET statement_timeout = 0')
  expect(await runner.query('SELECT 1 AS one FROM pg_sleep(1.5)')).toEqual([{ one: 1 }])
  await runner.query('RESET statement_timeout')
  await runner.release()
})

it('keeps nothing when a statement fails that nobody waited for, and tells which failure it was', async () => {
  const write = inTransaction(source, (tx) => {
    send(tx, 'INSERT INTO kept VALUES ($1)', ['undone'])
    send(tx, 'INSERT INTO kept VALUES ($1, $2)', ['one too', 'many'])
  })
  await expect(write).rejects.toMatchObject({ driverError: { code: '42601' } })
  expect(await source.query(`SELECT word FROM kept WHERE word = 'undone'`)).toEqual([])
})

it('does not call kept what a swallowed failure has undone', async () => {
  const write = inTransaction(source, async (tx) => {
    await tx.query('INSERT INTO kept VALUES ($1)', ['undone'])
    await tx.query('SELECT 1 / $1::int', [0]).catch(() => 'swallowed')
  })
  await expect(write).rejects.toMatchObject({ driverError: { message: 'The transaction was undone: a statement in it had failed.' } })
  expect(await source.query(`SELECT word FROM kept WHERE word = 'undone'`)).toEqual([])
})

it('waits neither for the beginning of a transaction nor for what it only sends', async () => {
  const before = trips
  await inTransaction(source, async (tx) => {
    await tx.query('SELECT $1::text', ['the first'])
    send(tx, 'INSERT INTO kept VALUES ($1)', ['sent'])
  })
  expect(trips - before).toBe(2)
})

it('has a statement with values parsed once a connection', async () => {
  await inTransaction(source, async (tx) => {
    for (const word of ['once', 'twice']) await tx.query('SELECT word FROM kept WHERE word = $1', [word])
    const [found]: { count: string }[] = await tx.query(`SELECT count(*) FROM pg_prepared_statements WHERE statement = 'SELECT word FROM kept WHERE word = $1'`)
    expect(found?.count).toBe('1')
  })
})
