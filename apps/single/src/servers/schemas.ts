import { deriveKey } from '@tenantry/secrets'
import { Exit } from '@tenantry/service'
import pg from 'pg'

export const databaseName = 'tenantry'

export interface SchemaRules {
  /** A login that may make schemas, and roles unless `shared`. */
  readonly adminUrl: string
  /** Makes the database itself; a server from elsewhere brings its own. */
  readonly database: 'make' | 'given'
  readonly schemas: readonly string[]
  readonly secret: string
  /** False for tests only. */
  readonly mustBeDurable?: boolean
}

/** The url that a service uses, by its schema. */
export type SchemaUrls = Readonly<Record<string, string>>

const connectMs = 10_000
const statementMs = 60_000

const within = async <T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> => {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: connectMs, statement_timeout: statementMs, application_name: 'tenantry' })
  client.on('error', () => undefined)
  try {
    await client.connect()
  } catch (error) {
    const reason = error instanceof Error ? error.message || error.name : String(error)
    throw new Exit(`Postgres at ${new URL(url).host} cannot be used: ${reason}.`, undefined, error)
  }
  try {
    return await work(client)
  } finally {
    await client.end()
  }
}

const withDatabase = (url: string, database: string): string => Object.assign(new URL(url), { pathname: `/${database}` }).href

const makeDatabase = (url: string): Promise<void> => within(url, async (client) => {
  const { rowCount } = await client.query('SELECT 1 FROM pg_database WHERE datname = $1', [databaseName])
  if (rowCount === 0) await client.query(`CREATE DATABASE ${databaseName}`)
})

const passwordOf = (secret: string, role: string): string => deriveKey(Buffer.from(secret, 'base64url'), `postgres role ${role}`).toString('base64url')

const loginOf = (url: string, role: string, password: string): string => Object.assign(new URL(url), { username: role, password }).href

const longestName = 63

/** Roles are known to the whole server, so each carries the name of its database: several installations may share one server. */
const roleOf = (url: string, schema: string): string => {
  const role = `${decodeURIComponent(new URL(url).pathname.slice(1))}_${schema}`
  if (Buffer.byteLength(role) > longestName) throw new Exit(`The database's name in DATABASE_URL is too long: with "_${schema}" it must fit into ${longestName} bytes.`)
  return role
}

/** One schema and one role: the role reads and writes its own schema and sees nothing of the others. */
const makeRole = async (client: pg.Client, schema: string, name: string, secret: string): Promise<void> => {
  const role = client.escapeIdentifier(name)
  const password = client.escapeLiteral(passwordOf(secret, name))
  const { rowCount } = await client.query('SELECT 1 FROM pg_roles WHERE rolname = $1', [name])
  await client.query(`${rowCount === 0 ? 'CREATE' : 'ALTER'} ROLE ${role} LOGIN PASSWORD ${password}`)
  await client.query(`GRANT ${role} TO CURRENT_USER`)
  await client.query(`CREATE SCHEMA IF NOT EXISTS ${client.escapeIdentifier(schema)} AUTHORIZATION ${role}`)
  await client.query(`ALTER ROLE ${role} SET search_path = ${client.escapeIdentifier(schema)}`)
  await client.query(`GRANT CONNECT ON DATABASE ${client.escapeIdentifier(client.database ?? databaseName)} TO ${role}`)
}

const mayMakeRoles = async (client: pg.Client): Promise<boolean> =>
  (await client.query('SELECT 1 FROM pg_roles WHERE rolname = current_user AND (rolsuper OR rolcreaterole)')).rowCount === 1

const checkDurable = async (client: pg.Client): Promise<void> => {
  const { rows } = await client.query<{ fsync: string }>(`SELECT current_setting('fsync') AS fsync`)
  if (rows[0]?.fsync !== 'on') throw new Exit('Postgres runs with fsync off and may lose what it has confirmed; turn fsync on.')
}

/** The schemas that are there already, of those named. */
export const presentSchemas = (url: string, schemas: readonly string[]): Promise<readonly string[]> => within(url, async (client) => {
  const { rows } = await client.query<{ name: string }>('SELECT nspname AS name FROM pg_namespace WHERE nspname = ANY ($1)', [schemas])
  return rows.map(({ name }) => name)
})

/** Makes what is missing of database, roles and schemas, and answers each service's own url. Twice is once. */
export const ensureSchemas = async ({ adminUrl, database, schemas, secret, mustBeDurable = true }: SchemaRules): Promise<SchemaUrls> => {
  if (database === 'make') await makeDatabase(adminUrl)
  const url = database === 'make' ? withDatabase(adminUrl, databaseName) : adminUrl
  return await within(url, async (client) => {
    if (mustBeDurable) await checkDurable(client)
    const ownRoles = await mayMakeRoles(client)
    if (database === 'make') await client.query(`REVOKE ALL ON DATABASE ${databaseName} FROM PUBLIC; REVOKE ALL ON SCHEMA public FROM PUBLIC`)
    for (const schema of schemas) {
      if (ownRoles) await makeRole(client, schema, roleOf(url, schema), secret)
      else await client.query(`CREATE SCHEMA IF NOT EXISTS ${client.escapeIdentifier(schema)}`)
    }
    const urlOf = (schema: string): string => ownRoles ? loginOf(url, roleOf(url, schema), passwordOf(secret, roleOf(url, schema))) : url
    return Object.fromEntries(schemas.map((schema) => [schema, urlOf(schema)]))
  })
}
