import { Problem } from '@tenantry/contracts'
import type { CredentialsPort, StoredCredential, Target } from '@tenantry/engines-contract'
import pg from 'pg'
import type { Admin } from './admin.js'
import { type TenantNames, credentialUser, namesOf } from './names.js'
import { tlsOnlyRole } from './prepare-server.js'
import { alone, livingOf, look } from './tenants.js'
import { loginSettings } from './spares.js'

interface Login {
  readonly role: string
  readonly verifier: string | null
}

const newest = 170_000

/** What a credential of each kind is, beside being a login. */
const standing = ({ roles }: TenantNames, { kind }: StoredCredential, role: string): readonly string[] => ({
  // What it makes belongs to the owner that it works as, and not to a login that may go.
  'owner': [`ALTER ROLE ${role} NOINHERIT`, `GRANT ${roles.owner} TO ${role}`, `ALTER ROLE ${role} SET role = ${roles.owner}`],
  'read-write': [`GRANT ${roles.writers} TO ${role}`],
  'read-only': [`GRANT ${roles.readers} TO ${role}`, `ALTER ROLE ${role} SET default_transaction_read_only = on`],
})[kind]

const make = async (client: pg.Client, names: TenantNames, credential: StoredCredential, role: string): Promise<void> => {
  await client.query([
    'BEGIN', `CREATE ROLE ${role} LOGIN CONNECTION LIMIT 20 PASSWORD ${pg.escapeLiteral(credential.verifier)}`,
    ...standing(names, credential, role), ...loginSettings.map((setting) => `ALTER ROLE ${role} SET ${setting}`),
    `GRANT CONNECT ON DATABASE ${names.database} TO ${role}`, ...(credential.tls ? [`GRANT ${tlsOnlyRole} TO ${role}`] : []), 'COMMIT',
  ].join('; '))
}

const endSessions = (client: pg.Client, role: string) => client.query('SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = $1', [role])

/** First nobody gets in any more, then whoever is in goes, and only then what the login leaves behind is put in order. */
const end = async (client: pg.Client, admin: Admin, { database, roles }: TenantNames, role: string): Promise<void> => {
  await client.query(`ALTER ROLE ${role} NOLOGIN`)
  await endSessions(client, role)
  await admin.inDatabase(database, (inside) => inside.query(`REASSIGN OWNED BY ${role} TO ${roles.owner}; DROP OWNED BY ${role}`))
  await client.query(`DROP ROLE IF EXISTS ${role}`)
}

const checkTls = async (client: pg.Client, credentials: readonly StoredCredential[]): Promise<void> => {
  if (!credentials.some(({ tls }) => tls)) return
  const { rows } = await client.query<{ ssl: string; version: number }>('SELECT current_setting(\'ssl\') AS ssl, current_setting(\'server_version_num\')::int AS version')
  if (rows[0]?.ssl === 'on' && rows[0].version >= newest) return
  throw new Problem('InvalidParameter', 'tls: The server of this database cannot insist on TLS; leave tls away.')
}

/** Logins of a tenant's own: the server is brought to what is listed, and what is not listed is no login any more. */
export const credentialsPort = (adminFor: (target: Target) => Admin): CredentialsPort => ({
  settle: (target, credentials, signal) => alone(adminFor, target, signal, async (client, names, admin) => {
    livingOf(await look(client, names))
    const { rows } = await client.query<Login>('SELECT rolname AS role, rolpassword AS verifier FROM pg_authid WHERE starts_with(rolname, $1)', [`${namesOf(target).database}_c`])
    const there = new Map(rows.map(({ role, verifier }) => [role, verifier]))
    const wanted = new Map(credentials.map((credential) => [credentialUser(target, credential.id), credential]))
    await checkTls(client, credentials.filter(({ id }) => !there.has(credentialUser(target, id))))
    for (const role of there.keys()) if (!wanted.has(role)) await end(client, admin, names, role)
    for (const [role, credential] of wanted) {
      if (!there.has(role)) await make(client, names, credential, role)
      else if (there.get(role) !== credential.verifier) {
        await client.query(`ALTER ROLE ${role} LOGIN PASSWORD ${pg.escapeLiteral(credential.verifier)}`)
        await endSessions(client, role)
      }
    }
  }),
})
