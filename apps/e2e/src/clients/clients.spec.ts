import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { type Api, speakTo } from '../story/api.js'
import { runPql } from '../story/bitmaps.js'
import { becomes, createDatabase, rowsOf } from '../story/databases.js'
import { type Person, createKey, signUp } from '../story/people.js'
import { type System, apps, clearUp, startSystem } from '../story/system.js'
import { askByPython, goRequest, isHere, outputOf, sendOverTls } from './programs.js'

let system: System
let api: Api
let ada: Person
let key: string
let database: string
let cafile: string
let ca: string
let host: string
let port: number

beforeAll(async () => {
  system = await startSystem({ TLS: 'auto' })
  cafile = /Clients must trust (\S+)\.$/m.exec(system.output())?.[1] ?? ''
  ca = await readFile(cafile, 'utf8')
  host = new URL(system.url).host
  port = Number(new URL(system.url).port)
  api = speakTo(system.url, undefined, ca)
  ada = await signUp(api)
  key = (await createKey(api, ada)).secret
  database = await createDatabase(api, ada, 'orders')
  await becomes(api, ada, database, 'RUNNING')
  await rowsOf(api, ada, database, 'create table orders (id integer primary key, item text)')
}, 90_000)
afterAll(clearUp, 30_000)

const named = (what: string, ...programs: readonly string[]): typeof it => programs.every(isHere) ? it : ((name: string) => it.skip(`${name}: ${what}`, () => undefined)) as typeof it // skipped where a program is not installed

const withPython = named('there is no python3 here', 'python3')

describe('the Python client', () => {

  withPython('works with a key and the authority\'s file, told of a host with the version or without', async () => {
    for (const hostport of [`${host}/v2`, host]) {
      const [changed, read, refused] = await askByPython({ hostport, database, apikey: key, cafile, statements: [
        'insert or replace into orders values (1, \'Ærø "chair"\')', 'select id, item, 9223372036854775807 as big from orders', 'selec 1',
      ] })
      expect(changed).toMatchObject({ code: 200, body: { schema: { fields: [] }, data: [], 'rows-affected': 1, 'execution-time': expect.any(Number) } })
      expect(read?.body).toMatchObject({ schema: { fields: [{ name: 'id' }, { name: 'item' }, { name: 'big' }] }, exec_time: expect.any(Number), 'execution-time': expect.any(Number) })
      expect(JSON.stringify(read?.body?.['data'])).toContain('Ærø \\"chair\\"')
      for (const silent of ['error', 'warnings', 'query-plan']) expect(read?.body).not.toHaveProperty(silent)
      expect(refused).toEqual({ code: 400, reason: 'Bad Request' })
    }
  }, 60_000)

  withPython('gets the answers of many statements at a time, each its own', async () => {
    const statements = Array.from({ length: 24 }, (_, n) => `select ${n} as n`)
    const results = await askByPython({ hostport: `${host}/v2`, database, apikey: key, cafile, asynchronous: true, statements })
    expect(results.map(({ body }) => body?.['data'])).toEqual(statements.map((_, n) => [[n]]))
  }, 60_000)

  withPython('without a database sees those of the org, and is refused with a wrong key or without trust', async () => {
    const [shown] = await askByPython({ hostport: host, apikey: key, cafile, statements: ['SHOW DATABASES;'] })
    expect(shown?.body?.['data']).toEqual([[database, 'orders', ada.userId, ada.userId, expect.stringMatching(/Z$/), expect.stringMatching(/Z$/), null, '']])
    expect(await askByPython({ hostport: host, database, apikey: `${key}x`, cafile, statements: ['select 1'] })).toEqual([{ code: 401, reason: 'Unauthorized' }])
    expect(await askByPython({ hostport: host, database, apikey: key, statements: ['select 1'] })).toEqual([{ code: 500, reason: expect.stringContaining('CERTIFICATE_VERIFY_FAILED') }])
  }, 60_000)
})

describe('fbsql', () => {
  const ask = (method: string, where: string, headers: Readonly<Record<string, string>> = {}, body?: string) => sendOverTls(port, ca, goRequest(method, where, host, headers, body))
  const text = (): Readonly<Record<string, string>> => ({ 'Content-Type': 'text/plain', 'Authorization': ada.token })

  it('takes this for a cloud, to which it shows a credential, and for no server of its own', async () => {
    expect((await ask('GET', '/health')).status).toBe(200)
    expect([(await ask('GET', '/status')).status, (await ask('GET', '/queryer/health')).status]).toEqual([404, 404])
  })

  it('finds a database by its name and asks it, with a bare token and bodies whose length it does not say', async () => {
    for (const version of ['', '/v2']) {
      const shown = await ask('POST', `${version}/sql`, text(), 'SHOW DATABASES')
      const { schema, data } = JSON.parse(bodyOf(shown)) as { schema: { fields: { name: string; type: string }[] }; data: string[][] }
      expect(schema.fields.map(({ name, type }) => `${name} ${type}`)).toEqual([
        '_id string', 'name string', 'owner string', 'updated_by string', 'created_at timestamp', 'updated_at timestamp', 'units int', 'description string',
      ])
      const [id] = data.find(([, name]) => name === 'orders') ?? []
      const answer = await ask('POST', `${version}/databases/${id}/sql`, text(), 'select 5 as five;')
      expect([answer.status, (JSON.parse(bodyOf(answer)) as { data: unknown }).data]).toEqual([200, [[5]]])
      expect((await ask('POST', `${version}/databases/${id}/sql`, text(), 'selec')).status).toBe(400)
    }
  })

  it('may call SQL JSON, as it does towards servers of its own', async () => {
    const answer = await ask('POST', `/databases/${database}/sql`, { ...text(), 'Content-Type': 'application/json' }, 'select 6 as six')
    expect([answer.status, (JSON.parse(bodyOf(answer)) as { data: unknown }).data]).toEqual([200, [[6]]])
  })

  it('is told where a statement belongs that is about no org', async () => {
    const answer = await ask('POST', '/sql', text(), 'select 1')
    expect([answer.status, JSON.parse(bodyOf(answer))]).toEqual([400, {
      code: 'Bad Request', message: expect.stringContaining('/v2/databases/{database_id}/query/sql'), error: expect.stringContaining('SHOW DATABASES'),
    }])
  })
})

describe('npx tenantry sample', () => {
  const program = path.resolve(apps, '../tools/tenantry.mjs')
  const sample = (...args: readonly string[]): Promise<string> =>
    outputOf(process.execPath, [program, 'sample', '--url', system.url, ...args], '', { ...process.env, TENANTRY_TOKEN: key, NODE_EXTRA_CA_CERTS: cafile })

  it('makes the same tables everywhere, with a value of every type, and nothing more when it is run again', async () => {
    for (let time = 0; time < 2; time += 1) {
      const said = await sample('--rows', '1000')
      const id = /\(([\da-f-]{36})\) has 1000 customers in 12 cities/.exec(said)?.[1] ?? ''
      expect(said).toContain(`/v2/databases/${id}/query/pql`)
      const [count, balance, ...others] = await runPql(api, ada, id, `[customers]Count(All())Sum(field=balance)${[
        'Row(segment=3)', 'Row(interests="chess")', 'Row(coupons=120)', 'Row(visited="/shop", from="2024-03-01", to="2024-04-01")', 'Row(bought=7)', 'Row(age > 60)', 'Row(joined > "2024-06-01T00:00:00Z")', 'Row(active=true)',
      ].map((row) => `Count(${row})`).join('')}`) as [number, unknown, ...number[]]
      expect(count).toBe(1000)
      expect([balance, others]).toEqual([expect.objectContaining({ decimalValue: 3_114_774.7, count: 1000 }), [135, 155, 27, 26, 4, 405, 581, 694]])
      expect(await runPql(api, ada, id, '[cities]Count(Row(country="Norway"))Count(All())')).toEqual([1, 12])
    }
  }, 60_000)

  withPython('answers the Python client in SQL what it prints, with warnings where there are any', async () => {
    const said = await sample('--rows', '1000')
    const statements = [...said.matchAll(/query\/sql -H .* -d '(.*)'$/gm)].map(([, text = '']) => text.replaceAll('\'\\\'\'', '\''))
    expect(statements.length).toBe(3)
    const id = /\(([\da-f-]{36})\)/.exec(said)?.[1] ?? ''
    const [groups, top, joined, refused] = await askByPython({ hostport: `${host}/v2`, database: id, apikey: key, cafile, statements: [...statements, 'select nothing from customers'] })
    expect(groups?.body).toMatchObject({ schema: { fields: [{ type: 'id' }, { type: 'int' }, { type: 'decimal(2)', 'type-info': { scale: 2 } }] }, 'execution-time': expect.any(Number) })
    expect((groups?.body?.['data'] as unknown[][]).map(([, count]) => count).reduce((sum: number, count) => sum + Number(count), 0)).toBe(1000)
    expect(groups?.body).not.toHaveProperty('warnings')
    expect(top?.body?.['data']).toHaveLength(10)
    expect(joined?.body).toMatchObject({ warnings: [expect.stringContaining('JOINS are experimental')] })
    expect(refused).toEqual({ code: 400, reason: 'Bad Request' })
  }, 60_000)

  it('is asked with values apart from the statement, in FeatureBase\'s SQL as well', async () => {
    const id = /\(([\da-f-]{36})\)/.exec(await sample('--rows', '1000'))?.[1] ?? ''
    const ask = async (sql: string, params: string) => JSON.parse((await api('POST', `/v2/databases/${id}/query/sql?plan=true`, { key, text: `{"sql":${JSON.stringify(sql)},"params":${params}}`, headers: ['Content-Type', 'application/json'] })).text) as Record<string, unknown>
    expect(await ask('select count(*) from customers where segment = ? and active = ?', '[3,true]')).toMatchObject({ data: [[expect.any(Number)]], 'query-plan': { _op: expect.any(String) } })
    expect(await ask('select count(*) from customers where name = ?', '["O\'Hara"]')).toMatchObject({ data: [[0]] })
    expect(await ask('select count(*) from customers where age > ?', '["old"]')).toMatchObject({ code: 'Bad Request', error: expect.stringContaining('incompatible with type \'string\'') })
    expect(await ask('select count(*) from customers where age > ?', '[]')).toMatchObject({ code: 'Bad Request' })
    const whole = await api('POST', `/v2/databases/${id}/query/sql`, { key, text: '{"sql":"select ? as whole","params":[9223372036854775807]}', headers: ['Content-Type', 'application/json'] })
    expect(whole.text).toContain('"data":[[9223372036854775807]]')
  }, 60_000)

  it('says what is wrong with what it was told', async () => {
    await expect(sample('--rows', 'many')).rejects.toThrow(/--rows is 1 to 1000000/)
    await expect(outputOf(process.execPath, [program, 'sample'], '', { TENANTRY_TOKEN: '' })).rejects.toThrow(/TENANTRY_TOKEN is missing/)
    await expect(outputOf(process.execPath, [program, 'sample', '--url', system.url], '', { TENANTRY_TOKEN: 'x', NODE_EXTRA_CA_CERTS: cafile })).rejects.toThrow(/401/)
    await expect(outputOf(process.execPath, [program, 'sample', '--url', system.url], '', { TENANTRY_TOKEN: key })).rejects.toThrow(/NODE_EXTRA_CA_CERTS/)
  }, 60_000)
})

/** The JSON of a body that may have come in chunks. */
const bodyOf = ({ text }: { readonly text: string }): string => text.slice(text.indexOf('{'), text.lastIndexOf('}') + 1)

it('makes a database that speaks FeatureBase\'s SQL for whoever names no shape', async () => {
  const made = JSON.parse((await api('POST', '/v2/databases', { key, json: { name: 'of no shape' } })).text) as { id: string }
  await becomes(api, ada, made.id, 'RUNNING')
  await rowsOf(api, { key }, made.id, 'create table skills (_id id, bools stringset, level int min 0 max 10)')
  await rowsOf(api, { key }, made.id, 'insert into skills values (1, [\'available_for_hire\'], 7)')
  expect(await rowsOf(api, { key }, made.id, 'select _id, bools, level from skills where setcontains(bools, \'available_for_hire\')')).toEqual([[1, ['available_for_hire'], 7]])
}, 60_000)

describe('a shell', () => {
  const withCurl = named('there is no curl here', 'curl')
  const curl = async (...args: readonly string[]): Promise<string> => await outputOf('curl', ['--silent', '--show-error', '--fail', '--cacert', cafile, ...args])

  withCurl('runs the commands of the original document with another host', async () => {
    const bearer = ['--header', `Authorization: Bearer ${ada.token}`]
    const login = await curl('--location', '--request', 'POST', system.url, '--header', 'Content-Type: application/json', '--data-raw', JSON.stringify({ USERNAME: ada.email, PASSWORD: ada.password }))
    expect(JSON.parse(login)).toMatchObject({ AuthenticationResult: { IdToken: expect.any(String), TokenType: 'Bearer', ExpiresIn: 3600 } })
    const deployments = await curl('--location', '--request', 'POST', `${system.url}/v1/deployments/`, ...bearer, '--header', 'Content-Type: application/json')
    expect(JSON.parse(deployments)).toMatchObject({ resources: expect.arrayContaining([expect.objectContaining({ id: database })]) })
    expect(JSON.parse(await curl('--location', '--request', 'GET', `${system.url}/v2/databases`, '--header', `X-API-Key: ${key}`))).toMatchObject({ resources: expect.arrayContaining([expect.objectContaining({ id: database })]) })
    for (const where of ['/v2/databases', `/v2/databases/${database}`, `/v2/databases/${database}/backups`, '/v2/invites', '/v2/users', '/v2/users/current', `/v2/users/${ada.userId}`,
      `/v2/users/${ada.userId}/keys`, `/v2/orgs/${ada.orgId}/keys`, `/v2/orgs/${ada.orgId}`, '/v2/shapes', '/v2/roles']) {
      expect(JSON.parse(await curl('--location', '--request', 'GET', `${system.url}${where}`, ...bearer))).toEqual(expect.any(Object))
    }
    expect(await curl('--location', '--request', 'GET', `${system.url}/databases/${database}/metrics`, ...bearer)).toContain('fb_node_id')
    const rows = await curl('--location', '--request', 'POST', `${system.url}/v2/databases/${database}/query/sql?plan=true`, ...bearer, '--header', 'Content-Type: text/plain', '--data', 'select count(*) from orders')
    expect(JSON.parse(rows)).toMatchObject({ data: [[expect.any(Number)]], 'query-plan': expect.any(Object) })
    const valued = await curl('--location', `${system.url}/v2/databases/${database}/query/sql`, '--header', `X-API-Key: ${key}`, '--header', 'Content-Type: application/json', '--data-raw', '{"sql":"select ? as big, ? as text","params":[9223372036854775807,"O\'Hara"]}')
    expect(valued).toContain('"data":[[9223372036854775807,"O\'Hara"]]')
  }, 90_000)
})
