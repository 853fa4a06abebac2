import { setTimeout as delay } from 'node:timers/promises'
import { type MachineClock, startMachineClock, tracesIn } from '@tenantry/testing'
import { joinOrg } from '../contract/members.js'
import { type AskRecords, recordsIn } from '../faults/records.js'
import { type Answer, type Api, expectStatus, speakTo } from '../story/api.js'
import { becomes, createDatabase, rowsOf } from '../story/databases.js'
import { type Person, createKey, logIn, signUp } from '../story/people.js'
import { type System, clearUp, startSystem, stopSystem } from '../story/system.js'
import { until } from '../story/until.js'

const endless = 'with recursive n(x) as (select 1 union all select x + 1 from n) select count(*) from n'
/** What is promised is a second by the machine's own clock; the rest is for its memory and its disk. */
const promisedMs = 1_000
const busyMs = 1_500

let clock: MachineClock
beforeAll(async () => { clock = await startMachineClock() })
afterAll(() => clock.stop())

let system: System
let api: Api
let records: AskRecords
let owner: Person
let database: string

beforeAll(async () => {
  system = await startSystem({ QUERY_TIMEOUT_SECONDS: '60', SIGNUPS_PER_HOUR: '100000' })
  api = speakTo(system.url)
  records = recordsIn(system.dataDir)
  owner = await signUp(api)
  database = await createDatabase(api, owner, 'shared')
  await becomes(api, owner, database, 'RUNNING')
}, 90_000)
afterAll(clearUp, 30_000)

const leave = ({ token, password }: Person): Promise<Answer> => api('POST', '/id/account/delete', { token, json: { PASSWORD: password } })
/** Every row of the services that know people in which the text stands. */
const traces = async (text: string): Promise<string[]> => {
  const found = await Promise.all((['identity', 'control_plane', 'provisioner'] as const).map((schema) => tracesIn((sql) => records(schema, sql), schema, [text])))
  return found.flat()
}

it('ends everything of a person within a second, leaves no trace of who they were, and lets the address begin anew', async () => {
  const member = await joinOrg(api, records, owner.orgId, 'developer')
  const { secret } = await createKey(api, member)
  let ended = 0
  const running = [{ token: member.token }, { key: secret }].map(async (credential) => {
    const { status } = await api('POST', `/v2/databases/${database}/query/sql`, { ...credential, text: endless })
    ended = clock.now()
    return status
  })
  let behind = rowsOf(api, owner, database, 'select 1')
  await until('the statements run', async () => {
    if (await Promise.race([behind, delay(500, 'waits')]) === 'waits') return true
    behind = rowsOf(api, owner, database, 'select 1')
    return false
  }, 60)
  expect((await traces(member.email)).length).toBeGreaterThan(3)
  const answer = await leave(member)
  const began = clock.now()
  expectStatus(200, answer)
  expect(await Promise.all(running)).toEqual([401, 401])
  expect(ended - began).toBeLessThan(promisedMs + busyMs)
  const doors = [{ token: member.token }, { key: secret }].flatMap((door) => ['/v2/users/current', `/v2/users/${member.userId}/keys`].map((path) => ({ path, door })))
  await until('every service refuses', async () => (await Promise.all(doors.map(({ path, door }) => api('GET', path, door)))).every(({ status }) => status === 401), 5, clock)
  expect((await leave(member)).status).toBe(401)
  const [known, unknown] = [await api('POST', '/id', { json: { USERNAME: member.email, PASSWORD: member.password } }), await api('POST', '/id', { json: { USERNAME: 'nobody@example.com', PASSWORD: 'a long password' } })]
  expect([known.status, known.text]).toEqual([401, unknown.text])
  expect(await behind).toEqual([[1]])
  await until('no trace is left', async () => (await traces(member.email)).length === 0, 60)
  const audit = await api('GET', `/v2/orgs/${owner.orgId}/audit?action=deleteAccount`, { token: owner.token })
  expect([audit.text.includes(member.userId), audit.text.includes(member.email)]).toEqual([true, false])
  // The org that they had signed up with held nobody else, and is gone with them.
  expect(await records('control_plane', `SELECT o.deleted_at IS NOT NULL AS gone FROM orgs o JOIN memberships m ON m.org_id = o.id WHERE m.user_id = '${member.userId}' ORDER BY 1`)).toEqual([{ gone: false }, { gone: true }])
  const anew = await api('POST', '/id/signup', { json: { email: member.email, password: member.password, firstname: 'Ada', lastname: 'Byron' } })
  expectStatus(201, anew)
  expect(anew.text).not.toContain(member.userId)
  expect((await api('GET', '/v2/users/current', { token: await logIn(api, member) })).text).not.toContain(member.userId)
}, 60_000)

it('is refused to the last owner of what others count on, and to whoever has the token alone', async () => {
  const person = await signUp(api)
  const theirs = await createDatabase(api, person, 'counted on')
  const { secret } = await createKey(api, person)
  expectStatus(403, await api('POST', '/id/account/delete', { key: secret, json: { PASSWORD: person.password } }))
  expectStatus(401, await api('POST', '/id/account/delete', { token: person.token, json: { PASSWORD: 'not the password' } }))
  const refused = await leave(person)
  expect([refused.status, refused.text]).toEqual([409, expect.stringContaining('1 org that has other people or databases')])
  await becomes(api, person, theirs, 'RUNNING')
  expectStatus(202, await api('DELETE', `/v2/databases/${theirs}`, { token: person.token }))
  await becomes(api, person, theirs, 'DELETED')
  expectStatus(200, await leave(person))
}, 60_000)

it('has logged no fault over that, and stops in peace', async () => {
  expect(system.output()).not.toMatch(/"level":"(?:error|fatal)"/)
  await stopSystem(system)
}, 30_000)
