import { randomBytes } from 'node:crypto'
import pg from 'pg'

export interface TestDatabase {
  /** For the service's own role, its search_path set to its schema. */
  readonly url: string
  readonly schema: string
  /** For the server's superuser, in the same database. */
  readonly adminUrl: string
  drop(): Promise<void>
}

const serverUrl = (): string => {
  const url = process.env['TEST_POSTGRES_URL']
  if (!url) throw new Error('TEST_POSTGRES_URL is not set: integration tests run under jest, whose set-up starts a Postgres.')
  return url
}

const asSuperuser = async (database: string, statements: readonly string[]): Promise<void> => {
  const url = new URL(serverUrl())
  url.pathname = `/${database}`
  const client = new pg.Client({ connectionString: url.href })
  await client.connect()
  try {
    for (const statement of statements) await client.query(statement)
  } finally {
    await client.end()
  }
}

/** A fresh database with one schema and the role that owns it, as a service finds it in production. */
export const testDatabase = async (schema: string): Promise<TestDatabase> => {
  const name = `test_${randomBytes(6).toString('hex')}`
  const password = randomBytes(12).toString('hex')
  await asSuperuser('postgres', [`CREATE ROLE ${name} LOGIN PASSWORD '${password}'`, `CREATE DATABASE ${name} TEMPLATE template0`])
  await asSuperuser(name, [`CREATE SCHEMA ${schema} AUTHORIZATION ${name}`, `ALTER ROLE ${name} SET search_path = ${schema}`])
  const admin = new URL(serverUrl())
  admin.pathname = `/${name}`
  const own = new URL(admin)
  own.username = name
  own.password = password
  return {
    url: own.href,
    schema,
    adminUrl: admin.href,
    drop: () => asSuperuser('postgres', [`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`, `DROP ROLE IF EXISTS ${name}`]),
  }
}
