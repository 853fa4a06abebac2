// Runs Postgres and NATS in a folder until it is told to stop, and prints one line that says where they are. Each service gets a
// schema and a role of its own, as an operator would give it. A server that dies is started again, at the place it had. Lines on
// standard input ("stop nats", "start nats", "wipe nats") are answered with the same line once they are done.
import { randomBytes } from 'node:crypto'
import { rm } from 'node:fs/promises'
import path from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as delay } from 'node:timers/promises'
import { startNats, startPostgres } from '@tenantry/embedded'
import pg from 'pg'

const [folder = '', ...schemas] = process.argv.slice(2)
const secret = () => randomBytes(24).toString('base64url')
const password = secret()
const token = secret()
const complain = (error) => process.stderr.write(`${error?.stack ?? error}\n`)

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

/** A server that is wished to run, or not to, and comes back when it dies. */
const kept = (start) => {
  let wished = true
  let now
  let place = {}
  const up = async () => {
    now = await start(place)
    place = { port: now.port, exactPort: true }
    void now.exited.then(async () => {
      for (now = undefined; wished && now === undefined;) {
        await up().catch(complain)
        await delay(20)
      }
    })
    return now
  }
  const stop = async () => {
    wished = false
    await now?.stop()
  }
  return { up, stop, start: async () => { wished = true; if (now === undefined) await up() } }
}

const natsDir = path.join(folder, 'nats')
const servers = {
  postgres: kept((place) => startPostgres({ dataDir: path.join(folder, 'postgres'), password, durable: true, ...place })),
  nats: kept((place) => startNats({ storeDir: natsDir, token, ...place })),
}
const orders = {
  stop: (server) => server.stop(),
  start: (server) => server.start(),
  wipe: async (server) => {
    await server.stop()
    await rm(path.join(natsDir, 'streams'), { recursive: true, force: true })
    await server.start()
  },
}
const obey = async (line) => {
  const [order, name] = line.split(' ')
  await orders[order](servers[name])
  process.stdout.write(`${line}\n`)
}

const started = await Promise.allSettled([servers.postgres.up(), servers.nats.up()])
const stop = async (code) => {
  await Promise.allSettled(Object.values(servers).map((server) => server.stop()))
  process.exit(code)
}
process.once('SIGTERM', () => void stop(0))
createInterface({ input: process.stdin }).on('line', (line) => void obey(line).catch(complain))
try {
  const [postgres, nats] = started.map(({ value, reason }) => { if (reason) throw reason; return value })
  process.stdout.write(`${JSON.stringify({ urls: await makeRoles(postgres), nats: nats.url, token })}\n`)
} catch (error) {
  complain(error)
  await stop(1)
}
