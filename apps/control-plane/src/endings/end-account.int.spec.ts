import { jetstream } from '@nats-io/jetstream'
import { type OrgId, internalPath, internalSubject, newId } from '@tenantry/contracts'
import { tracesIn, until } from '@tenantry/testing'
import { type Person, type RunningControlPlane, runningControlPlane } from '../testing/running.js'

const rounds = process.env['TEST_LONG'] === '1' ? 100 : 5

let running: RunningControlPlane

beforeAll(async () => { running = await runningControlPlane() }, 60_000)
afterAll(() => running.close(), 30_000)

const addressOf = ({ userId }: Pick<Person, 'userId'>): string => `${userId}@example.test`
const founder = async (): Promise<Person> => {
  const person = await running.person()
  expect((await running.call(person, 'GET', '/v2/users/current')).status).toBe(200)
  return person
}
const rows = async (sql: string, ...values: readonly unknown[]): Promise<Record<string, unknown>[]> => (await running.records.query<Record<string, unknown>>(sql, [...values])).rows
const asked = ({ userId, sessionId }: Person, isAddressProven = true) => ({ userId, sessionId, isAddressProven, address: '203.0.113.7', requestId: 'a-request' })

/** Asks as identity does. */
const end = async (who: Person, isAddressProven = true): Promise<unknown> => (await running.connection.request(internalSubject('control.account.end'), JSON.stringify(asked(who, isAddressProven)), { timeout: 20_000 })).json()
const done = { answer: {} }
/** Makes somebody a member of another org too. */
const joins = async ({ userId }: Person, orgId: OrgId, role: string, status = 'Active'): Promise<void> => {
  await rows('INSERT INTO memberships (org_id, user_id, role, status, updated_by) VALUES ($1, $2, $3, $4, $2)', orgId, userId, role, status)
  await rows('UPDATE orgs SET users_used = users_used + 1 WHERE id = $1', orgId)
}
const statusIn = async (orgId: OrgId, { userId }: Person): Promise<unknown> => (await rows('SELECT status FROM memberships WHERE org_id = $1 AND user_id = $2', orgId, userId))[0]?.['status']
const orgNow = async (orgId: OrgId) => (await rows('SELECT name, tech_email, billing_email, users_used AS users, deleted_at IS NOT NULL AS gone FROM orgs WHERE id = $1', orgId))[0]
const deedsIn = async (orgId: OrgId): Promise<Record<string, unknown>[]> => (await rows('SELECT entry FROM audit WHERE org_id = $1 ORDER BY number', orgId)).map(({ entry }) => JSON.parse(String(entry)) as Record<string, unknown>)
/** Every row of every table in which one of the words stands. */
const traces = (...words: readonly string[]): Promise<string[]> => tracesIn(rows, 'control_plane', words)
/** Tells what identity tells. Answers when it was taken. */
const tell = async (subject: string, facts: object): Promise<void> => {
  const id = newId<string>()
  await jetstream(running.connection).publish(subject, JSON.stringify({ id, at: new Date().toISOString(), ...facts }))
  await until('it is taken', async () => (await rows('SELECT 1 FROM inbox WHERE event_id = $1', id)).length === 1)
}

describe('the end of an account', () => {
  it('takes the person out of every org: one that holds nothing else ends, one with others stays, and each writes it down', async () => {
    const [ada, eve] = [await founder(), await founder()]
    await joins(ada, eve.orgId, 'developer')
    await running.create(eve)
    expect((await running.call(ada, 'POST', '/v2/invites', { email: `guest-${ada.userId}@example.org` })).status).toBe(201)
    expect(await end(ada)).toEqual(done)
    expect([await statusIn(ada.orgId, ada), await statusIn(eve.orgId, ada), await statusIn(eve.orgId, eve)]).toEqual(['Left', 'Left', 'Active'])
    expect(await orgNow(ada.orgId)).toEqual({ name: 'Organization', tech_email: '', billing_email: '', users: 0, gone: true })
    expect(await orgNow(eve.orgId)).toMatchObject({ gone: false, users: 1 })
    expect(await rows('SELECT state FROM invites WHERE org_id = $1', ada.orgId)).toEqual([{ state: 'revoked' }])
    const shown = { actor_id: ada.userId, credential_kind: 'session', credential_id: ada.sessionId, address: '203.0.113.7', request_id: 'a-request', before_hash: expect.any(String) }
    expect((await deedsIn(ada.orgId)).slice(-2)).toMatchObject([
      { ...shown, action: 'deleteAccount', object_kind: 'user', object_id: ada.userId }, { ...shown, action: 'deleteOrg', object_kind: 'org', object_id: ada.orgId, after_hash: null },
    ])
    expect((await deedsIn(eve.orgId)).at(-1)).toMatchObject({ ...shown, action: 'deleteAccount', object_id: ada.userId, after_hash: expect.any(String) })
    await until('the token is worth nothing', async () => (await running.call(ada, 'GET', '/v2/users/current')).status === 401)
    expect(await rows(`SELECT payload FROM outbox WHERE subject = 'control.account.ended' AND payload->>'userId' = $1`, ada.userId)).toHaveLength(1)
  })

  it('leaves no name and no address anywhere, and to the orgs the ids', async () => {
    const [ada, eve] = [await founder(), await founder()]
    await rows(`UPDATE users SET firstname = 'Adalbertina', lastname = 'Quxworth' WHERE id = $1`, ada.userId)
    const invited = (await running.call(eve, 'POST', '/v2/invites', { email: addressOf(ada) })).json['id']
    await tell('identity.invite.accepted', {
      inviteId: invited, orgId: eve.orgId, userId: ada.userId, email: addressOf(ada), firstname: 'Adalbertina', lastname: 'Quxworth', serverAdmin: false, hadAccount: true, isHome: false,
    })
    expect(await statusIn(eve.orgId, ada)).toBe('Active')
    expect((await running.call(ada, 'PUT', `/v2/users/${ada.userId}`, { firstname: 'Adalbertina' }, { 'idempotency-key': 'names' })).status).toBe(202)
    await rows(`INSERT INTO failures (consumer, event_id, subject, payload, count, reason) VALUES ('a', gen_random_uuid(), 'identity.account.registered', $1, 8, 'r')`,
      JSON.stringify({ userId: ada.userId, email: addressOf(ada), firstname: 'Adalbertina', lastname: 'Quxworth', orgName: `Organization for ${addressOf(ada)}` }))
    const words = [addressOf(ada), 'Adalbertina', 'Quxworth']
    expect((await traces(...words)).length).toBeGreaterThan(5)
    expect(await end(ada)).toEqual(done)
    expect(await traces(...words)).toEqual([])
    expect((await running.call(eve, 'GET', '/v2/invites')).json).toMatchObject({ resources: [{ id: invited, accepted: true, email: '' }] })
    expect((await running.call(eve, 'GET', `/v2/users/${ada.userId}`)).status).toBe(404)
  })

  it('keeps what others have written to an address that was never proven, and an open invite in any case', async () => {
    const [ada, eve] = [await founder(), await founder()]
    const invited = (await running.call(eve, 'POST', '/v2/invites', { email: addressOf(ada) })).json['id']
    expect(await end(ada)).toEqual(done)
    expect((await running.call(eve, 'GET', '/v2/invites')).json).toMatchObject({ resources: [{ id: invited, email: addressOf(ada) }] })
    const [bob, carl] = [await founder(), await founder()]
    for (const one of [bob, carl]) {
      await running.call(eve, 'DELETE', `/v2/invites/${String((await running.call(eve, 'POST', '/v2/invites', { email: addressOf(one) })).json['id'])}`)
    }
    expect([await end(bob, false), await end(carl)]).toEqual([done, done])
    expect([(await traces(addressOf(bob))).some((text) => text.startsWith('invites ')), (await traces(addressOf(carl))).some((text) => text.startsWith('invites '))]).toEqual([true, false])
  })

  it('changes nothing while orgs would be left without an owner, and says how many', async () => {
    const ada = await founder()
    const [full, shared, plain] = [await founder(), await founder(), await founder()]
    for (const { orgId } of [shared, plain]) await joins(ada, orgId, 'owner')
    await rows(`UPDATE memberships SET role = 'developer' WHERE org_id = $1 AND user_id = $2`, shared.orgId, shared.userId)
    await joins(ada, full.orgId, 'owner')
    await running.create(full)
    await rows(`UPDATE memberships SET status = 'Left' WHERE org_id = $1 AND user_id = $2`, full.orgId, full.userId)
    const before = await rows('SELECT org_id, status, version FROM memberships WHERE user_id = $1 ORDER BY 1', ada.userId)
    expect(await end(ada)).toEqual({ problem: { code: 'LastOwner', message: expect.stringContaining('2 orgs that have other people or databases') } })
    expect(await rows('SELECT org_id, status, version FROM memberships WHERE user_id = $1 ORDER BY 1', ada.userId)).toEqual(before)
    expect([await orgNow(ada.orgId), await deedsIn(ada.orgId)]).toEqual([expect.objectContaining({ gone: false }), []])
    expect(await rows('SELECT ended_at, email FROM users WHERE id = $1', ada.userId)).toEqual([{ ended_at: null, email: addressOf(ada) }])
    await rows(`UPDATE memberships SET role = 'owner' WHERE org_id = $1 AND user_id = $2`, shared.orgId, shared.userId)
    await rows(`UPDATE memberships SET status = 'Active' WHERE org_id = $1 AND user_id = $2`, full.orgId, full.userId)
    expect(await end(ada)).toEqual(done)
  })

  it('leaves their databases where they are, under the id that made them, as those of a removed member', async () => {
    const [ada, eve] = [await founder(), await founder()]
    await joins(ada, eve.orgId, 'owner')
    const id = await running.create(eve)
    await rows('UPDATE databases SET owned_by = $2 WHERE id = $1', id, ada.userId)
    expect(await end(ada)).toEqual(done)
    expect((await running.call(eve, 'GET', `/v2/databases/${id}`)).json).toMatchObject({ owned_by: ada.userId })
  })

  it('is done once, however often and by whichever road it is asked for', async () => {
    const ada = await founder()
    const byHttp = async (): Promise<unknown> => (await running.call(undefined, 'POST', internalPath('control.account.end'), asked(ada), { authorization: 'Bearer an-internal-token-of-tests' })).json
    expect(await Promise.all([end(ada), byHttp(), end(ada), byHttp(), end(ada)])).toEqual([done, done, done, done, done])
    expect((await deedsIn(ada.orgId)).map(({ action }) => action)).toEqual(['deleteAccount', 'deleteOrg'])
    expect(await rows(`SELECT payload FROM outbox WHERE subject = 'control.account.ended' AND payload->>'userId' = $1`, ada.userId)).toHaveLength(1)
  })

  it('is for good: no late token, registration, invite or order of an operator brings the id back', async () => {
    const [ada, eve, late] = [await founder(), await founder(), await running.person()]
    const invited = (await running.call(eve, 'POST', '/v2/invites', { email: addressOf(ada) })).json['id']
    // Of one of them nothing was ever heard here.
    expect([await end(ada), await end(late)]).toEqual([done, done])
    for (const { userId } of [ada, late]) {
      await tell('identity.account.registered', { userId, orgId: newId<string>(), email: `${userId}@example.test`, firstname: 'a', lastname: 'b', orgName: 'c', serverAdmin: false })
    }
    await tell('identity.invite.accepted', {
      inviteId: invited, orgId: eve.orgId, userId: ada.userId, email: addressOf(ada), firstname: 'a', lastname: 'b', serverAdmin: false, hadAccount: true, isHome: true,
    })
    expect((await running.call(late, 'GET', '/v2/users/current')).status).toBe(401)
    const ordered = await running.call(undefined, 'POST', '/internal/control.org.add-owner', { org_id: eve.orgId, user_id: ada.userId }, { authorization: 'Bearer an-internal-token-of-tests' })
    expect(ordered.json).toMatchObject({ problem: { code: 'UserNotFound' } })
    expect(await rows(`SELECT 1 FROM memberships WHERE user_id = ANY($1) AND status <> 'Left'`, [ada.userId, late.userId])).toEqual([])
    expect(await rows('SELECT email, firstname, ended_at IS NOT NULL AS ended FROM users WHERE id = ANY($1)', [ada.userId, late.userId]))
      .toEqual([{ email: '', firstname: '', ended: true }, { email: '', firstname: '', ended: true }])
  })

  it(`leaves no membership behind that is made at the same moment, in ${rounds} rounds`, async () => {
    for (let round = 0; round < rounds; round++) {
      const [ada, eve] = [await founder(), await founder()]
      const inviteId = (await running.call(eve, 'POST', '/v2/invites', { email: addressOf(ada) })).json['id']
      const joining = running.call(ada, 'POST', `/v2/users/${ada.userId}/action/invite`, { invite_id: inviteId })
      const [said] = await Promise.all([end(ada), joining])
      expect(said).toEqual(done)
      expect(await rows(`SELECT org_id FROM memberships WHERE user_id = $1 AND status <> 'Left'`, ada.userId)).toEqual([])
      expect((await orgNow(eve.orgId))?.['users']).toBe((await rows(`SELECT 1 FROM memberships WHERE org_id = $1 AND status <> 'Left'`, eve.orgId)).length)
    }
  }, 120_000)

  it('leaves no org whose rights somebody else is changing, also one that it finds late', async () => {
    const [ada, eve] = [await founder(), await founder()]
    const [joiner, changer] = [await running.anotherClient(), await running.anotherClient()]
    const waits = (kind: string): Promise<unknown> => until(`it waits for ${kind}`, async () =>
      (await rows(`SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock' AND wait_event = $1`, kind)).length === 1)
    await joiner.query('BEGIN')
    await joiner.query('SELECT 1 FROM users WHERE id = $1 FOR UPDATE', [ada.userId])
    await joiner.query(`INSERT INTO memberships (org_id, user_id, role, status, updated_by) VALUES ($1, $2, 'viewer', 'Active', $2)`, [eve.orgId, ada.userId])
    await changer.query('BEGIN')
    await changer.query('SELECT pg_advisory_xact_lock(hashtextextended($1, 0))', [`control-plane:rights:${eve.orgId}`])
    const ending = end(ada)
    await waits('transactionid')
    await joiner.query('COMMIT')
    await waits('advisory')
    expect(await statusIn(ada.orgId, ada)).toBe('Active')
    await changer.query('COMMIT')
    expect(await ending).toEqual(done)
    expect([await statusIn(ada.orgId, ada), await statusIn(eve.orgId, ada)]).toEqual(['Left', 'Left'])
    await Promise.all([joiner.end(), changer.end()])
  })

  it('ends two who are each other\'s last colleague one after the other: the second takes the org along', async () => {
    const ada = await founder()
    const bob = await running.member(ada, 'owner')
    expect(await Promise.all([end(ada), end(bob)])).toEqual([done, done])
    expect(await orgNow(ada.orgId)).toMatchObject({ gone: true, users: 0 })
  })
})

describe('an invite that is accepted while its org ends', () => {
  it('leaves an account that is told to need another org', async () => {
    const ada = await founder()
    const inviteId = (await running.call(ada, 'POST', '/v2/invites', { email: `late-${ada.userId}@example.org` })).json['id']
    expect((await running.call(ada, 'DELETE', `/v2/orgs/${ada.orgId}`)).status).toBe(202)
    const userId = newId<string>()
    const accepted = { inviteId, orgId: ada.orgId, userId, email: `late-${ada.userId}@example.org`, firstname: 'a', lastname: 'b', serverAdmin: false, hadAccount: false, isHome: true }
    await tell('identity.invite.accepted', accepted)
    expect(await rows(`SELECT 1 FROM outbox WHERE subject = 'control.user.removed' AND payload->>'userId' = $1 AND payload->'orgDeleted' = 'true'`, userId)).toHaveLength(1)
  })
})
