// Runs SQL on the records in a data directory that nobody uses now, and prints the rows of the last statement:
// `node in-records.mjs DATA_DIR SQL`.
import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { startPostgres } from '@tenantry/embedded'
import pg from 'pg'

const [dataDir = '', sql = ''] = process.argv.slice(2)
const password = (await readFile(path.join(dataDir, 'secrets/postgres-password'), 'utf8')).trim()
const postgres = await startPostgres({ dataDir: path.join(dataDir, 'postgres'), password, durable: false })
const client = new pg.Client({ connectionString: postgres.url('tenantry') })
try {
  await client.connect()
  const { rows } = [await client.query(sql)].flat().at(-1)
  process.stdout.write(JSON.stringify(rows))
} finally {
  await client.end()
  await postgres.stop()
}
