import pg from 'pg'
import { locked, type Admin } from './admin.js'
import { ownVerifierOf } from './passwords.js'
import { wardenDatabase, wardenRole } from './warden.js'

const { escapeIdentifier, escapeLiteral } = pg

/** Who is a member of it gets in by TLS alone. */
export const tlsOnlyRole = 'tenantry_tls_only'
export const templateDatabase = 'tenantry_template'
const draftTemplate = 'tenantry_template_draft'

/** Extensions that a tenant may make: what they hold runs within the server's own bounds, and can be cancelled. */
const extensions = ['bloom', 'btree_gin', 'btree_gist', 'citext', 'cube', 'dict_int', 'earthdistance', 'fuzzystrmatch', 'hstore', 'intarray', 'isn', 'ltree', 'pg_trgm', 'pgcrypto', 'plpgsql', 'seg',
  'tablefunc', 'tcn', 'tsm_system_rows', 'tsm_system_time', 'unaccent', 'uuid-ossp', 'vector'] as const

const records = `
  CREATE SCHEMA IF NOT EXISTS tenantry;
  REVOKE ALL ON SCHEMA tenantry FROM PUBLIC;
  -- What there is and was of tenants on this server. A row stays when its data is gone, so that nothing brings it to life again.
  CREATE TABLE IF NOT EXISTS tenantry.tenants (
    name text PRIMARY KEY,
    state text NOT NULL CHECK (state IN ('live', 'removed', 'purged')),
    power text NOT NULL DEFAULT 'on' CHECK (power IN ('on', 'off')),
    -- What the gateway's logins were given: one that has another password was given it by a tenant.
    write_verifier text,
    read_verifier text,
    changed_at timestamptz NOT NULL DEFAULT now()
  );`

const template = `
  REVOKE ALL ON SCHEMA public FROM PUBLIC;
  CREATE SCHEMA tenantry_guard;
  CREATE FUNCTION tenantry_guard.check_extensions() RETURNS event_trigger LANGUAGE plpgsql SET search_path = pg_catalog AS $$
    DECLARE made text;
    BEGIN
      FOR made IN SELECT object_identity FROM pg_event_trigger_ddl_commands() WHERE classid = 'pg_extension'::regclass LOOP
        IF NOT trim(both '"' from made) = ANY (ARRAY[${extensions.map((name) => escapeLiteral(name)).join(', ')}]) THEN
          RAISE EXCEPTION 'extension % cannot be had here', made USING ERRCODE = 'insufficient_privilege';
        END IF;
      END LOOP;
    END $$;
  CREATE EVENT TRIGGER tenantry_extensions ON ddl_command_end WHEN TAG IN ('CREATE EXTENSION') EXECUTE FUNCTION tenantry_guard.check_extensions();`

// Servers before 17 have no such trigger: they make no credential that insists on TLS.
const loginTrigger = `
  CREATE FUNCTION tenantry_guard.check_login() RETURNS event_trigger LANGUAGE plpgsql SET search_path = pg_catalog AS $$
    BEGIN
      IF pg_has_role(session_user, '${tlsOnlyRole}', 'member') AND NOT (SELECT rolsuper FROM pg_roles WHERE rolname = session_user)
        AND NOT coalesce((SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()), false) THEN
        RAISE EXCEPTION 'this login must connect by TLS' USING ERRCODE = 'invalid_authorization_specification';
      END IF;
    END $$;
  CREATE EVENT TRIGGER tenantry_login ON login EXECUTE FUNCTION tenantry_guard.check_login();
  ALTER EVENT TRIGGER tenantry_login ENABLE ALWAYS;`

const exists = async (client: pg.Client, database: string): Promise<boolean> =>
  (await client.query('SELECT 1 FROM pg_database WHERE datname = $1', [database])).rowCount === 1

const versionOf = async (client: pg.Client): Promise<number> => {
  const { rows } = await client.query<{ version: number }>('SELECT current_setting(\'server_version_num\')::int AS version')
  return rows[0]?.version ?? 0
}

const ensureTemplate = async (client: pg.Client, admin: Admin): Promise<void> => {
  if (await exists(client, templateDatabase)) return
  await client.query(`DROP DATABASE IF EXISTS ${draftTemplate} WITH (FORCE)`)
  await client.query(`CREATE DATABASE ${draftTemplate} TEMPLATE template0`)
  const version = await versionOf(client)
  await admin.inDatabase(draftTemplate, (inside) => inside.query(version >= 170_000 ? `${template}${loginTrigger}` : template))
  await client.query(`REVOKE ALL ON DATABASE ${draftTemplate} FROM PUBLIC; ALTER DATABASE ${draftTemplate} ALLOW_CONNECTIONS false; ALTER DATABASE ${draftTemplate} RENAME TO ${templateDatabase}`)
}

const ensureWarden = async (client: pg.Client, { server }: Admin): Promise<void> => {
  const verifier = escapeLiteral(await ownVerifierOf(server.secret, wardenRole))
  const { rowCount } = await client.query('SELECT 1 FROM pg_roles WHERE rolname = $1', [wardenRole])
  await client.query(`${rowCount === 0 ? 'CREATE' : 'ALTER'} ROLE ${wardenRole} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS PASSWORD ${verifier};
    GRANT pg_signal_backend, pg_read_all_stats TO ${wardenRole}`)
  if (await versionOf(client) >= 160_000) await client.query(`GRANT pg_use_reserved_connections TO ${wardenRole}`)
  if (!await exists(client, wardenDatabase)) await client.query(`CREATE DATABASE ${wardenDatabase} TEMPLATE template0`)
  await client.query(`REVOKE ALL ON DATABASE ${wardenDatabase} FROM PUBLIC; GRANT CONNECT ON DATABASE ${wardenDatabase} TO ${wardenRole}`)
}

/** Makes a server ready for tenants: no login finds a way into a database that is not its own. Twice is once. */
export const prepareServer = (client: pg.Client, admin: Admin): Promise<void> => locked(client, 'tenantry prepares this server', async () => {
  await client.query(records)
  for (const open of ['postgres', 'template1', client.database ?? 'postgres']) {
    if (await exists(client, open)) await client.query(`REVOKE ALL ON DATABASE ${escapeIdentifier(open)} FROM PUBLIC`)
  }
  if ((await client.query('SELECT 1 FROM pg_roles WHERE rolname = $1', [tlsOnlyRole])).rowCount === 0) await client.query(`CREATE ROLE ${tlsOnlyRole}`)
  await ensureWarden(client, admin)
  await ensureTemplate(client, admin)
})
