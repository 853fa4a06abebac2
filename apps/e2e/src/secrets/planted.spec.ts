import { randomBytes, randomUUID } from 'node:crypto'
import { readFile, readdir } from 'node:fs/promises'
import path from 'node:path'
import { z } from 'zod'
import { type Answer, type Api, type Ask, expectStatus, read, speakTo } from '../story/api.js'
import { becomes, createDatabase, runSql } from '../story/databases.js'
import { type System, clearUp, startSystem, stopSystem } from '../story/system.js'
import { answerIn, sendRaw } from '../tls/raw.js'
import { type Place, dumpOf, filesBelow, leaksOf } from './places.js'

const tokensShown = z.object({ AuthenticationResult: z.object({ IdToken: z.string(), AccessToken: z.string(), RefreshToken: z.string() }) })
const fewest = 50

const secrets = new Map<string, string>()
/** Secrets that a tenant keeps in rows: their own database is where they belong. */
const kept = new Set<string>()
const bootstrapToken = `BOOT${randomBytes(24).toString('hex')}`

/** A new secret of a kind; letters and digits only, so that no encoding changes it. */
const plant = (name: string): string => {
  const secret = `Cnry${randomBytes(20).toString('hex')}Zz9`
  secrets.set(name, secret)
  return secret
}
const note = (name: string, secret: string): string => {
  secrets.set(name, secret)
  return secret
}

let system: System
let api: Api
/** What was answered, but for the answers that are there to show a secret once. */
const answers: Place[] = []
let shows = false

const hear = ({ method, path: where, status, headers, text }: Answer): void => {
  if (!shows) answers.push({ name: `the answer ${status} to ${method} ${where.split('/').slice(0, 3).join('/')}`, content: Buffer.from(`${JSON.stringify(headers)}\n${text}`) })
}

/** Asks for something whose answer shows a secret to the one it belongs to. */
const shown = async <T>(ask: () => Promise<T>): Promise<T> => {
  shows = true
  try {
    return await ask()
  } finally {
    shows = false
  }
}

beforeAll(async () => {
  system = await startSystem({ LOG_LEVEL: 'debug', BOOTSTRAP_TOKEN: bootstrapToken })
  api = speakTo(system.url, hear)
  note('the bootstrap token', bootstrapToken)
  for (const name of await readdir(path.join(system.dataDir, 'secrets'))) note(`the secret ${name}`, (await readFile(path.join(system.dataDir, 'secrets', name), 'utf8')).trim())
}, 60_000)
afterAll(clearUp, 30_000)

const noteTokens = (whose: string, answer: Answer, status: number): z.infer<typeof tokensShown>['AuthenticationResult'] => {
  const { AuthenticationResult: result } = read(tokensShown, status, answer)
  for (const [name, token] of Object.entries(result)) note(`${whose} ${name}`, token)
  for (const [name, token] of Object.entries(result)) if (token.split('.').length === 3) note(`the signature of ${whose} ${name}`, token.split('.')[2] ?? '')
  return result
}

interface Tenant { readonly token: string; readonly userId: string; readonly key: string; readonly databaseId: string }

const firstDay = async (): Promise<Tenant> => {
  const email = `person-${randomUUID()}@example.com`
  const password = plant('the password')
  const person = { email, password, firstname: 'Ada', lastname: 'Byron' }
  const made = await shown(() => api('POST', '/id/signup', { json: person }))
  const { user_id: userId } = read(z.object({ user_id: z.string() }), 201, made)
  noteTokens('the first', made, 201)
  const first = noteTokens('the second', await shown(() => api('POST', '/id', { json: { USERNAME: email, PASSWORD: password } })), 200)
  const renew = (token: string): Promise<Answer> => api('POST', '/id', { json: { REFRESH_TOKEN: token } })
  const second = noteTokens('the renewed', await shown(() => renew(first.RefreshToken)), 200)
  noteTokens('the twice renewed', await shown(() => renew(second.RefreshToken)), 200)
  const { IdToken: token } = noteTokens('the last', await shown(() => api('POST', '/id', { json: { USERNAME: email, PASSWORD: password } })), 200)
  const keys = await shown(() => Promise.all([1, 2].map((number) => api('POST', `/v2/users/${userId}/keys`, { token, json: { description: `key ${number}` } }))))
  const [key, revoked] = keys.map((answer, at) => {
    const shownKey = read(z.object({ id: z.string(), secret: z.string() }), 201, answer)
    note(`API key ${at}`, shownKey.secret)
    note(`the random part of API key ${at}`, shownKey.secret.split('_')[2] ?? '')
    return shownKey
  })
  expectStatus(202, await api('PUT', `/v2/users/${userId}/keys/${revoked?.id}`, { token, json: { status: 'REVOKED' } }))
  await api('GET', '/v2/databases', { key: revoked?.secret ?? '' })
  const databaseId = await createDatabase(api, { token }, 'orders')
  await becomes(api, { token }, databaseId, 'RUNNING')
  await api('POST', '/id', { json: { USERNAME: email, PASSWORD: plant('a wrong password') } })
  await api('POST', '/id', { json: { USERNAME: plant('a password given as the name'), PASSWORD: 'x' } })
  await api('POST', '/id/signup', { json: { ...person, password: plant('a password at a second sign-up') } })
  await api('POST', '/id/signup', { json: { ...person, email: plant('a password given as the address'), password: 'another long password' } })
  await api('POST', '/id/signup', { json: { email: `x${email}`, password: plant('a password that came with too little') } })
  await api('POST', '/id/signup', { json: { ...person, email: `y${email}`, password: `${plant('a password that is too long')}${'x'.repeat(2_000)}` } })
  expectStatus(401, await renew(plant('a refresh token that is none')))
  return { token, userId, key: key?.secret ?? '', databaseId }
}

const statements = async ({ token, key, databaseId }: Tenant): Promise<void> => {
  const inRow = (name: string): string => {
    const secret = plant(name)
    kept.add(name)
    return secret
  }
  const run = (text: string): Promise<Answer> => runSql(api, { token }, databaseId, text)
  expectStatus(200, await run('create table vault (id integer primary key, secret text)'))
  expectStatus(200, await run(`insert into vault values (1, '${inRow('a row')}')`))
  expectStatus(200, await run(`insert into vault values (2, 'postgres://app:${inRow('a connection string in a row')}@db/orders')`))
  await shown(async () => expectStatus(200, await run(`select '${plant('a text in a statement')}' as shown, secret from vault`)))
  expectStatus(200, await runSql(api, { key }, databaseId, `select length('${plant('a text in a statement with a key')}') as n`))
  expectStatus(400, await run(`insert into vault values (1, '${plant('a text in a row that was there')}')`))
  expectStatus(400, await run(`selec '${plant('a text in a broken statement')}'`))
  expectStatus(400, await run(`select 1; select '${plant('a text in a second statement')}'`))
  expectStatus(400, await run(`attach '/tmp/${plant('a path that may not be opened')}' as other`))
  expectStatus(400, await run(`select load_extension('${plant('a library that may not be loaded')}')`))
  expectStatus(400, await run(`create user app password '${plant('a password in a statement')}'`))
  expectStatus(400, await run(`select json('{"${plant('a key in broken JSON')}"')`))
  await run(`select '${plant('a text with NUL')}\u0000'`)
  await run(`-- ${plant('a comment alone')}`)
  expectStatus(422, await run(`with recursive n(i) as (select 1 union all select i + 1 from n) select '${plant('a text in an answer too large')}' || i from n limit 200000`))
  await api('POST', `/v2/databases/${databaseId}/query/sql?plan=true`, { token, text: `select id from vault where id = 1 and secret <> '${plant('a text in a planned statement')}'` })
  const vaulted = { sql: `select id from vault where secret <> '${plant('a statement as JSON')}' and secret <> ?`, params: [plant('a value apart from its statement')] }
  for (const where of ['query/sql', 'query/sql?plan=true', 'sql']) expectStatus(200, await api('POST', `/v2/databases/${databaseId}/${where}`, { token, json: vaulted }))
  await api('POST', `/v2/databases/${databaseId}/query/sql`, { token, json: { sql: 'select ?', params: [[plant('a value that is none')]] } })
  await api('POST', '/sql', { token, text: `select '${plant('a statement that is about no org')}'` })
  await api('POST', `/v2/databases/${randomUUID()}/query/sql`, { token, text: `select '${plant('a text for a database that is not there')}'` })
  await api('POST', `/v2/databases/${databaseId}/query/sql`, { token: 'none', text: `select '${plant('a text of nobody')}'` })
  await api('POST', `/v2/databases/${databaseId}/query/sql`, { token, text: `select '${plant('a text that is too long')}${'x'.repeat(1_100_000)}'` })
}

const oddPlaces = async ({ token, databaseId }: Tenant): Promise<void> => {
  const ask = (method: string, where: string, more: Ask = {}): Promise<Answer> => api(method, where, more)
  const json = ['Content-Type', 'application/json']
  await ask('GET', `/v2/databases/${plant('a path')}`, { token })
  await ask('GET', `/${plant('a path that is not there')}`)
  await ask('GET', `/v2//${plant('a path in two ways')}`)
  await ask('GET', `/v2/databases?token=${plant('a query string')}`, { token })
  await ask('POST', `/id?PASSWORD=${plant('a query string at login')}`, { json: {} })
  await ask('GET', `/v2/databases?next=${plant('a page that is none')}`, { token })
  await ask('GET', `/v2/databases?api_key=${plant('a key in a query string')}`)
  await ask('PATCH', `/v2/databases/${plant('a path with another method')}`, { token })
  for (const name of ['User-Agent', 'Referer', 'Cookie', 'X-Forwarded-For', 'Forwarded', 'X-Anything', 'Idempotency-Key', 'Origin', 'If-None-Match', 'Accept', 'Traceparent']) {
    await ask('GET', '/v2/databases', { token, headers: [name, plant(`the header ${name}`)] })
  }
  await ask('GET', '/v2/databases', { headers: ['Host', `${plant('the header Host')}.example`] })
  await ask('GET', '/v2/databases', { headers: ['Authorization', `Basic ${plant('a basic credential')}`] })
  await ask('GET', '/v2/databases', { headers: ['Authorization', plant('a bare credential')] })
  await ask('GET', '/v2/databases', { token: plant('a token that is none') })
  await ask('GET', '/v2/databases', { key: plant('a key that is none') })
  await ask('GET', '/v2/databases', { token, key: plant('a key beside a token') })
  await ask('GET', '/v2/databases', { headers: ['Authorization', `Bearer ${plant('the first of two credentials')}`, 'Authorization', `Bearer ${plant('the second of two credentials')}`] })
  await ask('POST', '/v2/databases', { token, text: `{"name":"${plant('a broken body')}`, headers: json })
  await ask('POST', '/v2/databases', { token, text: `{"__proto__":{"name":"${plant('a prototype')}"}}`, headers: json })
  await ask('POST', '/v2/databases', { token, text: `[${'['.repeat(50)}"${plant('a deep body')}"`, headers: json })
  await ask('POST', '/v2/databases', { token, text: plant('a body of another type'), headers: ['Content-Type', `text/${plant('a content type')}`] })
  await ask('POST', '/v2/databases', { token, json: { name: '', [plant('the name of a field')]: plant('an unknown field') } })
  await ask('POST', '/v2/databases', { token, json: { name: { password: plant('a field of another kind') } } })
  await ask('POST', '/v2/databases', { token, json: { name: 'orders', database_options: { shape: plant('a shape that is not there') } } })
  await ask('PUT', `/v2/databases/${databaseId}`, { token, json: { name: `${plant('a name that is too long')}${'x'.repeat(400)}` } })
  await ask('POST', '/internal/identity.key.verify', { json: { digest: plant('an internal call') } })
  const port = Number(new URL(system.url).port)
  for (const bytes of [
    `GET /v2/databases HTTP/1.1\r\nHost: x\r\nX-${plant('a header without an end')}`,
    `${plant('a method').slice(0, 40)} / HTTP/1.1\r\nHost: x\r\n\r\n`,
    `POST /id HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\nContent-Length: 10\r\n\r\n${plant('a body with two lengths')}`,
    `POST /id HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n${plant('a chunk that is none')}`,
    `GET / HTTP/1.1\r\nHost: ${plant('a host with a fault')}\u0001\r\n\r\n`,
  ]) answers.push({ name: 'the answer to bytes', content: Buffer.from(answerIn(await sendRaw(port, `${bytes}\r\n\r\n`)).text) })
}

it('shows none of what was entrusted to it in any log, answer, record, event, metric or file', async () => {
  const tenant = await firstDay()
  await statements(tenant)
  await oddPlaces(tenant)
  await api('POST', '/id/logout', { token: tenant.token })
  expect(secrets.size).toBeGreaterThanOrEqual(fewest)

  const admin = /metrics and readiness are at (\S+);/.exec(system.output())?.[1] ?? ''
  const metrics = await (await fetch(`${admin}/metrics`)).text()
  const dump = await dumpOf(system.dataDir)
  const whileRunning = await filesBelow(system.dataDir)
  await stopSystem(system)
  const files = [...whileRunning, ...await filesBelow(system.dataDir)].filter(({ name }) => !name.startsWith(`secrets${path.sep}`))
  const isTenants = ({ name }: Place): boolean => name.startsWith(`tenants${path.sep}`)
  const strays = (await readdir(process.cwd())).filter((name) => /^core(?:\.\d+)?$/.test(name))

  const output = { name: 'the log', content: Buffer.from(system.output()) }
  const everywhere = [output, { name: 'the metrics', content: Buffer.from(metrics) }, ...answers, ...dump, ...files.filter((file) => !isTenants(file))]
  expect(leaksOf(secrets, everywhere)).toEqual([])
  expect(leaksOf(new Map([...secrets].filter(([name]) => !kept.has(name))), files.filter(isTenants))).toEqual([])
  expect(strays).toEqual([])

  // What is looked for would be found: in the log there is the story, in the tenant's file its rows, in the folder of secrets they are.
  expect(output.content.includes('"level":"debug"')).toBe(true)
  expect(dump.some(({ content }) => content.includes('orders'))).toBe(true)
  expect(files.some(({ name }) => name.startsWith(`nats${path.sep}`) && name.endsWith('.blk'))).toBe(true)
  expect(leaksOf(new Map([...secrets].filter(([name]) => kept.has(name))), files.filter(isTenants)).length).toBeGreaterThanOrEqual(kept.size)
  expect(system.output().split('\n').filter((line) => line.startsWith('{')).every((line) => JSON.parse(line) !== null)).toBe(true)
}, 120_000)
