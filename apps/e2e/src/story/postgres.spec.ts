import { execFile, spawnSync } from 'node:child_process'
import { access, readFile } from 'node:fs/promises'
import path from 'node:path'
import { promisify } from 'node:util'
import pg from 'pg'
import { z } from 'zod'
import { type Api, expectStatus, read, speakTo } from './api.js'
import { becomes, createDatabase, rowsOf, runSql } from './databases.js'
import { type Person, signUp } from './people.js'
import { expectRefusal } from './refusal.js'
import { type System, clearUp, startSystem } from './system.js'
import { until } from './until.js'

let system: System
let api: Api
let person: Person

beforeAll(async () => {
  system = await startSystem()
  api = speakTo(system.url)
  person = await signUp(api)
}, 90_000)
afterAll(clearUp, 60_000)

const made = async (name: string): Promise<string> => {
  const id = await createDatabase(api, person, name, 'postgres-small')
  await becomes(api, person, id, 'RUNNING', 60)
  return id
}

const isThere = (file: string): Promise<boolean> => access(file).then(() => true, () => false)

const answered = async (connectionString: string, text: string): Promise<unknown> => {
  const client = new pg.Client({ connectionString })
  client.on('error', () => undefined)
  await client.connect()
  try {
    return (await client.query<Record<string, unknown>>(text)).rows
  } finally {
    await client.end()
  }
}

it('starts a server for tenants with the first database on it, and answers its SQL in types', async () => {
  const { url } = z.object({ url: z.string() }).parse(JSON.parse(await readFile(path.join(system.dataDir, 'admin.json'), 'utf8')))
  const strangers = await fetch(`${url}/internal/tenants-postgres/start`, { method: 'POST', headers: { authorization: 'Bearer a guess' } })
  expect(strangers.status).toBe(401)
  expect(await isThere(path.join(system.dataDir, 'tenants-postgres'))).toBe(false)
  const id = await made('first')
  expectStatus(200, await runSql(api, person, id, 'create table t (a bigint, b numeric(6,2), c timestamptz, d text[], e jsonb)'))
  expectStatus(200, await runSql(api, person, id, 'insert into t values (9223372036854775807, 1.50, \'2026-01-02 03:04:05.000006+01\', \'{x,"y z"}\', \'{"k":[1]}\')'))
  const answer = await runSql(api, person, id, 'select * from t')
  expectStatus(200, answer)
  expect(answer.text).toContain('[[9223372036854775807,1.50,"2026-01-02T02:04:05.000006Z",["x","y z"],{"k": [1]}]]')
  expect(answer.text).toContain('{"name":"b","type":"decimal","base-type":"decimal","type-info":{"declared":"numeric(6,2)"}}')
  expect(expectRefusal(400, await runSql(api, person, id, 'select * from nowhere'), system.dataDir).message).toContain('nowhere')
})

it('stops, starts, deletes and brings back', async () => {
  const id = await made('second')
  expectStatus(200, await runSql(api, person, id, 'create table t as select 7 as a'))
  expectStatus(202, await api('PUT', `/v2/databases/${id}/action/stop`, { token: person.token }))
  await becomes(api, person, id, 'STOPPED')
  expect((await runSql(api, person, id, 'select 1')).status).toBe(409)
  expectStatus(202, await api('PUT', `/v2/databases/${id}/action/start`, { token: person.token }))
  await becomes(api, person, id, 'RUNNING')
  expectStatus(202, await api('DELETE', `/v2/databases/${id}`, { token: person.token }))
  await becomes(api, person, id, 'DELETED')
  expectStatus(202, await api('POST', `/v2/databases/${id}/action/undelete`, { token: person.token }))
  await becomes(api, person, id, 'RUNNING')
  expect(await rowsOf(api, person, id, 'select a from t')).toEqual([[7]])
})

const login = z.object({ id: z.string(), user: z.string(), password: z.string(), connection_string: z.string(), kind: z.string() })

it('gives logins that any client of Postgres can use, shows their passwords once, and takes them away again', async () => {
  const id = await made('with logins')
  const at = `/v2/databases/${id}/credentials`
  const { token } = person
  expectStatus(200, await runSql(api, person, id, 'create table t as select 1 as a'))
  const owner = read(login, 201, await api('POST', at, { token, json: { name: 'mine', kind: 'owner' } }))
  const reader = read(login, 201, await api('POST', at, { token, json: { kind: 'read-only' } }))
  expect(await answered(owner.connection_string, 'insert into t values (2) returning a')).toEqual([{ a: 2 }])
  expect(await answered(reader.connection_string, 'select a from t order by a')).toEqual([{ a: 1 }, { a: 2 }])
  await expect(answered(reader.connection_string, 'insert into t values (3)')).rejects.toThrow('read-only')
  const listed = await api('GET', at, { token })
  expect(read(z.object({ resources: z.array(z.object({ id: z.string(), name: z.string() })) }), 200, listed).resources.map(({ name }) => name)).toEqual(['mine', ''])
  for (const { password } of [owner, reader]) expect(listed.text + system.output()).not.toContain(password)

  const client = new pg.Client({ connectionString: owner.connection_string })
  client.on('error', () => undefined)
  await client.connect()
  const ended = new Promise((resolve) => client.once('end', resolve))
  const again = read(login, 200, await api('POST', `${at}/${owner.id}/action/reset`, { token }))
  await ended
  await expect(answered(owner.connection_string, 'select 1')).rejects.toThrow('password')
  expect(await answered(again.connection_string, 'select 1 as a')).toEqual([{ a: 1 }])
  expectStatus(204, await api('DELETE', `${at}/${reader.id}`, { token }))
  await expect(answered(reader.connection_string, 'select 1')).rejects.toThrow('password')
  expect((await api('DELETE', `${at}/${reader.id}`, { token })).status).toBe(404)
})

it('sends a new login again under the same Idempotency-Key, and makes it once', async () => {
  const id = await made('sent twice')
  const ask = () => api('POST', `/v2/databases/${id}/credentials`, { token: person.token, json: { kind: 'owner' }, headers: ['Idempotency-Key', 'the-one-login'] })
  const [first, second] = [read(login, 201, await ask()), read(login, 201, await ask())]
  expect(second).toEqual(first)
  expect(await answered(first.connection_string, 'select 1 as a')).toEqual([{ a: 1 }])
})

it('says in words that databases of other engines have no logins', async () => {
  const id = await createDatabase(api, person, 'without logins')
  await becomes(api, person, id, 'RUNNING')
  for (const method of ['GET', 'POST'] as const) {
    const answer = await api(method, `/v2/databases/${id}/credentials`, { token: person.token, ...(method === 'POST' && { json: {} }) })
    expect([answer.status, answer.text]).toEqual([501, expect.stringContaining('have no logins of their own')])
  }
})

const psqlThere = spawnSync('psql', ['--version']).status === 0
;(psqlThere ? it : it.skip)(`lets psql in by the connection string${psqlThere ? '' : ' (there is no psql on this machine)'}`, async () => {
  const id = await made('for psql')
  const { connection_string: at } = read(login, 201, await api('POST', `/v2/databases/${id}/credentials`, { token: person.token, json: { kind: 'owner' } }))
  expect(await promisify(execFile)('psql', [at, '-Atc', 'create table t (a int); insert into t values (7); select a from t'], { timeout: 60_000 })).toMatchObject({ stdout: expect.stringContaining('7') })
})

it('has its databases again after it was killed and started', async () => {
  const id = await made('third')
  expectStatus(200, await runSql(api, person, id, 'create table t as select 5 as a'))
  system.single.process.kill('SIGKILL')
  await system.single.ended
  system = await startSystem({ PORT: new URL(system.url).port }, system.folder)
  api = speakTo(system.url)
  await until('the database answers again', async () => (await runSql(api, person, id, 'select a from t')).status === 200, 30)
  expect(await rowsOf(api, person, id, 'select a from t')).toEqual([[5]])
})
