// Runs Postgres and NATS in a folder until it is told to stop, and prints one line that says where they are. Each service gets a
// schema and a role of its own, as an operator would give it.
import { randomBytes } from 'node:crypto'
import path from 'node:path'
import { startNats, startPostgres } from '@tenantry/embedded'
import pg from 'pg'

const [folder = '', ...schemas] = process.argv.slice(2)
const secret = () => randomBytes(24).toString('base64url')

const makeRoles = async (postgres) => {
  const client = new pg.Client({ connectionString: postgres.url('postgres'), connectionTimeoutMillis: 10_000, statement_timeout: 10_000 })
  await client.connect()
  try {
    const urls = {}
    for (const schema of schemas) {
      const password = secret()
      await client.query(`CREATE ROLE story_${schema} LOGIN PASSWORD '${password}'; CREATE SCHEMA ${schema} AUTHORIZATION story_${schema}`)
      urls[schema] = postgres.url('postgres', `story_${schema}`, password)
    }
    return urls
  } finally {
    await client.end()
  }
}

const token = secret()
const started = await Promise.allSettled([
  startPostgres({ dataDir: path.join(folder, 'postgres'), password: secret(), durable: true }),
  startNats({ storeDir: path.join(folder, 'nats'), token }),
])
const stop = async (code) => {
  await Promise.allSettled(started.map((server) => server.value?.stop()))
  process.exit(code)
}
process.once('SIGTERM', () => void stop(0))
try {
  const [postgres, nats] = started.map(({ value, reason }) => { if (reason) throw reason; return value })
  process.stdout.write(`${JSON.stringify({ urls: await makeRoles(postgres), nats: nats.url, token })}\n`)
} catch (error) {
  process.stderr.write(`${error.stack}\n`)
  await stop(1)
}
