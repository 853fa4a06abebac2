import { randomUUID } from 'node:crypto'
import { TenantryError, createDatabase, createTenantry, dataOf, getDatabase, listDatabases } from '@tenantry/client'
import { type MachineClock, startMachineClock } from '@tenantry/testing'
import { speakTo } from './api.js'
import { listenTo } from './ears.js'
import { signUp } from './people.js'
import { tellStory } from './story.js'
import { type System, clearUp, startSystem, stopSystem } from './system.js'
import { until } from './until.js'

let clock: MachineClock
beforeAll(async () => { clock = await startMachineClock() })
afterAll(() => clock.stop())

let system: System

beforeAll(async () => { system = await startSystem() }, 60_000)
afterAll(clearUp, 30_000)

it('tells the whole story of a first day in one process, and again at the same time by several people', async () => {
  await tellStory(clock, system.url)
  await Promise.all([tellStory(clock, system.url), tellStory(clock, system.url), tellStory(clock, system.url)])
}, 120_000)

it('is as good through the generated client', async () => {
  const tenantry = createTenantry({ baseUrl: system.url })
  const { client } = tenantry
  const email = `person-${randomUUID()}@example.com`
  const { orgId } = await tenantry.signUp({ email, password: `a long password ${randomUUID()}`, firstname: 'Ada', lastname: 'Byron' })
  const { id, org_id } = dataOf(await createDatabase({ client, body: { name: 'orders', database_options: { shape: 'sqlite-small' } } }))
  expect(org_id).toBe(orgId)
  const statusOf = async (): Promise<string> => dataOf(await getDatabase({ client, path: { database_id: id } })).database_status
  await until('the database is RUNNING', async () => await statusOf() === 'RUNNING', 20)
  expect((await tenantry.query(id, 'select 9007199254740993 as big')).data).toEqual([[9007199254740993n]])
  await expect(tenantry.query(id, 'selec 1')).rejects.toMatchObject({ status: 400, code: 'Bad Request' })
  await tenantry.logOut()
  await expect((async () => dataOf(await listDatabases({ client })))()).rejects.toThrow(TenantryError)
}, 30_000)

it('has written no error and no secret to its log, stops when it is told to, and ends streams in peace', async () => {
  expect(system.output()).not.toMatch(/"level":"(?:error|fatal)"/)
  expect(system.output()).not.toMatch(/a long password|tnt_[0-9a-f]{8}_\w{32}|eyJ[\w-]{20,}/)
  const ears = await listenTo(system.url, '/v2/events', (await signUp(speakTo(system.url))).token)
  await stopSystem(system)
  expect([ears.state(), ears.text()]).toEqual(['ended', expect.stringMatching(/^retry: 1000\nid: 0\n\n[^]*retry: \d+\n\n$/)])
}, 30_000)
