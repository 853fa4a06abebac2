import { setTimeout as delay } from 'node:timers/promises'
import { type MachineClock, startMachineClock } from '@tenantry/testing'
import { joinOrg } from '../contract/members.js'
import { recordsIn } from '../faults/records.js'
import { type Api, expectStatus, speakTo } from '../story/api.js'
import { becomes, createDatabase, rowsOf, runSql } from '../story/databases.js'
import { type Person, createKey, signUp } from '../story/people.js'
import { type System, clearUp, startSystem } from '../story/system.js'
import { until } from '../story/until.js'

const endless = 'with recursive n(x) as (select 1 union all select x + 1 from n) select count(*) from n'
/** What is promised is a second by the machine's own clock; the rest is for its memory and its disk. The statement alone would take a minute, and what nobody is told of is believed as long. */
const promisedMs = 1_000
const busyMs = 1_500
const promisedSeconds = (promisedMs + busyMs) / 1_000

let clock: MachineClock
beforeAll(async () => { clock = await startMachineClock() })
afterAll(() => clock.stop())

let system: System
let api: Api
let owner: Person
let member: Person
let database: string

beforeAll(async () => {
  system = await startSystem({ QUERY_TIMEOUT_SECONDS: '60', SIGNUPS_PER_HOUR: '100000' })
  api = speakTo(system.url)
  owner = await signUp(api)
  member = await joinOrg(api, recordsIn(system.dataDir), owner.orgId, 'developer')
  database = await createDatabase(api, owner, 'shared')
  await becomes(api, owner, database, 'RUNNING')
  await rowsOf(api, owner, database, 'create table written (n integer)')
}, 90_000)
afterAll(clearUp, 30_000)

const put = (change: object): ReturnType<Api> => api('PUT', `/v2/users/${member.userId}`, { token: owner.token, json: change })

it('lets a role that was given and one that was changed work in every service without a new login', async () => {
  expectStatus(201, await api('POST', '/v2/roles', { token: owner.token, json: { rolename: 'lookers', acl: [] } }))
  expectStatus(201, await api('POST', `/v2/users/${member.userId}/roles`, { token: owner.token, json: { rolenames: ['viewer', 'lookers'] } }))
  const writes = async (): Promise<boolean> => (await runSql(api, member, database, 'insert into written values (1)')).status === 200
  const lists = async (): Promise<boolean> => (await api('GET', `/v2/orgs/${owner.orgId}/keys`, { token: member.token })).status === 200
  await until('a viewer writes no more', async () => !await writes(), promisedSeconds, clock)
  expectStatus(202, await api('PUT', '/v2/roles/lookers', { token: owner.token, json: { acl: ['data:write', 'keys:list'] } }))
  await until('the role lets its holder write and list', async () => await writes() && await lists(), promisedSeconds, clock)
  expectStatus(202, await api('DELETE', '/v2/roles/lookers', { token: owner.token }))
  await until('without the role it is as before', async () => !await writes() && !await lists(), promisedSeconds, clock)
})

it('ends everything of a user who is deactivated: a running statement, the token, keys, and the way to new ones', async () => {
  const { secret } = await createKey(api, member)
  const login = await api('POST', '/id', { json: { USERNAME: member.email, PASSWORD: member.password } })
  expectStatus(200, login)
  const { RefreshToken } = (JSON.parse(login.text) as { AuthenticationResult: { RefreshToken: string } }).AuthenticationResult
  expect(await rowsOf(api, { key: secret }, database, 'select 1')).toEqual([[1]])
  let ended = 0
  const running = [{ token: member.token }, { key: secret }].map(async (credential) => {
    const answer = await api('POST', `/v2/databases/${database}/query/sql`, { ...credential, text: endless })
    ended = clock.now()
    return answer.status
  })
  // Whoever comes to the database now waits behind them.
  let behind = rowsOf(api, owner, database, 'select 1')
  await until('the statements run', async () => {
    if (await Promise.race([behind, delay(500, 'waits')]) === 'waits') return true
    behind = rowsOf(api, owner, database, 'select 1')
    return false
  }, 60)
  const answer = await put({ status: 'Deactivated' })
  const began = clock.now()
  expectStatus(202, answer)
  expect(await Promise.all(running)).toEqual([401, 401])
  expect(ended - began).toBeLessThan(promisedMs + busyMs)
  // The engine has let go of them too.
  expect(await behind).toEqual([[1]])
  expect(clock.now() - began).toBeLessThan(2 * promisedMs + busyMs)
  for (const credential of [{ token: member.token }, { key: secret }]) {
    expect([(await api('GET', '/v2/users/current', credential)).status, (await runSql(api, credential as { token: string }, database, 'select 1')).status]).toEqual([401, 401])
  }
  expect((await api('POST', '/id', { json: { REFRESH_TOKEN: RefreshToken } })).status).toBe(401)
  expect((await api('POST', '/id', { json: { USERNAME: member.email, PASSWORD: member.password } })).status).toBe(401)
  expect(await rowsOf(api, owner, database, 'select 1')).toEqual([[1]])
})

it('lets who is activated again log in, with the rights of before, while what was ended stays so', async () => {
  expectStatus(202, await put({ status: 'Active' }))
  let token = ''
  await until('the login works again', async () => {
    const { status, text } = await api('POST', '/id', { json: { USERNAME: member.email, PASSWORD: member.password } })
    if (status === 200) token = (JSON.parse(text) as { AuthenticationResult: { IdToken: string } }).AuthenticationResult.IdToken
    return status === 200
  }, 60)
  await until('the services admit the new token', async () => (await api('GET', '/v2/users/current', { token })).status === 200, 30)
  expect((await api('GET', '/v2/users/current', { token: member.token })).status).toBe(401)
})

it('ends an org with all that speaks for it, and gives its people one of their own each', async () => {
  const gone = await signUp(api)
  const colleague = await joinOrg(api, recordsIn(system.dataDir), gone.orgId, 'developer')
  const keys = [await createKey(api, gone), await createKey(api, colleague)]
  for (const { secret } of keys) expectStatus(200, await api('GET', '/v2/users/current', { key: secret }))
  expectStatus(403, await api('DELETE', `/v2/orgs/${gone.orgId}`, { key: keys[0]?.secret ?? '' }))
  expectStatus(202, await api('DELETE', `/v2/orgs/${gone.orgId}`, { token: gone.token }))
  const doors = [{ token: gone.token }, { token: colleague.token }, ...keys.map(({ secret }) => ({ key: secret }))]
  const paths = ['/v2/users/current', `/v2/users/${gone.userId}/keys`]
  await until('every service refuses what spoke for the org', async () =>
    (await Promise.all(doors.flatMap((door) => paths.map((path) => api('GET', path, door))))).every(({ status }) => status === 401), promisedSeconds, clock)
  const homes = new Set<string>()
  for (const person of [gone, colleague]) {
    let token = ''
    await until('they can log in again', async () => {
      const login = await api('POST', '/id', { json: { USERNAME: person.email, PASSWORD: person.password } })
      token = login.status === 200 ? (JSON.parse(login.text) as { AuthenticationResult: { IdToken: string } }).AuthenticationResult.IdToken : ''
      return token !== '' && (await api('GET', '/v2/users/current', { token })).status === 200
    }, 60)
    const me = JSON.parse((await api('GET', '/v2/users/current', { token })).text) as { id: string; org_id: string; acl: string[] }
    expect(me).toMatchObject({ id: person.userId, acl: ['Org_Owner'] })
    homes.add(me.org_id)
    await becomes(api, { token }, await createDatabase(api, { token }, 'the first one here'), 'RUNNING')
  }
  expect([homes.size, homes.has(gone.orgId)]).toEqual([2, false])
}, 60_000)
