import type { Target } from '@tenantry/engines-contract'
import { type Cluster, cluster } from './testing/cluster.js'

let server: Cluster
let target: Target

const run = async (text: string) => {
  const answer = await server.postgres.engine.sql?.run(target, { text, access: 'write', limits: { seconds: 20, answerBytes: 100_000, answerRows: 100 } }, AbortSignal.timeout(60_000))
  if (!answer) throw new Error('The engine speaks SQL.')
  return answer
}

beforeAll(async () => {
  server = await cluster()
  target = server.newTarget()
  await server.postgres.engine.lifecycle.ensure(target, AbortSignal.timeout(60_000))
})
afterAll(() => server.close())

it.each([
  ['9223372036854775807::bigint', '9223372036854775807'], ['12345678901234567890123456789.000100::numeric', '12345678901234567890123456789.000100'], ['\'NaN\'::numeric', '"NaN"'],
  ['\'-Infinity\'::float8', '"-Infinity"'], ['1e-300::float8', '1e-300'], ['0.1::real', '0.1'], ['true', 'true'], ['null::int', 'null'],
  ['\'2026-02-03 04:05:06.000007+02\'::timestamptz', '"2026-02-03T02:05:06.000007Z"'], ['\'2026-02-03 04:05:06\'::timestamp', '"2026-02-03T04:05:06Z"'], ['\'2026-02-03\'::date', '"2026-02-03T00:00:00Z"'],
  ['\'infinity\'::timestamptz', '"infinity"'], ['\'0044-03-15 BC\'::date', '"0044-03-15 BC"'], ['\'12026-02-03\'::date', '"12026-02-03T00:00:00Z"'], ['\'P1DT2H\'::interval', '"P1DT2H"'],
  ['\'\\x00ff10\'::bytea', '"AP8Q"'], ['\'{"a": [1, 2.50]}\'::json', '{"a": [1, 2.50]}'], ['\'{"b":1,"a":9007199254740993}\'::jsonb', '{"a": 9007199254740993, "b": 1}'],
  ['array[1,null,3]', '[1,null,3]'], ['array[[1,2],[3,4]]', '[[1,2],[3,4]]'], ['array[]::text[]', '[]'], ['\'[0:1]={5,6}\'::int[]', '[5,6]'],
  ['array[\'a,b\', \'"\', \'\\\', \'NULL\', \'\', \'{x}\', null]', '["a,b","\\"","\\\\","NULL","","{x}",null]'], ['array[true,false]', '[true,false]'], ['array[\'\\x01\'::bytea]', '["AQ=="]'],
  ['array[\'{"a":"b"}\'::jsonb]', '[{"a": "b"}]'], ['\'5f0c6f3e-3d5b-4a5e-9a45-2f3b6c1d7e8f\'::uuid', '"5f0c6f3e-3d5b-4a5e-9a45-2f3b6c1d7e8f"'], ['row(1,\'x\')', '"(1,x)"'], ['\'10.0.0.0/8\'::cidr', '"10.0.0.0/8"'],
])('writes %s as %s', async (value, json) => {
  const { data } = await run(`select ${value} as v`)
  expect(data.toString()).toBe(`[[${json}]]`)
  expect(() => JSON.parse(data.toString())).not.toThrow()
})

it('names types in FeatureBase’s words and in the server’s own, also those that a tenant has made', async () => {
  await run('create type mood as enum (\'sad\', \'happy\')')
  await run('create domain positive as int check (value > 0)')
  await run('create table typed (a numeric(6,2), b varchar(20), c char(3), d mood, e positive, f text[], g bigint[], h timestamptz, i bool)')
  const fields = JSON.parse((await run('select * from typed')).fields.toString()) as { type: string; 'type-info': { declared: string } | null }[]
  expect(fields.map(({ type, 'type-info': info }) => [type, info?.declared])).toEqual([
    ['decimal', 'numeric(6,2)'], ['string', 'character varying(20)'], ['string', 'character(3)'], ['string', 'mood'], ['int', 'integer'], ['stringset', 'text[]'], ['idset', 'bigint[]'],
    ['timestamp', 'timestamp with time zone'], ['bool', 'boolean'],
  ])
})

it('keeps its ways of writing whatever a statement sets for itself', async () => {
  const { data } = await run('select set_config(\'timezone\', \'Asia/Tokyo\', false), timestamptz \'2026-02-03 00:00:00+00\' where true')
  expect(data.toString()).toMatch(/"2026-02-03T(?:00:00:00Z|09:00:00\+09:00)"/)
  expect((await run('select timestamptz \'2026-02-03 00:00:00+00\'')).data.toString()).toBe('[["2026-02-03T00:00:00Z"]]')
})

it('counts what was changed, and answers what is returned', async () => {
  await run('create table counted (a int)')
  expect((await run('insert into counted select generate_series(1, 5)')).rows).toBe(5)
  const returned = await run('update counted set a = a + 1 where a > 3 returning a')
  expect([returned.rows, returned.data.toString()]).toEqual([2, '[[5],[6]]'])
  expect((await run('delete from counted')).rows).toBe(5)
})

it('does outside of a transaction what can only be done there', async () => {
  await run('create table busy as select generate_series(1, 100) as a')
  for (const text of ['vacuum busy', 'create index concurrently busy_a on busy (a)', 'reindex index concurrently busy_a']) await run(text)
  expect((await run('select count(*) from pg_indexes where indexname = \'busy_a\'')).data.toString()).toBe('[[1]]')
})
