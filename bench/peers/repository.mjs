// The list of 50 databases as the control plane's repository reads it, and the same statement by pg alone, in turns. Prints the ratio
// of their processor time as one line.
import { controlPlaneSource, schema } from '../../apps/control-plane/dist/source.js'
import { DatabasesRepository } from '../../apps/control-plane/dist/databases/databases.repository.js'
import { newId } from '@tenantry/contracts'
import { migrate } from '@tenantry/persistence'
import { testDatabase } from '@tenantry/testing'
import pg from 'pg'
import { startInfra } from '../../tools/jest/infra.mjs'
import { median } from '../numbers.mjs'

const listed = 50
const times = 300
const rounds = 15

const micros = async (work) => {
  const before = process.cpuUsage()
  for (let n = 0; n < times; n += 1) await work()
  const { user, system } = process.cpuUsage(before)
  return (user + system) / times
}

const infra = await startInfra()
process.env.TEST_POSTGRES_URL = infra.postgresUrl
try {
  const database = await testDatabase(schema)
  const source = await controlPlaneSource({ databaseUrl: database.url, poolSize: 2 }).initialize()
  await migrate(source, schema)
  const [org, by] = [newId(), newId()]
  await source.query(`INSERT INTO orgs (id, name, tech_email, billing_email, databases_max, updated_by) VALUES ($1, 'x', 'x', 'x', 100, $2)`, [org, by])
  const repository = new DatabasesRepository(source)
  for (let n = 0; n < listed; n += 1) {
    await source.transaction((tx) => repository.insert(tx, {
      id: newId(), orgId: org, name: `database ${n}`, options: { shape: 'sqlite-small' }, shape: 'sqlite-small', engine: 'sqlite', node: 'local', storageBytes: 1_000_000, state: 'RUNNING',
      createdBy: by, ownedBy: by, updatedBy: by,
    }))
  }
  // What the repository asks is listened to once, so that both ask the same.
  const asked = []
  const query = source.query.bind(source)
  source.query = (...given) => { asked.push(given); return query(...given) }
  await repository.list(org, { limit: listed })
  delete source.query
  const [statement, values] = asked[0]
  const pool = new pg.Pool({ connectionString: database.url, max: 2 })
  const ways = { repository: () => repository.list(org, { limit: listed }), raw: () => pool.query(statement, values) }
  for (const name of Object.keys(ways)) await micros(ways[name])
  const seen = []
  for (let round = 0; round < rounds; round += 1) {
    const one = {}
    for (const name of round % 2 === 0 ? ['repository', 'raw'] : ['raw', 'repository']) one[name] = await micros(ways[name])
    seen.push(one)
  }
  process.stdout.write(`${JSON.stringify({
    ratio: median(seen.map((one) => one.repository / one.raw)), repository: median(seen.map((one) => one.repository)), raw: median(seen.map((one) => one.raw)),
  })}\n`)
  await pool.end()
  await source.destroy()
  await database.drop()
} finally {
  await infra.stop()
}
