import { type TestDatabase, testDatabase, until } from '@tenantry/testing'
import type { DataSource, EntityManager } from 'typeorm'
import { storageProblem } from './problems.js'
import { createSource } from './source.js'
import { inTransaction } from './transaction.js'

let database: TestDatabase
let source: DataSource

beforeAll(async () => {
  database = await testDatabase('problems')
  source = createSource({ url: database.url, schema: 'problems', entities: [], migrations: [], poolSize: 3 })
  await source.initialize()
})

afterAll(async () => {
  await source.destroy()
  await database.drop()
})

const endSessionOf = async (tx: EntityManager): Promise<void> => {
  const [session]: { pid: number }[] = await tx.query('SELECT pg_backend_pid() AS pid')
  await source.query('SELECT pg_terminate_backend($1, 5000)', [session?.pid])
}

const endSleeping = async (): Promise<boolean> => {
  const ended: unknown[] = await source.query(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE 'SELECT pg_sleep(60)%'`)
  return ended.length > 0
}

const caught = async (work: (tx: EntityManager) => Promise<unknown>): Promise<unknown> => {
  try {
    await inTransaction(source, work)
  } catch (error) {
    return error
  }
  throw new Error('It went through.')
}

it.each<[string, (tx: EntityManager) => Promise<unknown>]>([
  ['at a statement', async (tx) => { await endSessionOf(tx); await tx.query('SELECT 1') }],
  ['some time before a statement', async (tx) => { await endSessionOf(tx); await new Promise((resolve) => setTimeout(resolve, 100)); await tx.query('SELECT 1') }],
  ['before the commit', endSessionOf],
  ['during a statement', (tx) => Promise.all([tx.query('SELECT pg_sleep(60)'), until('it runs and is ended', endSleeping)])],
])('takes a session that Postgres has ended %s for an absence that may pass', async (_, work) => {
  expect(storageProblem(await caught(work))).toMatchObject({ code: 'ServiceUnavailable', retryAfterSeconds: 2 })
})
