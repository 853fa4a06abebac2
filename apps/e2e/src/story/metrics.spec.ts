import { randomUUID } from 'node:crypto'
import { readOpenMetrics } from '@tenantry/testing'
import { type Answer, type Api, expectStatus, speakTo } from './api.js'
import { becomes, createDatabase, rowsOf, runSql } from './databases.js'
import { type Person, createKey, signUp } from './people.js'
import { clearUp, startSystem } from './system.js'
import { until } from './until.js'

let api: Api
let person: Person
let busy: string
let quiet: string

beforeAll(async () => {
  const system = await startSystem()
  api = speakTo(system.url)
  person = await signUp(api);
  [busy, quiet] = [await createDatabase(api, person, 'busy'), await createDatabase(api, person, 'quiet')]
  for (const id of [busy, quiet]) await becomes(api, person, id, 'RUNNING')
}, 60_000)
afterAll(clearUp, 30_000)

const ask = (id: string): Promise<Answer> => api('GET', `/v2/databases/${id}/metrics`, { token: person.token })

/** What a database says of itself, by the sample's name and what tells it from its like. */
const metricsOf = async (id: string): Promise<Readonly<Record<string, number>>> => {
  const answer = await ask(id)
  expectStatus(200, answer)
  expect(answer.headers['content-type']).toBe('application/openmetrics-text; version=1.0.0; charset=utf-8')
  const samples = readOpenMetrics(answer.text).flatMap((family) => family.samples)
  const nodes = new Set(samples.map(({ labels }) => labels['fb_node_id']))
  expect(nodes.size).toBe(1)
  expect([...nodes][0]).toMatch(/^[0-9a-f-]{36}$/)
  return Object.fromEntries(samples.map(({ name, labels, value }) => [[name.replace('tenantry_database_', ''), labels['le'] ?? labels['code']].filter(Boolean).join(' '), value]))
}

const endless = 'with recursive n(x) as (select 1 union all select x + 1 from n) select count(*) from n'

describe('the metrics of a database', () => {
  it('tell its queries, errors, latencies, rows, bytes and size, and none of another database', async () => {
    const before = await metricsOf(quiet)
    await rowsOf(api, person, busy, 'create table t (a text)')
    await rowsOf(api, person, busy, `insert into t values ('${'x'.repeat(50_000)}')`)
    expect(await rowsOf(api, { key: (await createKey(api, person)).secret }, busy, 'select 1 union select 2 union select 3')).toEqual([[1], [2], [3]])
    expectStatus(400, await runSql(api, person, busy, 'selec 1'))
    const after = await metricsOf(busy)
    expect(after).toMatchObject({ 'queries_total': 3, 'query_errors_total Bad Request': 1, 'query_duration_seconds_count': 3, 'query_duration_seconds_bucket +Inf': 3, 'connections': 0 })
    expect(after['rows_total']).toBeGreaterThanOrEqual(3)
    expect(after['answer_bytes_total']).toBeGreaterThanOrEqual('[[1],[2],[3]]'.length)
    expect(after['query_duration_seconds_sum']).toBeGreaterThan(0)
    expect(after['size_bytes']).toBeGreaterThanOrEqual(50_000)
    expect(await metricsOf(quiet)).toEqual(before)
  })

  it('tell how many queries are at work at this moment', async () => {
    const running = [1, 2].map(() => runSql(api, person, quiet, endless))
    await until('both are at work', async () => (await metricsOf(quiet))['connections'] === 2, 30)
    expectStatus(202, await api('PUT', `/v2/databases/${quiet}/action/stop`, { token: person.token }))
    await Promise.all(running)
    expect((await metricsOf(quiet))['connections']).toBe(0)
  }, 30_000)

  it('are there while the database is stopped, also for a collector with an API key', async () => {
    await becomes(api, person, quiet, 'STOPPED')
    expect((await metricsOf(quiet))['size_bytes']).toBeGreaterThan(0)
    const { secret } = await createKey(api, person)
    expectStatus(200, await api('GET', `/v2/databases/${quiet}/metrics`, { key: secret }))
  })

  it('are nobody else\'s: a stranger is answered as for a database that never was', async () => {
    const stranger = await signUp(api)
    const [theirs, nobodys] = [await api('GET', `/v2/databases/${busy}/metrics`, { token: stranger.token }), await api('GET', `/v2/databases/${randomUUID()}/metrics`, { token: stranger.token })]
    expect([theirs.status, theirs.text]).toEqual([404, nobodys.text])
  })
})
