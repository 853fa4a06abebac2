// Makes a data directory of what `keep-version.mjs` has kept, as its version would have left it a moment ago:
// `node restore-version.mjs FOLDER DATA_DIR`.
import { chmod, cp, readFile, readdir } from 'node:fs/promises'
import path from 'node:path'
import { startPostgres } from '@tenantry/embedded'
import pg from 'pg'

const [folder = '', dataDir = ''] = process.argv.slice(2)
const { madeAt } = JSON.parse(await readFile(path.join(folder, 'people.json'), 'utf8'))

await cp(path.join(folder, 'data'), dataDir, { recursive: true })
await chmod(dataDir, 0o700)
for (const name of await readdir(path.join(dataDir, 'secrets'))) await chmod(path.join(dataDir, 'secrets', name), 0o600)

const password = (await readFile(path.join(dataDir, 'secrets/postgres-password'), 'utf8')).trim()
const postgres = await startPostgres({ dataDir: path.join(dataDir, 'postgres'), password, durable: false })

const inDatabase = async (database, work) => {
  const client = new pg.Client({ connectionString: postgres.url(database) })
  await client.connect()
  try {
    await work(client)
  } finally {
    await client.end()
  }
}

// What was to last for days lasts for as many days from now.
const shiftTimes = (schemas) => `DO $$ DECLARE place record; BEGIN
  FOR place IN SELECT table_schema AS s, table_name AS t, column_name AS c FROM information_schema.columns
    WHERE data_type = 'timestamp with time zone' AND table_schema IN (${schemas.map((name) => `'${name}'`).join(', ')}) LOOP
    EXECUTE format('UPDATE %I.%I SET %I = %I + (now() - %L::timestamptz)', place.s, place.t, place.c, place.c, '${madeAt}');
  END LOOP; END $$`

try {
  await inDatabase('postgres', (client) => client.query('CREATE DATABASE tenantry'))
  await inDatabase('tenantry', async (client) => {
    const schemas = (await readdir(folder)).filter((name) => name.endsWith('.sql')).map((name) => name.slice(0, -4))
    for (const schema of schemas) {
      const role = `tenantry_${schema}`
      await client.query(`CREATE ROLE ${role} LOGIN; CREATE SCHEMA ${schema} AUTHORIZATION ${role}; SET ROLE ${role}`)
      await client.query(await readFile(path.join(folder, `${schema}.sql`), 'utf8'))
      await client.query('RESET ROLE')
    }
    await client.query(shiftTimes(schemas))
  })
} finally {
  await postgres.stop()
}
