import { once as onceEvent } from 'node:events'
import http from 'node:http'
import type { AddressInfo } from 'node:net'
import { type BuiltInRole, type OrgId, type UserId, builtInRoles, newId, permissions, rolePermissions } from '@tenantry/contracts'
import { createLogger } from '@tenantry/service'
import { type TestDatabase, type TestNats, type TestSigner, testDatabase, testNats, testSigner, until } from '@tenantry/testing'
import pg from 'pg'
import { createControlPlane, migrateControlPlane, parseControlPlaneConfig } from './index.js'

const issuer = 'http://tenantry.test'
const rounds = process.env['TEST_LONG'] === '1' ? 1_000 : 20

interface Person { readonly userId: UserId; readonly orgId: OrgId; readonly token: string }

let database: TestDatabase
let nats: TestNats
let signer: TestSigner
let base: string
let records: pg.Client
const closing: (() => Promise<unknown>)[] = []

const open = async (listener: http.RequestListener): Promise<string> => {
  const server = http.createServer(listener).listen(0, '127.0.0.1')
  await onceEvent(server, 'listening')
  closing.push(async () => { server.closeAllConnections(); server.close() })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

beforeAll(async () => {
  [database, nats, signer] = await Promise.all([testDatabase('control_plane'), testNats(), testSigner(issuer)])
  const identityUrl = await open((_request, response) => { response.setHeader('content-type', 'application/json').end(JSON.stringify(signer.jwks)) })
  const config = parseControlPlaneConfig({
    DATABASE_URL: database.url, NATS_URL: nats.url, NATS_TOKEN: nats.token, PUBLIC_URL: issuer, IDENTITY_URL: identityUrl, INTERNAL_TOKEN: 'an-internal-token-of-tests',
  })
  await migrateControlPlane(config)
  const service = await createControlPlane(config, createLogger('test', 'silent'))
  closing.push(() => service.close())
  base = await open((request, response) => service.handle(request, response))
  records = new pg.Client({ connectionString: database.url })
  await records.connect()
  closing.push(() => records.end())
}, 60_000)

afterAll(async () => {
  for (const close of closing.reverse()) await close()
  await nats.stop()
  await database.drop()
})

const tokenOf = (userId: UserId, orgId: OrgId, founder: boolean): Promise<string> => signer.sign({
  sub: userId, org_id: orgId, sid: newId<string>(), epoch: 0, token_use: 'id', jti: newId<string>(), email: `${userId}@example.test`, given_name: 'Ada', family_name: 'Byron',
  founder, org_name: 'The Org', server_admin: false,
}, { typ: 'JWT' })

const call = async (who: Person, method: string, path: string, body?: unknown) => {
  const response = await fetch(base + path, {
    method, headers: { authorization: `Bearer ${who.token}`, ...(body !== undefined && { 'content-type': 'application/json' }) }, ...(body !== undefined && { body: JSON.stringify(body) }),
  })
  const text = await response.text()
  return { status: response.status, text, json: JSON.parse(text) as Record<string, never> }
}
const statusOf = async (...asked: Parameters<typeof call>): Promise<number> => (await call(...asked)).status

const found = async (): Promise<Person> => {
  const [userId, orgId] = [newId<UserId>(), newId<OrgId>()]
  const person = { userId, orgId, token: await tokenOf(userId, orgId, true) }
  expect(await statusOf(person, 'GET', '/v2/users/current')).toBe(200)
  return person
}

/** Somebody who has come into an org, as an invited person will. */
const joined = async ({ orgId, userId: by }: Person, role: BuiltInRole): Promise<Person> => {
  const userId = newId<UserId>()
  await records.query(`INSERT INTO users (id, email, firstname, lastname, updated_by) VALUES ($1, $2, 'Bob', 'Bot', $3)`, [userId, `${userId}@example.test`, by])
  await records.query(`INSERT INTO memberships (org_id, user_id, role, status, updated_by) VALUES ($1, $2, $3, 'Active', $4)`, [orgId, userId, role, by])
  return { userId, orgId, token: await tokenOf(userId, orgId, false) }
}
const userAt = ({ userId }: Person): string => `/v2/users/${userId}`
const shownOf = async (who: Person, whose: Person) => (await call(who, 'GET', userAt(whose))).json
const role = async (owner: Person, rolename: string, acl: readonly string[]): Promise<string> => {
  expect(await call(owner, 'POST', '/v2/roles', { rolename, acl })).toMatchObject({ status: 201, json: { rolename, org_id: owner.orgId } })
  return rolename
}
const give = async (owner: Person, to: Person, ...rolenames: readonly string[]) => call(owner, 'POST', `${userAt(to)}/roles`, { rolenames })
const versionOf = async ({ userId }: Person): Promise<number> => (await records.query('SELECT version FROM memberships WHERE user_id = $1', [userId])).rows[0].version
const told = async ({ userId }: Person): Promise<string[]> => (await records.query(
  `SELECT subject || ' ' || (payload->>'version') AS line FROM outbox WHERE payload->>'userId' = $1 AND subject LIKE 'control.%' ORDER BY seq`, [userId])).rows.map(({ line }) => line)
/** One field of everything in a list, three at a time. */
const listed = async (who: Person, path: string, field: string): Promise<string[]> => {
  const seen: string[] = []
  for (let next = '', pages = 0; pages < 10; pages++) {
    const page = JSON.parse((await call(who, 'GET', `${path}?limit=3${next && `&next=${next}`}`)).text) as { next: string; resources: Record<string, string>[] }
    seen.push(...page.resources.map((resource) => resource[field] ?? ''))
    next = page.next
    if (next === '') return seen
  }
  throw new Error(`${path} has no end.`)
}
/** Until what was remembered of somebody's rights is forgotten here. */
const mayNow = (who: Person, method: string, path: string, expected: number, body?: unknown): Promise<unknown> =>
  until(`${method} ${path} answers ${expected}`, async () => await statusOf(who, method, path, body) === expected)

describe('roles', () => {
  it('are the four built-in ones and the org\'s own, page by page, without gap or double', async () => {
    const ada = await found()
    for (const name of ['zeta', 'alpha', 'Ops: on-call', 'ärzte']) await role(ada, name, ['audit:read'])
    expect(await listed(ada, '/v2/roles', 'rolename')).toEqual([...builtInRoles, 'zeta', 'alpha', 'Ops: on-call', 'ärzte'])
    expect((await call(ada, 'GET', '/v2/roles/owner')).json).toEqual({ rolename: 'owner', org_id: ada.orgId, acl: ['Org_Owner'] })
    expect((await call(ada, 'GET', `/v2/roles/${encodeURIComponent('Ops: on-call')}`)).json).toEqual({ rolename: 'Ops: on-call', org_id: ada.orgId, acl: ['audit:read'] })
    expect((await call(ada, 'GET', '/v2/roles?limit=4')).json['next']).not.toBe('')
  })

  it('have names of their own in an org, and bear only what is a permission', async () => {
    const [ada, eve] = [await found(), await found()]
    await role(ada, 'ops', [])
    await role(eve, 'ops', [])
    for (const rolename of ['ops', 'OPS', 'owner', 'Admin', 'Org_Owner']) expect(await call(ada, 'POST', '/v2/roles', { rolename })).toMatchObject({ status: 409, json: { code: 'ResourceAlreadyExists' } })
    for (const rolename of ['', ' a', 'a/b', 'a\0', 'x'.repeat(101), '../x', 7]) expect(await call(ada, 'POST', '/v2/roles', { rolename })).toMatchObject({ status: 400 })
    for (const acl of [['*'], ['Org_Owner'], ['platform:admin'], ['data:READ'], 'data:read', [null]]) expect(await call(ada, 'POST', '/v2/roles', { rolename: 'x', acl })).toMatchObject({ status: 400, json: { code: 'InvalidParameter' } })
    expect(await call(ada, 'PUT', '/v2/roles/ops', { acl: ['data:read', 'data:read'], org_id: eve.orgId, rolename: 'other' })).toMatchObject({ status: 202, json: { rolename: 'ops', org_id: ada.orgId, acl: ['data:read'] } })
    expect((await call(eve, 'GET', '/v2/roles/ops')).json['acl']).toEqual([])
  })

  it('that are built in stay as they are', async () => {
    const ada = await found()
    for (const name of builtInRoles) expect([await statusOf(ada, 'PUT', `/v2/roles/${name}`, { acl: [] }), await statusOf(ada, 'DELETE', `/v2/roles/${name}`)]).toEqual([403, 403])
  })

  it('of another org are as good as none', async () => {
    const [ada, eve] = [await found(), await found()]
    await role(ada, 'secret', ['audit:read'])
    for (const [method, body] of [['GET'], ['PUT', { acl: [] }], ['DELETE']] as const) {
      const [foreign, missing] = [await call(eve, method, '/v2/roles/secret', body), await call(eve, method, '/v2/roles/nobodys', body)]
      expect([foreign.status, foreign.text]).toEqual([404, missing.text])
    }
    expect(await give(eve, await joined(eve, 'viewer'), 'secret')).toMatchObject({ status: 400, json: { code: 'RelatedResourceNotFound' } })
    expect(await statusOf(eve, 'GET', '/v2/roles/%00')).toBe(404)
  })

  it('work for whoever holds them as soon as they change, and stop with their deletion', async () => {
    const ada = await found()
    const [ann, ben, other] = [await joined(ada, 'viewer'), await joined(ada, 'viewer'), await joined(ada, 'viewer')]
    await role(ada, 'makers', ['audit:read'])
    for (const member of [ann, ben]) expect((await give(ada, member, 'makers')).json['rolenames']).toEqual(['viewer', 'makers'])
    const make = { name: 'x', database_options: {} }
    expect(await statusOf(ann, 'POST', '/v2/databases', make)).toBe(403)
    expect(await statusOf(ada, 'PUT', '/v2/roles/makers', { acl: ['databases:create'] })).toBe(202)
    await mayNow(ann, 'POST', '/v2/databases', 201, make)
    await mayNow(ben, 'POST', '/v2/databases', 201, { ...make, name: 'y' })
    expect(await call(ada, 'DELETE', '/v2/roles/makers')).toMatchObject({ status: 202, json: { response_code: 202 } })
    await mayNow(ann, 'POST', '/v2/databases', 403, { ...make, name: 'z' })
    await mayNow(ben, 'POST', '/v2/databases', 403, { ...make, name: 'z' })
    expect((await shownOf(ada, ann))['roles']).toEqual(['viewer'])
    expect([await told(ann), await told(other)]).toEqual([['control.rights.changed 2', 'control.rights.changed 3', 'control.rights.changed 4'], []])
    expect([await statusOf(ada, 'GET', '/v2/roles/makers'), await statusOf(ada, 'DELETE', '/v2/roles/makers')]).toEqual([404, 404])
  })

  it('are told of for each of a thousand who hold one, once', async () => {
    const ada = await found()
    const last = await joined(ada, 'viewer')
    await role(ada, 'all', [])
    expect(await statusOf(last, 'POST', '/v2/databases', { name: 'x', database_options: {} })).toBe(403)
    await records.query(`WITH made AS (INSERT INTO users (id, email, firstname, lastname, updated_by) SELECT gen_random_uuid(), 'x', 'x', 'x', $2 FROM generate_series(1, 1001) RETURNING id),
      joined AS (INSERT INTO memberships (org_id, user_id, role, status, updated_by) SELECT $1, id, 'viewer', 'Active', $2 FROM made RETURNING user_id)
      SELECT 1`, [ada.orgId, ada.userId])
    await records.query(`INSERT INTO member_roles (org_id, user_id, role_id) SELECT $1, user_id, (SELECT id FROM roles WHERE org_id = $1) FROM memberships WHERE org_id = $1`, [ada.orgId])
    expect(await statusOf(ada, 'PUT', '/v2/roles/all', { acl: ['databases:create'] })).toBe(202)
    await mayNow(last, 'POST', '/v2/databases', 201, { name: 'x', database_options: {} })
    const counted = await records.query(`SELECT count(*)::int AS n, count(DISTINCT payload->>'userId')::int AS people FROM outbox WHERE subject = 'control.rights.changed' AND payload->>'orgId' = $1 AND payload->>'version' = '2'`, [ada.orgId])
    expect(counted.rows).toEqual([{ n: 1003, people: 1003 }])
  })
})

describe('users', () => {
  it('are listed in the document\'s envelope, page by page, without those who have left', async () => {
    const ada = await found()
    const members = [ada]
    for (let more = 0; more < 6; more++) members.push(await joined(ada, 'viewer'))
    const gone = await joined(ada, 'viewer')
    await records.query(`UPDATE memberships SET status = 'Left' WHERE user_id = $1`, [gone.userId])
    const seen = await listed(ada, '/v2/users', 'id')
    expect([seen.length, new Set(seen)]).toEqual([7, new Set(members.map(({ userId }) => userId))])
    for (const wrong of ['limit=0', 'limit=1001', 'next=x', `next=${Buffer.from('2026-01-01T00:00:00.000Z x').toString('base64url')}`]) expect(await statusOf(ada, 'GET', `/v2/users?${wrong}`)).toBe(400)
    expect((await call(await found(), 'GET', '/v2/users')).json['resources']).toHaveLength(1)
  })

  it('make their own record once, under the names that they say, and not by their address', async () => {
    const [userId, orgId] = [newId<UserId>(), newId<OrgId>()]
    const ada = { userId, orgId, token: await tokenOf(userId, orgId, true) }
    expect(await call(ada, 'POST', '/v2/users', { firstname: 'Bob', lastname: 'Bot', email: `${userId}@example.test` })).toMatchObject({ status: 409, json: { code: 'ResourceAlreadyExists' } })
    expect(await call(ada, 'POST', '/v2/users', { firstname: 'Augusta', lastname: 'King', id: newId<string>(), acl: [], status: 'Deactivated' }))
      .toMatchObject({ status: 201, json: { id: userId, org_id: orgId, firstname: 'Augusta', lastname: 'King', status: 'Active', acl: ['Org_Owner'] } })
    expect(await call(ada, 'POST', '/v2/users', { firstname: 'Bob', lastname: 'Bot' })).toMatchObject({ status: 409, json: { code: 'ResourceAlreadyExists' } })
    expect(await call(ada, 'POST', '/v2/users', { firstname: 'Bob' })).toMatchObject({ status: 400, json: { code: 'MissingParameter' } })
    expect((await shownOf(ada, ada))['firstname']).toBe('Augusta')
  })

  it('may be put back as they were got, and nothing changes, whatever else stands there', async () => {
    const ada = await found()
    const bob = await joined(ada, 'developer')
    await role(ada, 'extra', ['audit:read'])
    await give(ada, bob, 'extra')
    await call(ada, 'PUT', userAt(bob), { acl: [...rolePermissions.developer, 'audit:read', 'keys:list'] })
    const before = await versionOf(bob)
    for (const whose of [ada, bob]) {
      const got = await shownOf(ada, whose)
      expect((await call(ada, 'PUT', userAt(whose), { ...got, id: newId<string>(), org_id: newId<string>(), idp_id: 'x', username: 'x', primary_email: 'x', roles: ['owner'], server_admin: true })).json).toEqual(got)
    }
    expect(await statusOf(bob, 'PUT', userAt(bob), await shownOf(ada, bob))).toBe(202)
    expect(await versionOf(bob)).toBe(before)
    await call(ada, 'PUT', userAt(bob), { status: 'Deactivated' })
    const off = await shownOf(ada, bob)
    expect((await call(ada, 'PUT', userAt(bob), { ...off, status: 'Active' })).json).toMatchObject({ acl: off['acl'], roles: ['developer', 'extra'], status: 'Active' })
  })

  it('can do what acl says after it was put, and no more', async () => {
    const ada = await found()
    const bob = await joined(ada, 'admin')
    await role(ada, 'auditors', ['audit:read'])
    await give(ada, bob, 'auditors')
    for (const [acl, role, shown] of [
      [[], ['viewer'], rolePermissions.viewer],
      [['data:write'], ['viewer'], permissions.filter((one) => one === 'data:write' || rolePermissions.viewer.includes(one))],
      [['Org_Owner'], ['owner'], ['Org_Owner']],
      [rolePermissions.admin, ['admin'], permissions.filter((one) => rolePermissions.admin.includes(one))],
    ] as const) expect((await call(ada, 'PUT', userAt(bob), { acl })).json).toMatchObject({ acl: shown, roles: role })
    expect(await statusOf(ada, 'PUT', userAt(bob), { acl: ['Org_Owner', 'nonsense'] })).toBe(400)
  })

  it('of another org are as good as none', async () => {
    const [ada, eve] = [await found(), await found()]
    for (const [method, path, body] of [['GET', '/v2/users/#'], ['PUT', '/v2/users/#', { firstname: 'x' }], ['POST', '/v2/users/#/roles', { rolenames: ['viewer'] }]] as const) {
      const [foreign, missing] = [await call(eve, method, path.replace('#', ada.userId), body), await call(eve, method, path.replace('#', newId<string>()), body)]
      expect([foreign.status, foreign.text]).toEqual([404, missing.text])
    }
    expect([await statusOf(ada, 'PUT', '/v2/users/x', {}), await statusOf(ada, 'GET', '/v2/users/x'), await statusOf(ada, 'POST', '/v2/users/x/roles', {})]).toEqual([422, 404, 404])
  })
})

describe('rights', () => {
  it('are nobody\'s own to change, also not by way of a role', async () => {
    const ada = await found()
    const bob = await joined(ada, 'viewer')
    await role(ada, 'chiefs', ['roles:write', 'audit:read'])
    await give(ada, bob, 'chiefs')
    for (const who of [ada, bob]) {
      for (const change of [{ acl: ['data:read', 'data:write'] }, { acl: [] }, { status: 'Deactivated' }]) expect(await call(who, 'PUT', userAt(who), change)).toMatchObject({ status: 403, json: { code: 'Forbidden' } })
      expect((await give(who, who, 'viewer')).status).toBe(403)
      expect((await call(who, 'PUT', userAt(who), { firstname: 'New' })).json['firstname']).toBe('New')
    }
    for (const [method, body] of [['PUT', { acl: ['roles:write'] }], ['PUT', { acl: ['roles:write', 'audit:read', 'data:read'] }], ['DELETE']] as const) expect(await statusOf(bob, method, '/v2/roles/chiefs', body)).toBe(403)
  })

  it('are given by nobody who lacks them: not by a role, an acl, a role that others hold, or ownership', async () => {
    const ada = await found()
    const [bob, ann, max] = [await joined(ada, 'viewer'), await joined(ada, 'viewer'), await joined(ada, 'admin')]
    await role(ada, 'chiefs', ['roles:write', 'audit:read'])
    await role(ada, 'writers', ['data:write'])
    await give(ada, bob, 'chiefs')
    const refused = async (method: string, path: string, body?: unknown) => expect([path, body, await statusOf(bob, method, path, body)]).toEqual([path, body, 403])
    await refused('POST', '/v2/roles', { rolename: 'mine', acl: ['data:write'] })
    await refused('PUT', '/v2/roles/writers', { acl: [] })
    await refused('DELETE', '/v2/roles/writers')
    for (const acl of [['data:write'], ['Org_Owner'], [...permissions]]) await refused('PUT', userAt(ann), { acl })
    for (const name of ['writers', 'developer', 'admin', 'owner']) await refused('POST', `${userAt(ann)}/roles`, { rolenames: [name] })
    for (const whose of [ada, max]) {
      await refused('PUT', userAt(whose), { status: 'Deactivated' })
      await refused('PUT', userAt(whose), { acl: [] })
      await refused('POST', `${userAt(whose)}/roles`, { rolenames: ['viewer'] })
    }
    expect(await call(bob, 'PUT', userAt(ann), { acl: [...rolePermissions.viewer, 'audit:read'] })).toMatchObject({ status: 202 })
    await role(bob, 'small', ['audit:read'])
    expect((await give(bob, ann, 'small')).status).toBe(201)
    expect(await statusOf(bob, 'PUT', '/v2/roles/small', { acl: ['audit:read', 'data:write'] })).toBe(403)
  })

  it('of owners are beyond admins, who may change the names of everyone else', async () => {
    const ada = await found()
    const [max, bob] = [await joined(ada, 'admin'), await joined(ada, 'developer')]
    expect([await statusOf(max, 'PUT', userAt(ada), { firstname: 'x' }), await statusOf(max, 'PUT', userAt(bob), { firstname: 'Rob' }), await statusOf(bob, 'PUT', userAt(max), { firstname: 'x' })]).toEqual([403, 202, 403])
    for (const change of [{ acl: [] }, { status: 'Deactivated' }]) for (const whose of [ada, bob]) expect(await statusOf(max, 'PUT', userAt(whose), change)).toBe(403)
    expect([(await give(max, bob, 'viewer')).status, await statusOf(max, 'GET', '/v2/roles'), await statusOf(max, 'POST', '/v2/roles', { rolename: 'x' })]).toEqual([403, 403, 403])
  })

  it('that were taken away end what is begun with them at once', async () => {
    const ada = await found()
    const bob = await joined(ada, 'owner')
    expect(await statusOf(bob, 'GET', '/v2/roles')).toBe(200)
    await records.query(`UPDATE memberships SET role = 'viewer' WHERE user_id = $1`, [bob.userId])
    // Nobody was told, so the guard still believes that bob is an owner; who changes rights is looked at again.
    expect(await statusOf(bob, 'PUT', userAt(ada), { status: 'Deactivated' })).toBe(403)
    await records.query(`UPDATE memberships SET status = 'Deactivated' WHERE user_id = $1`, [bob.userId])
    expect(await statusOf(bob, 'POST', '/v2/roles', { rolename: 'x' })).toBe(401)
  })
})

describe('the last active owner', () => {
  it('is touched by nobody who is none, whatever else they may do', async () => {
    const ada = await found()
    const chief = await joined(ada, 'viewer')
    await records.query(`UPDATE memberships SET acl = $2 WHERE user_id = $1`, [chief.userId, permissions])
    for (const change of [{ status: 'Deactivated' }, { acl: [] }]) expect(await statusOf(chief, 'PUT', userAt(ada), change)).toBe(403)
    expect((await give(chief, ada, 'viewer')).status).toBe(403)
  })

  it(`stays when two owners turn on each other at once, in each of ${rounds} rounds`, async () => {
    const ways = [{ status: 'Deactivated' }, { acl: [] }, 'roles'] as const
    for (let round = 0; round < rounds; round++) {
      const ada = await found()
      const bob = await joined(ada, 'owner')
      expect(await statusOf(bob, 'GET', '/v2/users/current')).toBe(200)
      const turnOn = (who: Person, whom: Person, way: (typeof ways)[number] = 'roles') => way === 'roles' ? give(who, whom, 'viewer') : call(who, 'PUT', userAt(whom), way)
      const answers = await Promise.all([turnOn(ada, bob, ways[round % 3]), turnOn(bob, ada, ways[(round + (round >> 2)) % 3])])
      const left = await records.query(`SELECT count(*)::int AS n FROM memberships WHERE org_id = $1 AND role = 'owner' AND status = 'Active'`, [ada.orgId])
      expect([round, left.rows[0].n]).toEqual([round, 1])
      // Whoever came second was no owner any more.
      expect(answers.map(({ status }) => status < 300).toSorted()).toEqual([false, true])
    }
  }, rounds * 1_500)
})

describe('an org', () => {
  it('is changed by admins, field by field, and by nobody else', async () => {
    const ada = await found()
    const [max, bob] = [await joined(ada, 'admin'), await joined(ada, 'developer')]
    const change = { name: 'New', company_name: 'Analytical Engines', address: 'London', tech_contact_emali: 'tech@example.test', billing_contact_emali: 'pay@example.test' }
    expect(await call(max, 'PUT', `/v2/orgs/${ada.orgId}`, { ...change, id: newId<string>(), org_type: 'paid', created_at: 'x', databases_max: 9 })).toMatchObject({ status: 202, json: { ...change, id: ada.orgId, org_type: 'trial', updated_by: max.userId } })
    expect((await call(max, 'PUT', `/v2/orgs/${ada.orgId}`, { address: '' })).json).toMatchObject({ ...change, address: '' })
    const got = (await call(bob, 'GET', `/v2/orgs/${ada.orgId}`)).json
    expect((await call(ada, 'PUT', `/v2/orgs/${ada.orgId}`, got)).json).toMatchObject({ ...change, address: '' })
    expect((await shownOf(bob, ada))['org_name']).toBe('New')
    expect(await statusOf(bob, 'PUT', `/v2/orgs/${ada.orgId}`, change)).toBe(403)
    for (const wrong of [{ name: '' }, { name: 7 }, { tech_contact_emali: 'nobody' }, { company_name: 'x'.repeat(301) }, { address: 'a\0' }]) expect(await call(ada, 'PUT', `/v2/orgs/${ada.orgId}`, wrong)).toMatchObject({ status: 400, json: { code: 'InvalidParameter' } })
    expect(await statusOf(ada, 'PUT', '/v2/orgs/x', change)).toBe(422)
    const eve = await found()
    const [foreign, missing] = [await call(eve, 'PUT', `/v2/orgs/${ada.orgId}`, change), await call(eve, 'PUT', `/v2/orgs/${newId<string>()}`, change)]
    expect([foreign.status, foreign.text]).toEqual([404, missing.text])
  })
})
