import { jetstream } from '@nats-io/jetstream'
import { type InviteId, type OrgId, type UserId, newId } from '@tenantry/contracts'
import { Outbox } from '@tenantry/events'
import { usualLimits } from '@tenantry/service'
import { until } from '@tenantry/testing'
import { QuotasRepository } from '../orgs/quotas.repository.js'
import { QuotasService } from '../orgs/quotas.service.js'
import { RightsRepository } from '../rights/rights.repository.js'
import { RightsService } from '../rights/rights.service.js'
import { controlPlaneSource } from '../source.js'
import { type Person, type RunningControlPlane, runningControlPlane } from '../testing/running.js'
import { GuestsService } from '../users/guests.service.js'
import { UsersRepository } from '../users/users.repository.js'
import { InvitesRepository } from './invites.repository.js'
import { InvitesService } from './invites.service.js'

const rounds = process.env['TEST_LONG'] === '1' ? 200 : 5
const dayMs = 86_400_000

let plane: RunningControlPlane

beforeAll(async () => { plane = await runningControlPlane() }, 60_000)
afterAll(() => plane.close(), 30_000)

const call: RunningControlPlane['call'] = (...asked) => plane.call(...asked)
const statusOf = async (...asked: Parameters<typeof call>): Promise<number> => (await call(...asked)).status
const records = async (sql: string, ...values: unknown[]): Promise<Record<string, unknown>[]> => (await plane.records.query<Record<string, unknown>>(sql, values)).rows

/** The address of people who are made by their id. */
const addressOf = (id: string): string => `${id}@example.test`
const founder = async (about: { readonly userId?: UserId } = {}): Promise<Person> => {
  const one = await plane.person(about)
  expect(await statusOf(one, 'GET', '/v2/users/current')).toBe(200)
  return one
}
const invite = async (by: Person, email: string, more: object = {}): Promise<InviteId> => {
  const answer = await call(by, 'POST', '/v2/invites', { email, ...more })
  expect([answer.status, answer.text]).toEqual([201, expect.stringContaining(email)])
  return answer.json['id'] as InviteId
}
const guestOf = async (id: InviteId): Promise<UserId> => (await records('SELECT user_id FROM invites WHERE id = $1', id))[0]?.['user_id'] as UserId
const statusIn = async (org: OrgId, user: UserId): Promise<unknown> => (await records('SELECT status FROM memberships WHERE org_id = $1 AND user_id = $2', org, user))[0]?.['status']
const usedBy = async ({ orgId }: Person): Promise<unknown> => (await records('SELECT users_used FROM orgs WHERE id = $1', orgId))[0]?.['users_used']
const told = async (subject: string, field: string, value: string): Promise<Record<string, unknown>[]> =>
  (await records('SELECT payload FROM outbox WHERE subject = $1 AND payload->>$2 = $3 ORDER BY seq', subject, field, value)).map(({ payload }) => payload as Record<string, unknown>)
const listed = async (who: Person, path: string, field: string): Promise<unknown[]> => ((await call(who, 'GET', path)).json['resources'] as Record<string, unknown>[]).map((one) => one[field])

/** Says what identity would when somebody has followed the link. */
const accept = async (inviteId: InviteId, orgId: OrgId, userId: UserId, more: object = {}): Promise<void> => {
  const accepted = JSON.stringify({
    id: newId<string>(), at: new Date().toISOString(), inviteId, orgId, userId, email: addressOf(userId), firstname: 'Bob', lastname: 'Bot', serverAdmin: false,
    hadAccount: false, isHome: true, ...more,
  })
  await until('the stream of identity is there', () => jetstream(plane.connection).publish('identity.invite.accepted', accepted))
}
const becomes = (org: OrgId, user: UserId, status: string): Promise<unknown> => until(`the membership is ${status}`, async () => await statusIn(org, user) === status)

describe('an invite', () => {
  it('is told once, lasts seven days, and counts somebody among the users whose status is Open', async () => {
    const ada = await founder()
    const answer = await call(ada, 'POST', '/v2/invites', { email: ' New@Example.Test ' })
    const { id, created_at: created, date_expiry: expiry } = answer.json as Record<string, string>
    expect(answer).toMatchObject({ status: 201, json: { org_id: ada.orgId, org_name: expect.any(String), email: 'New@Example.Test', accepted: false, move_org: false, updated_by: ada.userId } })
    expect(Date.parse(expiry ?? '') - Date.parse(created ?? '')).toBe(7 * dayMs)
    const [event, ...more] = await told('control.invite.sent', 'inviteId', id ?? '')
    const guest = await guestOf(id as InviteId)
    expect([event, more]).toEqual([{ inviteId: id, orgId: ada.orgId, orgName: answer.json['org_name'], email: 'New@Example.Test', userId: guest, by: ada.userId, expiresAt: expiry }, []])
    expect((await call(ada, 'GET', `/v2/users/${guest}`)).json).toMatchObject({ status: 'Open', primary_email: 'New@Example.Test', roles: ['developer'], firstname: '' })
    expect([await usedBy(ada), await listed(ada, '/v2/invites', 'id')]).toEqual([2, [id]])
    expect((await call(ada, 'GET', `/v2/invites/${id}`)).json).toEqual(answer.json)
  })

  it('to an address that is invited already lasts longer, and there is no second one', async () => {
    const ada = await founder()
    const id = await invite(ada, 'twice@example.test')
    await plane.records.query(`UPDATE invites SET expires_at = now() + interval '1 hour' WHERE id = $1`, [id])
    const again = await call(ada, 'POST', '/v2/invites', { email: 'TWICE@example.test', role: 'viewer' })
    expect(again.json['id']).toBe(id)
    expect(Date.parse(String(again.json['date_expiry']))).toBeGreaterThan(Date.now() + 6 * dayMs)
    expect([await usedBy(ada), await listed(ada, '/v2/users', 'status'), (await listed(ada, '/v2/users', 'roles'))[1]]).toEqual([2, ['Active', 'Open'], ['viewer']])
    expect(await told('control.invite.sent', 'inviteId', id)).toHaveLength(2)
    const outcomes = await Promise.all(Array.from({ length: 6 }, () => statusOf(ada, 'POST', '/v2/invites', { email: 'at-once@example.test' })))
    expect([outcomes, await usedBy(ada)]).toEqual([[201, 201, 201, 201, 201, 201], 3])
  })

  it('says the same of an address that has an account elsewhere and of one that has none', async () => {
    const [ada, eve] = [await founder(), await founder()]
    const shape = async (email: string): Promise<unknown> => {
      const { status, json } = await call(ada, 'POST', '/v2/invites', { email })
      const got = await call(ada, 'GET', `/v2/invites/${String(json['id'])}`)
      return [status, { ...json, id: '', email: '', created_at: '', date_expiry: '', updated_at: '' }, got.json['move_org'], (await listed(ada, '/v2/users', 'status')).at(-1)]
    }
    expect(await shape(addressOf(eve.userId))).toEqual(await shape(addressOf(newId<string>())))
  })

  it('is an owner\'s to send and to see, and gives no more than whoever sends it may do', async () => {
    const ada = await founder()
    const id = await invite(ada, 'seen@example.test')
    for (const role of ['admin', 'developer', 'viewer'] as const) {
      const member = await plane.member(ada, role)
      const tries = [['POST', '/v2/invites', { email: 'x@example.test' }], ['GET', '/v2/invites'], ['GET', `/v2/invites/${id}`], ['PUT', `/v2/invites/${id}`, {}], ['DELETE', `/v2/invites/${id}`], ['POST', '/v2/users', { firstname: 'a', lastname: 'b', email: 'x@example.test' }]] as const
      for (const [method, path, body] of tries) expect([role, method, path, await statusOf(member, method, path, body)]).toEqual([role, method, path, 403])
    }
    const chief = await plane.member(ada, 'viewer')
    expect(await statusOf(ada, 'POST', '/v2/roles', { rolename: 'people', acl: ['roles:write'] })).toBe(201)
    expect(await statusOf(ada, 'POST', `/v2/users/${chief.userId}/roles`, { rolenames: ['people'] })).toBe(201)
    expect([await statusOf(chief, 'POST', '/v2/invites', { email: 'y@example.test', role: 'viewer' }), await statusOf(chief, 'POST', '/v2/invites', { email: 'z@example.test' }), await statusOf(chief, 'POST', '/v2/invites', { email: 'z@example.test', role: 'owner' })]).toEqual([201, 403, 403])
  })

  it('of another org is as good as none, and a wrong one is refused', async () => {
    const [ada, eve] = [await founder(), await founder()]
    const id = await invite(ada, 'secret@example.test')
    for (const [method, body] of [['GET'], ['PUT', { accepted: true }], ['DELETE']] as const) {
      const [foreign, missing] = [await call(eve, method, `/v2/invites/${id}`, body), await call(eve, method, `/v2/invites/${newId<string>()}`, body)]
      expect([method, foreign.status, foreign.text]).toEqual([method, 404, missing.text])
    }
    expect([await statusOf(ada, 'GET', '/v2/invites/x'), await statusOf(ada, 'PUT', '/v2/invites/x', {}), await listed(eve, '/v2/invites', 'id')]).toEqual([422, 404, []])
    for (const email of ['', 'nobody', 7, null, 'a@b', `${'x'.repeat(300)}@example.test`]) expect(await call(ada, 'POST', '/v2/invites', { email })).toMatchObject({ status: 400, json: { code: 'InvalidParameter' } })
    expect(await call(ada, 'POST', '/v2/invites', {})).toMatchObject({ status: 400, json: { code: 'MissingParameter' } })
    expect(await call(ada, 'POST', '/v2/invites', { email: addressOf(ada.userId).toUpperCase() })).toMatchObject({ status: 409, json: { code: 'ResourceAlreadyExists' } })
  })

  it('by name makes the user who is waited for, and nobody touches their status until they come', async () => {
    const ada = await founder()
    const body = { firstname: 'Grace', lastname: 'Hopper', email: 'grace@example.test' }
    const answer = await call(ada, 'POST', '/v2/users', body)
    expect(answer).toMatchObject({ status: 201, json: { status: 'Open', firstname: 'Grace', lastname: 'Hopper', username: 'grace@example.test', org_id: ada.orgId } })
    const where = `/v2/users/${String(answer.json['id'])}`
    for (const status of ['Active', 'Deactivated']) expect(await call(ada, 'PUT', where, { status })).toMatchObject({ status: 409, json: { code: 'IncorrectState' } })
    expect((await call(ada, 'POST', '/v2/users', { ...body, lastname: 'Murray' })).json).toMatchObject({ id: answer.json['id'], lastname: 'Murray' })
    expect([await usedBy(ada), await statusOf(ada, 'PUT', where, { acl: ['Org_Owner'] })]).toEqual([2, 202])
  })

  it('ends when it is revoked: its person is waited for no longer, and identity hears of it', async () => {
    const ada = await founder()
    const id = await invite(ada, 'gone@example.test')
    expect(await call(ada, 'DELETE', `/v2/invites/${id}`)).toMatchObject({ status: 202, json: { response_code: 202 } })
    expect([await usedBy(ada), await listed(ada, '/v2/users', 'status'), await listed(ada, '/v2/invites', 'id'), await statusOf(ada, 'DELETE', `/v2/invites/${id}`)]).toEqual([1, ['Active'], [], 404])
    expect(await told('control.invite.revoked', 'inviteId', id)).toEqual([{ inviteId: id, orgId: ada.orgId }])
    expect(await invite(ada, 'gone@example.test')).not.toBe(id)
  })

  it('is closed and opened again by its flag, which makes nobody a member', async () => {
    const ada = await founder()
    const id = await invite(ada, 'flag@example.test')
    const flagged = async (accepted: boolean): Promise<unknown> => [(await call(ada, 'PUT', `/v2/invites/${id}`, { accepted })).json['accepted'], await usedBy(ada)]
    expect([await flagged(false), await flagged(true), await flagged(true), await flagged(false)]).toEqual([[false, 2], [true, 1], [true, 1], [false, 2]])
    expect([await told('control.invite.revoked', 'inviteId', id), await told('control.invite.sent', 'inviteId', id)]).toEqual([[expect.anything()], [expect.anything(), expect.anything()]])
    await flagged(true)
    await plane.records.query('UPDATE invites SET expires_at = now() WHERE id = $1', [id])
    expect(await statusOf(ada, 'PUT', `/v2/invites/${id}`, { accepted: false })).toBe(409)
  })

  it('past the users that an org may have is refused, and nothing is left of it', async () => {
    const ada = await founder()
    await plane.records.query('UPDATE orgs SET own_users_max = 2 WHERE id = $1', [ada.orgId])
    const outcomes = await Promise.all(Array.from({ length: 5 }, (_, at) => statusOf(ada, 'POST', '/v2/invites', { email: `crowd-${at}@example.test` })))
    expect([outcomes.toSorted(), await usedBy(ada), await listed(ada, '/v2/invites', 'accepted')]).toEqual([[201, 403, 403, 403, 403], 2, [false]])
  })
})

describe('an org that invites many', () => {
  it('is told when it may go on, and sends no mail before', async () => {
    const ada = await founder()
    await records(`INSERT INTO invites (id, org_id, email, email_key, role, state, sent_by, expires_at, updated_by)
      SELECT gen_random_uuid(), $1, n || '@example.test', n || '@example.test', 'viewer', 'revoked', $2, now() + interval '6 days 23 hours 30 minutes', $2 FROM generate_series(1, 199) n`, ada.orgId, ada.userId)
    const last = await invite(ada, 'last@example.test')
    const refused = await call(ada, 'POST', '/v2/invites', { email: 'more@example.test' })
    expect([refused.status, refused.json['code'], Number(refused.headers.get('retry-after'))]).toEqual([429, 'TooManyRequests', expect.closeTo(1800, -2)])
    expect([await usedBy(ada), await listed(ada, '/v2/invites', 'id')]).toEqual([2, [last]])
    await records('UPDATE invites SET expires_at = expires_at - interval \'31 minutes\' WHERE org_id = $1', ada.orgId)
    expect(await statusOf(ada, 'POST', '/v2/invites', { email: 'more@example.test' })).toBe(201)
  })
})

describe('an invite that has ended', () => {
  it('frees the place of who was waited for an hour later, and can be sent again', async () => {
    const ada = await founder()
    const [id, young] = [await invite(ada, 'old@example.test'), await invite(ada, 'young@example.test')]
    await plane.records.query(`UPDATE invites SET expires_at = now() - CASE id WHEN $1 THEN interval '2 hours' ELSE interval '1 minute' END WHERE id IN ($1, $2)`, [id, young])
    const source = await controlPlaneSource({ databaseUrl: plane.databaseUrl, poolSize: 3 }).initialize()
    const quotas = new QuotasService({ quotas: { databases: 1, users: 9, storageBytes: 1 } }, source, new QuotasRepository(source))
    const rights = new RightsService(source, new RightsRepository(source), new Outbox(), quotas)
    const invites = new InvitesService(new InvitesRepository(source), rights, new GuestsService(new UsersRepository(source), rights), quotas, new Outbox(), { limits: usualLimits })
    await invites.endOld(1_000)
    await source.destroy()
    expect([await usedBy(ada), await listed(ada, '/v2/users', 'username'), await listed(ada, '/v2/invites', 'id')]).toEqual([2, [addressOf(ada.userId), 'young@example.test'], [id, young]])
    expect([await invite(ada, 'old@example.test'), await usedBy(ada)]).toEqual([id, 3])
  })
})

describe('who accepts', () => {
  it('is a member with the role of the invite, by the id that was waited for, from the first token on', async () => {
    const ada = await founder()
    const userId = newId<UserId>()
    const inviteId = await invite(ada, addressOf(userId), { role: 'admin' })
    const guest = await guestOf(inviteId)
    await plane.records.query('UPDATE invites SET email = $2, email_key = $2 WHERE id = $1', [inviteId, addressOf(guest)])
    const bob = await plane.person({ userId: guest, orgId: ada.orgId, inviteId })
    expect((await call(bob, 'GET', '/v2/users/current')).json).toMatchObject({ id: guest, org_id: ada.orgId, status: 'Active', roles: ['admin'], firstname: 'Ada' })
    await accept(inviteId, ada.orgId, guest)
    expect([await usedBy(ada), (await call(ada, 'GET', `/v2/invites/${inviteId}`)).json]).toEqual([2, expect.objectContaining({ accepted: true, move_org: false })])
    expect(await statusOf(bob, 'POST', '/v2/databases', { name: 'at once' })).toBe(201)
    expect(await statusOf(ada, 'DELETE', `/v2/invites/${inviteId}`)).toBe(409)
  })

  it('with an account of their own takes the place of who was waited for, with the rights that were given meanwhile', async () => {
    const [ada, bob] = [await founder(), await founder()]
    const inviteId = await invite(ada, addressOf(bob.userId))
    expect(await statusOf(ada, 'PUT', `/v2/users/${await guestOf(inviteId)}`, { acl: ['Org_Owner'] })).toBe(202)
    const event = { id: newId<string>(), hadAccount: true, isHome: false }
    for (let sent = 0; sent < 3; sent++) await accept(inviteId, ada.orgId, bob.userId, event)
    await becomes(ada.orgId, bob.userId, 'Active')
    expect([await usedBy(ada), await listed(ada, '/v2/users', 'id'), (await listed(ada, '/v2/users', 'acl'))[1]]).toEqual([2, [ada.userId, bob.userId], ['Org_Owner']])
    expect((await call(ada, 'GET', `/v2/invites/${inviteId}`)).json).toMatchObject({ accepted: true, move_org: true })
    expect((await call(bob, 'GET', '/v2/users/current')).json['org_id']).toBe(bob.orgId)
  })

  const spoilt: Readonly<Record<string, (id: InviteId, ada: Person) => Promise<unknown>>> = {
    'that was revoked': (id, ada) => call(ada, 'DELETE', `/v2/invites/${id}`),
    'that has expired': (id) => plane.records.query(`UPDATE invites SET expires_at = now() - interval '1 second' WHERE id = $1`, [id]),
    'that was sent to another address': (id) => plane.records.query(`UPDATE invites SET email_key = 'else@example.test' WHERE id = $1`, [id]),
    'whose sender may not give that any more': (id, ada) => plane.records.query(`UPDATE memberships SET role = 'developer' WHERE user_id = $1`, [ada.userId]).then(() => id),
  }

  it.each(Object.keys(spoilt))('an invite %s is no member, neither by token nor by event, and may come by another invite', async (name) => {
    const ada = await founder()
    const inviteId = await invite(ada, 'later@example.test')
    const userId = await guestOf(inviteId)
    await plane.records.query('UPDATE invites SET email = $2, email_key = $2 WHERE id = $1', [inviteId, addressOf(userId)])
    await spoilt[name]?.(inviteId, ada)
    const bob = await plane.person({ userId, orgId: ada.orgId, inviteId })
    expect(await statusOf(bob, 'GET', '/v2/users/current')).toBe(401)
    await accept(inviteId, ada.orgId, userId)
    await becomes(ada.orgId, userId, 'Left')
    expect([await statusOf(bob, 'GET', '/v2/users/current'), await told('control.user.removed', 'userId', userId)]).toEqual([401, [expect.objectContaining({ orgId: ada.orgId })]])
    await plane.records.query(`UPDATE memberships SET role = 'owner' WHERE user_id = $1`, [ada.userId])
    const second = await invite(ada, addressOf(userId))
    await accept(second, ada.orgId, userId, { hadAccount: true })
    await becomes(ada.orgId, userId, 'Active')
    await until('the rights are heard of', async () => await statusOf(bob, 'GET', '/v2/users/current') === 200)
    expect(await records(`SELECT users_used = (SELECT count(*) FROM memberships m WHERE m.org_id = o.id AND status <> 'Left') AS right FROM orgs o WHERE id = $1`, ada.orgId)).toEqual([{ right: true }])
  })

  it('and was removed since is not brought back by the token of then', async () => {
    const ada = await founder()
    const inviteId = await invite(ada, 'removed@example.test')
    const userId = await guestOf(inviteId)
    await plane.records.query('UPDATE invites SET email = $2, email_key = $2 WHERE id = $1', [inviteId, addressOf(userId)])
    const bob = await plane.person({ userId, orgId: ada.orgId, inviteId })
    expect(await statusOf(bob, 'GET', '/v2/users/current')).toBe(200)
    await plane.records.query(`UPDATE memberships SET status = 'Left', version = version + 1 WHERE user_id = $1`, [userId])
    const other = await plane.another()
    const response = await fetch(`${other.base}/v2/users/current`, { headers: { authorization: `Bearer ${bob.token}` } })
    expect([response.status, await statusIn(ada.orgId, userId)]).toEqual([401, 'Left'])
    await other.service.close()
  })
})

describe('a user who moves', () => {
  const move = (who: Person, inviteId: string, whom = who.userId) => call(who, 'POST', `/v2/users/${whom}/action/invite`, { invite_id: inviteId })

  it('is a member of the new org, and has left the old one', async () => {
    const [ada, bob] = [await founder(), await founder()]
    const inviteId = await invite(ada, addressOf(bob.userId))
    expect(await move(bob, inviteId)).toMatchObject({ status: 202, json: { id: bob.userId, org_id: ada.orgId, status: 'Active', roles: ['developer'] } })
    expect([await statusIn(bob.orgId, bob.userId), await statusIn(ada.orgId, bob.userId), await usedBy(ada), await usedBy(bob)]).toEqual(['Left', 'Active', 2, 0])
    expect(await told('control.user.moved', 'userId', bob.userId)).toEqual([{ userId: bob.userId, orgId: ada.orgId, fromOrgId: bob.orgId, inviteId }])
    const moved = await plane.person({ userId: bob.userId, orgId: ada.orgId, inviteId })
    expect((await call(moved, 'GET', '/v2/users/current')).json['org_id']).toBe(ada.orgId)
    expect((await move(moved, inviteId)).json['code']).toBe('RelatedResourceNotFound')
    expect(await statusIn(ada.orgId, bob.userId)).toBe('Active')
    await until('the old token ends', async () => await statusOf(bob, 'GET', '/v2/users/current') === 401)
  })

  it('may have accepted before', async () => {
    const [ada, bob] = [await founder(), await founder()]
    const inviteId = await invite(ada, addressOf(bob.userId))
    await accept(inviteId, ada.orgId, bob.userId, { hadAccount: true, isHome: false })
    await becomes(ada.orgId, bob.userId, 'Active')
    expect([(await move(bob, inviteId)).status, await usedBy(ada)]).toEqual([202, 2])
  })

  it('does not come by an invite that they have taken before and lost since', async () => {
    const [ada, bob] = [await founder(), await founder()]
    const inviteId = await invite(ada, addressOf(bob.userId))
    await accept(inviteId, ada.orgId, bob.userId, { hadAccount: true, isHome: false })
    await becomes(ada.orgId, bob.userId, 'Active')
    for (const status of ['Deactivated', 'Left']) {
      await plane.records.query('UPDATE memberships SET status = $3 WHERE org_id = $1 AND user_id = $2', [ada.orgId, bob.userId, status])
      expect([await move(bob, inviteId), await statusIn(bob.orgId, bob.userId)]).toMatchObject([{ status: 400, json: { code: 'RelatedResourceNotFound' } }, 'Active'])
    }
  })

  it('stays while they are the last owner of an org with databases or people', async () => {
    const [ada, bob] = [await founder(), await founder()]
    const inviteId = await invite(ada, addressOf(bob.userId))
    const database = await plane.create(bob)
    expect(await move(bob, inviteId)).toMatchObject({ status: 409, json: { code: 'IncorrectState' } })
    expect([await statusIn(bob.orgId, bob.userId), (await call(ada, 'GET', `/v2/invites/${inviteId}`)).json['accepted'], await usedBy(ada)]).toEqual(['Active', false, 2])
    await plane.records.query(`UPDATE databases SET state = 'DELETED' WHERE id = $1`, [database])
    const peer = await plane.member(bob, 'viewer')
    expect((await move(bob, inviteId)).status).toBe(409)
    expect(await statusOf(bob, 'PUT', `/v2/users/${peer.userId}`, { acl: ['Org_Owner'] })).toBe(202)
    expect((await move(bob, inviteId)).status).toBe(202)
  })

  it('stays also for a database that is made at the same moment', async () => {
    const [ada, bob] = [await founder(), await founder()]
    const inviteId = await invite(ada, addressOf(bob.userId))
    const database = await plane.create(bob)
    await plane.records.query(`UPDATE databases SET state = 'DELETED' WHERE id = $1`, [database])
    const maker = await plane.anotherClient()
    await maker.query('BEGIN')
    await maker.query(`UPDATE databases SET state = 'RUNNING' WHERE id = $1`, [database])
    await maker.query('UPDATE orgs SET databases_used = databases_used WHERE id = $1', [bob.orgId])
    const moving = move(bob, inviteId)
    await until('the move waits', async () => (await records(`SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock' AND query LIKE '%orgs%'`)).length > 0)
    await maker.query('COMMIT')
    await maker.end()
    expect([(await moving).status, await statusIn(bob.orgId, bob.userId)]).toEqual([409, 'Active'])
  })

  it('moves only themselves, and only by an open invite to their own address: whatever else is wrong is told alike', async () => {
    const [ada, bob, eve] = [await founder(), await founder(), await founder()]
    const peer = await plane.member(bob, 'viewer')
    const inviteId = await invite(ada, addressOf(peer.userId))
    expect([(await move(bob, inviteId, peer.userId)).status, (await move(bob, inviteId, eve.userId)).status, (await move(bob, inviteId, newId<UserId>())).status, (await move(bob, 'x')).status]).toEqual([403, 404, 404, 400])
    const [theirs, own, revoked, expired] = [inviteId, await invite(bob, 'own@example.test'), await invite(ada, addressOf(bob.userId)), await invite(eve, addressOf(bob.userId))]
    await call(ada, 'DELETE', `/v2/invites/${revoked}`)
    await plane.records.query('UPDATE invites SET expires_at = now() WHERE id = $1', [expired])
    const none = await move(bob, newId<string>())
    expect(none).toMatchObject({ status: 400, json: { code: 'RelatedResourceNotFound' } })
    for (const wrong of [theirs, own, revoked, expired]) expect((await move(bob, wrong)).text).toBe(none.text)
  })

  it(`does not stand in the way of another who moves the other way at once, in each of ${rounds} rounds`, async () => {
    for (let round = 0; round < rounds; round++) {
      const [ada, bob] = [await founder(), await founder()]
      // Each org keeps an owner, so that both may go.
      await Promise.all([plane.member(ada, 'owner'), plane.member(bob, 'owner')])
      const [toBob, toAda] = [await invite(bob, addressOf(ada.userId)), await invite(ada, addressOf(bob.userId))]
      const statuses = (await Promise.all([move(ada, toBob), move(bob, toAda)])).map(({ status }) => status)
      // Whoever sent an invite and left answers for it no more, so that the second may find it void.
      expect([[202, 202], [202, 400], [400, 202]]).toContainEqual(statuses)
    }
  }, rounds * 5_000)
})
