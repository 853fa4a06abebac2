import { type FakeFeaturebase, fakeFeaturebase, freePort, readOpenMetrics } from '@tenantry/testing'
import { type Answer, type Api, expectStatus, speakTo } from '../story/api.js'
import { becomes, createDatabase, getDatabase, listDatabases, rowsOf, runSql } from '../story/databases.js'
import { type Person, signUp } from '../story/people.js'
import { type System, clearUp, makeFolder, startSystem, stopSystem } from '../story/system.js'
import { until } from '../story/until.js'

const shape = 'featurebase-server'
let servers: readonly FakeFeaturebase[]
let folder: string
let port: number
let system: System
let api: Api
let ada: Person

// Undeleting is over at once, so that a server is soon free again.
const env = (): Record<string, string> => ({ FEATUREBASE_SERVERS: servers.map(({ url }, at) => `fb-${at + 1}=${url}`).join(' '), UNDELETE_DAYS: '0', SWEEP_SECONDS: '1', PORT: String(port) })

beforeAll(async () => {
  servers = await Promise.all([fakeFeaturebase(), fakeFeaturebase()])
  folder = await makeFolder()
  port = await freePort()
  system = await startSystem(env(), folder)
  api = speakTo(system.url)
  ada = await signUp(api)
}, 60_000)
afterAll(async () => {
  await clearUp()
  for (const server of servers) await server.close()
}, 30_000)

const made = async (name: string): Promise<string> => {
  const id = await createDatabase(api, ada, name, shape)
  await becomes(api, ada, id, 'RUNNING')
  return id
}
const asked = (id: string, text: string, person = ada): Promise<Answer> => runSql(api, person, id, text)
const pql = (id: string, text: string): Promise<Answer> => api('POST', `/v2/databases/${id}/query/pql`, { token: ada.token, text })
const power = (id: string, what: string): Promise<Answer> => api('PUT', `/v2/databases/${id}/action/${what}`, { token: ada.token })
const isOffered = async (): Promise<unknown> => (JSON.parse((await api('GET', `/v2/shapes/${shape}`, { token: ada.token })).text) as { metadata: { available: boolean } }).metadata.available

describe('databases on FeatureBase servers', () => {
  let first: string
  let second: string

  it('get a server each, keep apart, and are refused in words when there is none left', async () => {
    expect(await isOffered()).toBe(true);
    [first, second] = await Promise.all([made('first'), made('second')])
    for (const [id, value] of [[first, 1], [second, 2]] as const) {
      await rowsOf(api, ada, id, 'create table t (_id id, a int)')
      await rowsOf(api, ada, id, `insert into t (_id, a) values (1, ${value})`)
    }
    expect([await rowsOf(api, ada, first, 'select a from t'), await rowsOf(api, ada, second, 'select a from t')]).toEqual([[[1]], [[2]]])
    const third = await api('POST', '/v2/databases', { token: ada.token, json: { name: 'third', database_options: { shape } } })
    expectStatus(409, third)
    expect(third.text).toContain('all 2 servers belong to other databases')
    expect(await isOffered()).toBe(false)
    expect((await listDatabases(api, ada)).map(({ name }) => name).sort()).toEqual(['first', 'second'])
  }, 60_000)

  it('answer SQL, PQL, the schema and the metrics of their server', async () => {
    for (const { pql: known, sql } of servers) {
      known.set('t Count(All())', { status: 200, text: '{"results":[9223372036854775807]}' })
      sql.set('select b from u', '{"schema":{"fields":[{"name":"b","type":"decimal(2)","base-type":"decimal","type-info":{"scale":2}}]},"data":[[9223372036854775807.10]],"execution-time":12}')
    }
    expect((await asked(first, 'select b from u')).text).toBe('{"schema":{"fields":[{"name":"b","type":"decimal(2)","base-type":"decimal","type-info":{"scale":2}}]},"data":[[9223372036854775807.10]],"exec_time":12,"execution-time":12}')
    expect((await pql(first, '[t]Count(All())')).text).toBe('{"results":[9223372036854775807]}')
    const schema = await api('GET', `/v2/databases/${first}/schema`, { token: ada.token })
    expect((JSON.parse(schema.text) as { indexes: { name: string }[] }).indexes.map(({ name }) => name)).toEqual(['t'])
    const metrics = await api('GET', `/v2/databases/${first}/metrics`, { token: ada.token })
    expectStatus(200, metrics)
    const samples = readOpenMetrics(metrics.text).flatMap((family) => family.samples)
    expect(samples.find(({ name }) => name === 'pilosa_set')).toMatchObject({ labels: { fb_node_id: 'node-7', index: 't' }, value: 3 })
    expect(samples.some(({ name }) => name === 'tenantry_database_queries_total')).toBe(true)
  })

  it('refuse what reads the machine or sends data out, and never show what a server says of itself', async () => {
    for (const text of ['copy t to u with url \'http://127.0.0.1:1\'', 'bulk insert into t (_id, a) map (0 id, 1 int) from \'/etc/passwd\' with format \'CSV\' input \'FILE\'', 'select * from fb_exec_requests', 'nonsense']) {
      expectStatus(400, await asked(first, text))
    }
    expectStatus(404, await pql(first, '[../debug]All()'))
    for (const [kind, status] of [['stack', 503], ['page', 503], ['half', 503], ['reset', 503], ['reset in the middle', 503], ['huge', 422]] as const) {
      for (const server of servers) server.fault = { path: '/sql', kind }
      const answer = await asked(first, 'select a from t')
      for (const server of servers) server.fault = undefined
      expect([kind, answer.status]).toEqual([kind, status])
      expect(answer.text).not.toMatch(/goroutine|html|handler\.go|10\.0\.0/)
    }
    expect(await rowsOf(api, ada, first, 'select a from t')).toEqual([[1]])
  }, 60_000)

  it('are nobody else\'s', async () => {
    expectStatus(404, await asked(first, 'select a from t', await signUp(api)))
  })

  it('stop and start with their data', async () => {
    expectStatus(202, await power(first, 'stop'))
    await becomes(api, ada, first, 'STOPPED')
    expectStatus(409, await asked(first, 'select a from t'))
    expectStatus(202, await power(first, 'start'))
    await becomes(api, ada, first, 'RUNNING')
    expect(await rowsOf(api, ada, first, 'select a from t')).toEqual([[1]])
  }, 60_000)

  it('give their server to the next one, empty, when their data is purged, also when everything is killed while it is made', async () => {
    expectStatus(202, await api('DELETE', `/v2/databases/${first}`, { token: ada.token }))
    await until('its server is free', async () => await isOffered() === true, 20)
    const next = await createDatabase(api, ada, 'next', shape)
    system.single.process.kill('SIGKILL')
    await system.single.ended
    system = await startSystem(env(), folder)
    api = speakTo(system.url)
    await becomes(api, ada, next, 'RUNNING')
    expectStatus(400, await asked(next, 'select a from t'))
    expect(await rowsOf(api, ada, next, 'show tables')).toEqual([])
    expect(await rowsOf(api, ada, second, 'select a from t')).toEqual([[2]])
    expect((await getDatabase(api, ada, second)).database_status).toBe('RUNNING')
    expectStatus(404, await asked(first, 'select a from t'))
    expect(await isOffered()).toBe(false)
  }, 60_000)

  it('wait for a server that is away, and leave the others alone', async () => {
    for (const server of servers) server.fault = { path: '/index', kind: 'stack' }
    expectStatus(503, await asked(second, 'select a from t'))
    for (const server of servers) server.fault = undefined
    expect(await rowsOf(api, ada, second, 'select a from t')).toEqual([[2]])
    const small = await createDatabase(api, ada, 'small')
    await becomes(api, ada, small, 'RUNNING')
    await stopSystem(system)
  }, 60_000)
})
