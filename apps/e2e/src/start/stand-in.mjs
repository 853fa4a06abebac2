// The whole of `npm start` with four small services in the place of the real ones, so that starting and stopping can be tested alone.
import { setTimeout as delay } from 'node:timers/promises'
import pg from 'pg'
import { runMain } from '@tenantry/service'
import { runSingle, servicePlan } from '@tenantry/single'

const asked = async (url, sql, values = []) => {
  const client = new pg.Client({ connectionString: url })
  client.on('error', () => undefined)
  await client.connect()
  try {
    return (await client.query(sql, values)).rows
  } finally {
    await client.end()
  }
}

const routes = {
  'POST /v2/databases': async (url, body) => asked(url, 'INSERT INTO kept (word) VALUES ($1) RETURNING word', [body]),
  'GET /v2/databases': async (url) => asked(url, 'SELECT word FROM kept ORDER BY word'),
  'GET /v2/users/current': async (url) => asked(url, 'SELECT current_user AS role, current_schema AS schema'),
  'GET /v2/shapes': async () => {
    await delay(1_000)
    return ['slow']
  },
}

const answer = async (env, request, response) => {
  let body = ''
  for await (const chunk of request) body += chunk
  try {
    const route = routes[`${request.method} ${request.url}`]
    response.end(JSON.stringify(route ? await route(env.DATABASE_URL, body) : env.PUBLIC_URL))
  } catch (error) {
    response.writeHead(503).end(error.message)
  }
}

const plan = (name, schema) => servicePlan({
  name,
  ...(schema && { schema }),
  parse: (env) => env,
  migrate: async (env) => { if (schema) await asked(env.DATABASE_URL, 'CREATE TABLE IF NOT EXISTS kept (word text PRIMARY KEY)') },
  create: async (env) => ({
    name,
    handle: (request, response) => void answer(env, request, response),
    ready: async () => ({ ok: true, checks: {} }),
    metrics: async () => `# TYPE stand_in gauge\nstand_in{service="${name}"} 1\n`,
    close: async () => undefined,
  }),
})

const plans = [plan('identity', 'identity'), plan('control-plane', 'control_plane'), plan('provisioner', 'provisioner'), plan('query-gateway')]
runMain(() => runSingle(process.env, plans, (line) => void process.stdout.write(`${line}\n`)))
