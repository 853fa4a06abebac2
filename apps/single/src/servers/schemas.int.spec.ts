import { randomBytes } from 'node:crypto'
import pg from 'pg'
import { ensureSchemas, presentSchemas } from './schemas.js'

const serverUrl = process.env['TEST_POSTGRES_URL'] ?? ''
const secret = randomBytes(32).toString('base64url')
const mark = randomBytes(4).toString('hex')
const schemas = [`one_${mark}`, `two_${mark}`] as const
const [one, two] = schemas
let url: string

const ask = async (at: string | undefined, sql: string): Promise<unknown[]> => {
  const client = new pg.Client({ connectionString: at })
  await client.connect()
  try {
    return (await client.query<Record<string, unknown>>(sql)).rows.map((row) => Object.values(row)[0])
  } finally {
    await client.end()
  }
}

beforeAll(async () => {
  await ask(serverUrl, `CREATE DATABASE given_${mark}`)
  url = Object.assign(new URL(serverUrl), { pathname: `/given_${mark}` }).href
})

afterAll(async () => {
  await ask(serverUrl, `DROP DATABASE given_${mark} WITH (FORCE)`)
  for (const schema of schemas) await ask(serverUrl, `DROP ROLE IF EXISTS given_${mark}_${schema}`)
})

it('refuses a Postgres that may lose what it has confirmed', async () => {
  await expect(ensureSchemas({ adminUrl: url, database: 'given', schemas, secret, mustBeDurable: true })).rejects.toThrow('runs with fsync off')
})

it('gives each service a role that reaches its own schema and nobody else\'s, and does so twice as well as once', async () => {
  const rules = { adminUrl: url, database: 'given', schemas, secret, mustBeDurable: false } as const
  expect(await presentSchemas(url, schemas)).toEqual([])
  const first = await ensureSchemas(rules)
  const second = await ensureSchemas(rules)
  expect(second).toEqual(first)
  expect([...await presentSchemas(url, schemas)].sort()).toEqual([...schemas])

  expect(await ask(first[one], 'SELECT current_schema')).toEqual([one])
  await ask(first[one], 'CREATE TABLE mine (id int)')
  await expect(ask(first[two], `SELECT * FROM ${one}.mine`)).rejects.toThrow('permission denied')
  await expect(ask(first[two], `CREATE TABLE ${one}.theirs (id int)`)).rejects.toThrow('permission denied')
  await expect(ask(first[one], 'CREATE DATABASE more')).rejects.toThrow('permission denied')
  await expect(ask(first[one], 'SELECT rolpassword FROM pg_authid')).rejects.toThrow('permission denied')
})
