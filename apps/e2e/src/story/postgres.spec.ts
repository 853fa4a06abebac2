import { access } from 'node:fs/promises'
import path from 'node:path'
import { type Api, expectStatus, speakTo } from './api.js'
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

it('starts a server for tenants with the first database on it, and answers its SQL in types', async () => {
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
