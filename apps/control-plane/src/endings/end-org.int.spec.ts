import { newId } from '@tenantry/contracts'
import { until } from '@tenantry/testing'
import { type Person, type RunningControlPlane, runningControlPlane } from '../testing/running.js'

let running: RunningControlPlane

beforeAll(async () => { running = await runningControlPlane() }, 60_000)
afterAll(() => running.close(), 30_000)

const founder = async (): Promise<Person> => {
  const person = await running.person()
  expect((await running.call(person, 'GET', '/v2/users/current')).status).toBe(200)
  return person
}
const end = (who: Person, org = who.orgId, headers: Record<string, string> = {}) => running.call(who, 'DELETE', `/v2/orgs/${org}`, undefined, headers)
const rows = async (sql: string, ...values: readonly unknown[]): Promise<Record<string, unknown>[]> => (await running.records.query<Record<string, unknown>>(sql, [...values])).rows
const isEnded = async ({ orgId }: Person): Promise<boolean> => (await rows('SELECT 1 FROM orgs WHERE id = $1 AND deleted_at IS NOT NULL', orgId)).length === 1

describe('the end of an org', () => {
  it('is refused while it has databases, and says how many; what was deleted counts no more', async () => {
    const ada = await founder()
    const ids = [await running.create(ada), await running.create(ada)]
    expect(await end(ada)).toMatchObject({ status: 409, json: { message: expect.stringContaining('2 databases that are not deleted') } })
    for (const id of ids) {
      await running.call(ada, 'DELETE', `/v2/databases/${id}`)
      await running.report(ada, id, 'deprovisioned', 2)
      await until('it is DELETED', async () => await running.stateOf(ada, id) === 'DELETED')
    }
    expect((await end(ada)).status).toBe(202)
    expect(await isEnded(ada)).toBe(true)
  })

  it('is for an owner: who may give roles may not, and of another org there is nothing to be seen', async () => {
    const [ada, eve] = [await founder(), await founder()]
    const bob = await running.member(ada, 'admin')
    expect((await end(bob)).status).toBe(403)
    await rows(`UPDATE memberships SET acl = '{roles:write}' WHERE org_id = $1 AND user_id = $2`, ada.orgId, bob.userId)
    const carl = await running.member(ada, 'viewer')
    await rows(`UPDATE memberships SET acl = '{roles:write}' WHERE org_id = $1 AND user_id = $2`, ada.orgId, carl.userId)
    expect(await end(carl)).toMatchObject({ status: 403, json: { message: 'Only an owner deletes the org.' } })
    const [theirs, nobodys] = [await end(eve, ada.orgId), await end(eve, newId())]
    expect([theirs.status, theirs.text]).toEqual([404, nobodys.text])
    expect(await isEnded(ada)).toBe(false)
  })

  it('ends every membership, tells of each, and leaves a mark that holds nothing of anybody', async () => {
    const ada = await founder()
    const members = [await running.member(ada, 'owner'), await running.member(ada, 'viewer')]
    for (const one of members) expect((await running.call(one, 'GET', '/v2/users/current')).status).toBe(200)
    expect((await end(ada)).status).toBe(202)
    for (const one of [ada, ...members]) await until('nobody is a member any more', async () => (await running.call(one, 'GET', '/v2/users/current')).status === 401)
    expect(await rows('SELECT tech_email, billing_email, company_name, address, users_used FROM orgs WHERE id = $1', ada.orgId))
      .toEqual([{ tech_email: '', billing_email: '', company_name: '', address: '', users_used: 0 }])
    const told = await rows(`SELECT payload->>'userId' AS id, payload->'orgDeleted' AS gone FROM outbox WHERE subject = 'control.user.removed' AND payload->>'orgId' = $1`, ada.orgId)
    expect(told.map(({ id }) => id).toSorted()).toEqual([ada, ...members].map(({ userId }) => userId).toSorted())
    expect(told.every(({ gone }) => gone === true)).toBe(true)
    const [line, ...more] = (await rows('SELECT entry FROM audit WHERE org_id = $1', ada.orgId)).map(({ entry }) => JSON.parse(String(entry)) as Record<string, unknown>)
    expect(more).toEqual([])
    expect(line).toMatchObject({ action: 'deleteOrg', actor_id: ada.userId, object_kind: 'org', object_id: ada.orgId, before_hash: expect.any(String), after_hash: null })
  })

  it('revokes the invites that nobody has accepted, and waits for nobody', async () => {
    const ada = await founder()
    for (const name of ['one', 'two']) expect((await running.call(ada, 'POST', '/v2/invites', { email: `${name}-${ada.userId}@example.org` })).status).toBe(201)
    expect((await end(ada)).status).toBe(202)
    expect(await rows('SELECT DISTINCT state, user_id FROM invites WHERE org_id = $1', ada.orgId)).toEqual([{ state: 'revoked', user_id: null }])
    expect(await rows(`SELECT 1 FROM memberships WHERE org_id = $1 AND status <> 'Left'`, ada.orgId)).toEqual([])
    expect(await rows(`SELECT 1 FROM users WHERE email LIKE $1`, `%${ada.userId}@example.org`)).toEqual([])
    expect(await rows(`SELECT 1 FROM outbox WHERE subject = 'control.invite.revoked' AND payload->>'orgId' = $1`, ada.orgId)).toHaveLength(2)
  })

  it('is done once, however often it is sent', async () => {
    const ada = await founder()
    const answers = await Promise.all(Array.from({ length: 10 }, () => end(ada, ada.orgId, { 'idempotency-key': 'the-end' })))
    expect(answers.filter(({ status }) => ![202, 409, 401].includes(status))).toEqual([])
    expect(answers.some(({ status }) => status === 202)).toBe(true)
    expect(await rows('SELECT action FROM audit WHERE org_id = $1', ada.orgId)).toEqual([{ action: 'deleteOrg' }])
  })

  it.each([['the end comes first', true], ['the database comes first', false]])('loses no database that is made at the same moment, when %s', async (_, endsFirst) => {
    const ada = await founder()
    const holder = await running.anotherClient()
    await holder.query('BEGIN')
    await holder.query('SELECT 1 FROM orgs WHERE id = $1 FOR UPDATE', [ada.orgId])
    const waiting = (many: number): Promise<unknown> => until(`${many} wait for the org`, async () =>
      (await rows(`SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`)).length >= many)
    const ask = { end: () => end(ada), create: () => running.call(ada, 'POST', '/v2/databases', { name: 'at once', database_options: {} }) }
    const [one, other] = endsFirst ? ['end', 'create'] as const : ['create', 'end'] as const
    const first = ask[one]()
    await waiting(1)
    const second = ask[other]()
    await waiting(2)
    await holder.query('COMMIT')
    await holder.end()
    expect([(await first).status, (await second).status]).toEqual(endsFirst ? [202, 404] : [201, 409])
    const [count] = await rows('SELECT count(*)::int AS count FROM databases WHERE org_id = $1', ada.orgId)
    expect([count, await isEnded(ada)]).toEqual([{ count: endsFirst ? 0 : 1 }, endsFirst])
  })
})
