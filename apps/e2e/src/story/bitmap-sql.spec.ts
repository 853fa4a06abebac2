import { joinOrg } from '../contract/members.js'
import { recordsIn } from '../faults/records.js'
import { Upload } from '../imports/upload.js'
import { type Answer, type Api, expectStatus, speakTo } from './api.js'
import { becomes, createDatabase, runSql } from './databases.js'
import { type Person, signUp } from './people.js'
import { expectRefusal } from './refusal.js'
import { type System, clearUp, startSystem } from './system.js'
import { until } from './until.js'

const megabyte = 1024 * 1024

let system: System
let api: Api
let person: Person
let database: string

beforeAll(async () => {
  system = await startSystem({ IMPORT_SECONDS: '120' })
  api = speakTo(system.url)
  person = await signUp(api)
}, 90_000)
beforeEach(async () => {
  database = await createDatabase(api, person, `sql ${performance.now()}`, 'bitmap-small')
  await becomes(api, person, database, 'RUNNING')
})
afterAll(clearUp, 30_000)

const ask = (text: string, as = person): Promise<Answer> => runSql(api, as, database, text)

const rows = async (text: string): Promise<unknown> => {
  const answer = await ask(text)
  expectStatus(200, answer)
  return (JSON.parse(answer.text) as { readonly data: unknown }).data
}

const refused = async (text: string): Promise<string> => {
  const { message } = expectRefusal(400, await ask(text), system.dataDir)
  return message
}

it('answers as FeatureBase’s cloud does, and refuses with 400 and its words', async () => {
  await rows('create table seg (_id id, n int, d decimal(2), w string); insert into seg values (1, 9007199254740993, 1.5, \'a\')')
  const answer = await ask('select n, d, w, count(*) from seg group by n, d, w')
  expect(answer.text).toMatch(/^\{"schema":\{"fields":\[\{"name":"n","type":"int","base-type":"int","type-info":null\},\{"name":"d","type":"decimal\(2\)","base-type":"decimal","type-info":\{"scale":2\}\}.*"data":\[\[9007199254740993,1\.50,"a",1\]\],.*"exec_time":\d+,"execution-time":\d+\}$/)
  const bad = await ask('select nope from seg')
  expectRefusal(400, bad, system.dataDir)
  expect(JSON.parse(bad.text)).toMatchObject({ code: 'Bad Request', message: '[1:8] column \'nope\' not found', error: '[1:8] column \'nope\' not found' })
})

it('lets ten who alter a table at once each have their column, and one of those who want the same', async () => {
  await rows('create table t (_id id, n int)')
  const apart = await Promise.all(Array.from({ length: 8 }, (_, at) => ask(`alter table t add column c${at} string`)))
  expect(apart.map(({ status }) => status)).toEqual(apart.map(() => 200))
  const same = await Promise.all(Array.from({ length: 8 }, () => ask('alter table t add column same int')))
  expect(same.map(({ status }) => status).sort()).toEqual([200, ...Array.from({ length: 7 }, () => 400)])
  expect((await rows('show columns from t') as unknown[]).length).toBe(11)
}, 30_000)

it('shows nothing of an import to those who ask meanwhile, and takes no statement that writes', async () => {
  await rows('create table seg (_id id, n int, w string); insert into seg values (1, 5, \'a\')')
  const way = { url: system.url, token: person.token, database, table: 'seg' }
  const sending = new Upload(way)
  await sending.send(`_id,n,w\n${Array.from({ length: 20_000 }, (_, at) => `${at + 10},7,b`).join('\n')}\n`)
  await until('the import has begun', async () => (await ask('delete from seg where _id = 99')).status === 503, 30)
  expect(await rows('select n, upper(w), count(*) from seg group by n, upper(w)')).toEqual([[5, 'A', 1]])
  expect(await rows('select count(*) from seg where n > 0')).toEqual([[1]])
  expect((await sending.end()).body).toMatchObject({ imported: 20_000 })
  expect(await rows('select n, upper(w), count(*) from seg group by n, upper(w)')).toEqual([[5, 'A', 1], [7, 'B', 20_000]])
}, 60_000)

it('reads what is large and refuses what is too large, nests too deeply or joins without an end', async () => {
  await rows('create table t (_id id, s stringset, n int)')
  const members = Array.from({ length: 10_000 }, (_, at) => `'m${at}'`).join(',')
  await rows(`insert into t values (1, [${members}], 1)`)
  expect(await rows('select count(*) from t where setcontains(s, \'m9999\')')).toEqual([[1]])
  const many = `select count(*) from t where n in (${Array.from({ length: 100_000 }, (_, at) => at).join(',')})`
  expect(await rows(many)).toEqual([[1]])
  expectRefusal(413, await ask('select 1'.padEnd(megabyte + 1)), system.dataDir)
  expect(await refused(`select ${'('.repeat(5_000)}1${')'.repeat(5_000)}`)).toMatch(/./)
  expect(await refused(`select ${Array.from({ length: 3_000 }, () => '1').join('+')}`)).toMatch(/./)
  await rows(`insert into t (_id, n) values ${Array.from({ length: 6_000 }, (_, at) => `(${at}, ${at % 5})`).join(',')}`)
  expect(await refused('select count(*) from t a, t b where a.n <= b.n')).toContain('pairs of rows')
  expect(await rows('select count(*) from t')).toEqual([[6_000]])
}, 60_000)

it('is read by whoever may read, and changed by whoever may write', async () => {
  await rows('create table t (_id id, n int); insert into t values (1, 2)')
  const reader = await joinOrg(api, recordsIn(system.dataDir), person.orgId, 'viewer')
  for (const text of ['insert into t values (2, 3)', 'drop table t', 'select 1; delete from t', 'create view v as select n from t', 'bulk insert into t (_id, n) map (0 id, 1 int) from x\'5,5\' with format \'CSV\' input \'STREAM\'']) expectRefusal(403, await ask(text, reader), system.dataDir)
  expect(JSON.parse((await ask('select n from t', reader)).text)).toMatchObject({ data: [[2]] })
  expect(await rows('select count(*) from t')).toEqual([[1]])
})
