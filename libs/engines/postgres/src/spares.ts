import { randomBytes } from 'node:crypto'
import pg from 'pg'
import { type Admin, locked } from './admin.js'
import { type TenantNames, type TenantRoles, rolesOf, spareNames } from './names.js'
import { ownVerifierOf } from './passwords.js'
import { hasState } from './problems.js'
import { templateDatabase } from './prepare-server.js'

const { escapeLiteral } = pg

const login = 'LOGIN NOINHERIT CONNECTION LIMIT 20'
/** What each login of a tenant is bound by; some of it only the superuser can raise again. */
export const loginSettings = ['statement_timeout = \'30s\'', 'idle_in_transaction_session_timeout = \'30s\'', 'lock_timeout = \'10s\'', 'temp_file_limit = \'1GB\'', 'work_mem = \'4MB\'', 'log_parameter_max_length = 0'] as const

const makeRoles = (database: string, { owner, writers, readers, write, read }: TenantRoles): string => `
  CREATE ROLE ${owner}; CREATE ROLE ${writers}; CREATE ROLE ${readers};
  CREATE ROLE ${write} ${login}; CREATE ROLE ${read} LOGIN INHERIT CONNECTION LIMIT 20;
  GRANT ${owner} TO ${write}; GRANT ${readers} TO ${read};
  ${[write, read].flatMap((role) => loginSettings.map((setting) => `ALTER ROLE ${role} SET ${setting};`)).join(' ')}
  REVOKE ALL ON DATABASE ${database} FROM PUBLIC;
  GRANT CONNECT, CREATE, TEMPORARY ON DATABASE ${database} TO ${owner};
  GRANT CONNECT, TEMPORARY ON DATABASE ${database} TO ${writers}, ${write};
  GRANT CONNECT ON DATABASE ${database} TO ${readers}, ${read};`

const furnish = ({ owner, writers, readers }: TenantRoles): string => `
  ALTER SCHEMA public OWNER TO ${owner};
  GRANT USAGE ON SCHEMA public TO ${writers}, ${readers};
  ALTER DEFAULT PRIVILEGES FOR ROLE ${owner} GRANT USAGE ON SCHEMAS TO ${writers}, ${readers};
  ALTER DEFAULT PRIVILEGES FOR ROLE ${owner} GRANT SELECT ON TABLES TO ${readers};
  ALTER DEFAULT PRIVILEGES FOR ROLE ${owner} GRANT SELECT, INSERT, UPDATE, DELETE, TRUNCATE ON TABLES TO ${writers};
  ALTER DEFAULT PRIVILEGES FOR ROLE ${owner} GRANT SELECT ON SEQUENCES TO ${readers};
  ALTER DEFAULT PRIVILEGES FOR ROLE ${owner} GRANT USAGE, SELECT, UPDATE ON SEQUENCES TO ${writers};`

const lockOf = (hash: string): string => `tenantry spare ${hash}`

/** Makes a whole database that belongs to nobody yet; a kill on the way leaves a draft, which the next sweep takes away. */
export const makeSpare = async (client: pg.Client, admin: Admin): Promise<string> => {
  const hash = randomBytes(12).toString('hex')
  const { draft, spare, roles } = spareNames(hash)
  return await locked(client, lockOf(hash), async () => {
    await client.query(`CREATE DATABASE ${draft} TEMPLATE ${templateDatabase}`)
    await client.query(makeRoles(draft, roles))
    await admin.inDatabase(draft, (inside) => inside.query(furnish(roles)))
    await client.query(`ALTER DATABASE ${draft} RENAME TO ${spare}`)
    return spare
  })
}

export const countSpares = async (client: pg.Client): Promise<number> => {
  const { rows } = await client.query<{ count: number }>('SELECT count(*)::int AS count FROM pg_database WHERE datname LIKE \'s\\_%\' AND datallowconn')
  return rows[0]?.count ?? 0
}

/** Ends drafts that nobody works on any more, and roles whose database is gone. */
export const sweepDrafts = async (client: pg.Client): Promise<void> => {
  const { rows } = await client.query<{ hash: string }>(`
    SELECT substr(datname, 3) AS hash FROM pg_database WHERE datname LIKE 'p\\_%'
    UNION SELECT substr(rolname, 3, 24) FROM pg_roles r WHERE rolname LIKE 's\\_%\\__'
      AND NOT EXISTS (SELECT FROM pg_database WHERE datname IN ('s_' || substr(r.rolname, 3, 24), 'p_' || substr(r.rolname, 3, 24))) LIMIT 20`)
  for (const { hash } of rows) {
    const { rows: [lock] } = await client.query<{ held: boolean }>('SELECT pg_try_advisory_lock(hashtextextended($1, 0)) AS held', [lockOf(hash)])
    if (!lock?.held) continue
    try {
      const { draft, roles } = spareNames(hash)
      // It may have become whole since it was seen.
      if ((await client.query('SELECT 1 FROM pg_database WHERE datname = $1', [spareNames(hash).spare])).rowCount === 0) {
        await client.query(`DROP DATABASE IF EXISTS ${draft} WITH (FORCE)`)
        await client.query(`DROP ROLE IF EXISTS ${Object.values(roles).join(', ')}`)
      }
    } finally {
      await client.query('SELECT pg_advisory_unlock(hashtextextended($1, 0))', [lockOf(hash)])
    }
  }
}

export type Claim = 'claimed' | 'gone' | 'there'

/**
 * Gives a spare its tenant's names, all in one transaction: a tenant is there whole or not at all. `gone` when another one was
 * faster to take the spare, `there` when the tenant has a row already.
 */
export const claimSpare = async (client: pg.Client, { server }: Admin, spare: string, names: TenantNames, instead: 'live' | 'removed'): Promise<Claim> => {
  const [from, to] = [rolesOf(spare), names.roles]
  const [write, read] = await Promise.all([ownVerifierOf(server.secret, to.write), ownVerifierOf(server.secret, to.read)])
  const row = [escapeLiteral(names.database), escapeLiteral(write), escapeLiteral(read)].join(', ')
  const renamed = (Object.keys(to) as (keyof TenantRoles)[]).map((role) => `ALTER ROLE ${from[role]} RENAME TO ${to[role]}`)
  try {
    await client.query([
      'BEGIN',
      instead === 'live'
        ? `INSERT INTO tenantry.tenants (name, state, write_verifier, read_verifier) SELECT n, 'live', w, r FROM (VALUES (${row})) AS t (n, w, r)`
        : `UPDATE tenantry.tenants SET state = 'live', power = 'on', write_verifier = w, read_verifier = r, changed_at = now() FROM (VALUES (${row})) AS t (n, w, r) WHERE name = n`,
      `ALTER DATABASE ${spare} RENAME TO ${names.database}`, ...renamed,
      `ALTER ROLE ${to.write} PASSWORD ${escapeLiteral(write)}`, `ALTER ROLE ${to.read} PASSWORD ${escapeLiteral(read)}`,
      'COMMIT',
    ].join('; '))
    return 'claimed'
  } catch (error) {
    await client.query('ROLLBACK')
    if (hasState(error, '23505')) return 'there'
    if (hasState(error, '3D000', '42704', '42P04', 'XX000', '55006', '40P01')) return 'gone'
    throw error
  }
}
