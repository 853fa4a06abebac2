import { once as onceEvent } from 'node:events'
import http from 'node:http'
import type { AddressInfo } from 'node:net'
import { type DatabaseFact, type DatabaseId, type OrgId, type UserId, internalSubject, newId } from '@tenantry/contracts'
import { connectNats } from '@tenantry/events'
import { createLogger } from '@tenantry/service'
import { type TestDatabase, type TestNats, type TestSigner, schemaDrift, testDatabase, testNats, testSigner, until } from '@tenantry/testing'
import { jetstream, jetstreamManager } from '@nats-io/jetstream'
import pg from 'pg'
import { createControlPlane, migrateControlPlane, parseControlPlaneConfig } from './index.js'
import { controlPlaneSource } from './source.js'

const logger = createLogger('test', 'silent')
const issuer = 'http://tenantry.test'

describe('the control plane', () => {
  let database: TestDatabase
  let nats: TestNats
  let signer: TestSigner
  let base: string
  const closing: (() => Promise<unknown>)[] = []
  let connection: Awaited<ReturnType<typeof connectNats>>
  let records: pg.Client

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
      DATABASE_URL: database.url, NATS_URL: nats.url, NATS_TOKEN: nats.token, PUBLIC_URL: issuer, IDENTITY_URL: identityUrl,
      INTERNAL_TOKEN: 'an-internal-token-of-tests', SWEEP_SECONDS: '1',
    })
    await migrateControlPlane(config)
    const service = await createControlPlane(config, logger)
    closing.push(() => service.close())
    base = await open((request, response) => service.handle(request, response))
    connection = await connectNats({ ...nats, name: 'test' }, logger)
    // What identity would answer.
    connection.subscribe(internalSubject('identity.quota.find'), { callback: (_error, message) => { message.respond(JSON.stringify({ answer: { keys: { used: 3, max: 4 } } })) } })
    records = new pg.Client({ connectionString: database.url })
    await records.connect()
    closing.push(() => connection.close(), () => records.end())
  })

  afterAll(async () => {
    for (const close of closing.reverse()) await close()
    await nats.stop()
    await database.drop()
  })

  interface Person { readonly userId: UserId; readonly orgId: OrgId; readonly token: string }

  const person = async (): Promise<Person> => {
    const userId = newId<UserId>()
    const orgId = newId<OrgId>()
    const email = `${userId}@example.test`
    const token = await signer.sign({
      sub: userId, org_id: orgId, sid: newId<string>(), epoch: 0, token_use: 'id', jti: newId<string>(), email, given_name: 'Ada', family_name: 'Byron', founder: true,
      org_name: `Organization for ${email}`, server_admin: false,
    }, { typ: 'JWT' })
    return { userId, orgId, token }
  }

  const call = async (who: Person | undefined, method: string, path: string, body?: unknown, headers: Record<string, string> = {}) => {
    const response = await fetch(base + path, {
      method,
      headers: { ...(who && { authorization: `Bearer ${who.token}` }), ...(body !== undefined && { 'content-type': 'application/json' }), ...headers },
      ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    })
    const text = await response.text()
    return { status: response.status, text, json: (text.startsWith('{') ? JSON.parse(text) : undefined) as Record<string, never>, headers: response.headers }
  }

  const create = async (who: Person, name: string = newId<string>()) => (await call(who, 'POST', '/v2/databases', { name, database_options: { shape: 'sqlite-small' } })).json as unknown as { id: DatabaseId; name: string }

  const report = async (who: Person, id: DatabaseId, fact: DatabaseFact, version = 1, generation = 1) => {
    const seen = JSON.stringify({
      id: newId<string>(), at: new Date().toISOString(), databaseId: id, orgId: who.orgId, generation, version, fact,
    })
    await until('the stream of the provisioner is there', () => jetstream(connection).publish('provisioner.database.seen', seen))
  }

  const stateOf = async (who: Person, id: DatabaseId): Promise<unknown> => (await call(who, 'GET', `/v2/databases/${id}`)).json['database_status']
  const historyOf = async (id: DatabaseId): Promise<string[]> =>
    (await records.query('SELECT seq, fact, to_state FROM database_history WHERE database_id = $1 ORDER BY seq', [id])).rows.map((row: { seq: number; fact: string; to_state: string }) => `${row.seq} ${row.fact} ${row.to_state}`)

  it('knows the caller, the org and the rights from the first verified token', async () => {
    const ada = await person()
    const current = await call(ada, 'GET', '/v2/users/current')
    expect(current).toMatchObject({ status: 200, json: { id: ada.userId, org_id: ada.orgId, username: `${ada.userId}@example.test`, status: 'Active', acl: ['Org_Owner'], roles: ['owner'] } })
    expect((await call(ada, 'GET', `/v2/orgs/${ada.orgId}`)).json).toMatchObject({ id: ada.orgId, org_type: 'trial', tech_contact_emali: `${ada.userId}@example.test` })
  })

  it('makes the records of an account once, whether the event or a token comes first', async () => {
    const ada = await person()
    await call(ada, 'GET', '/v2/users/current')
    await jetstreamManager(connection)
    await until('the stream of identity is there', () => jetstream(connection).publish('identity.account.registered', JSON.stringify({
      id: newId<string>(), at: new Date().toISOString(), userId: ada.userId, email: 'a@b.test', firstname: 'A', lastname: 'B', orgId: ada.orgId, orgName: 'Other', serverAdmin: false,
    })))
    await until('the event is taken', async () => (await records.query("SELECT 1 FROM inbox WHERE consumer = 'accounts'")).rowCount)
    expect((await call(ada, 'GET', `/v2/orgs/${ada.orgId}`)).json['name']).toBe(`Organization for ${ada.userId}@example.test`)
  })

  it('takes a database through its life as it is told, with a history that has no gap', async () => {
    const ada = await person()
    const { id } = await create(ada)
    expect(await stateOf(ada, id)).toBe('CREATING')
    await report(ada, id, 'claimed')
    await report(ada, id, 'provisioned')
    await until('it is RUNNING', async () => await stateOf(ada, id) === 'RUNNING')
    expect(await call(ada, 'DELETE', `/v2/databases/${id}`)).toMatchObject({ status: 202, json: { response_code: 202 } })
    await report(ada, id, 'deprovisioned', 2)
    await until('it is DELETED', async () => await stateOf(ada, id) === 'DELETED')
    expect(await historyOf(id)).toEqual([
      '1 created CREATING', '2 claimed PROVISIONING', '3 provisioned RUNNING', '4 deletionAsked DELETING', '5 deprovisionBegan DEPROVISIONING', '6 deprovisioned DELETED',
    ])
    expect(JSON.parse((await call(ada, 'GET', '/v2/databases')).text).resources).toEqual([])
  })

  it('ignores reports about an older wish or other data', async () => {
    const ada = await person()
    const { id } = await create(ada)
    expect((await call(ada, 'DELETE', `/v2/databases/${id}`)).status).toBe(202)
    await report(ada, id, 'provisioned', 1)
    await report(ada, id, 'deprovisioned', 2, 7)
    const later = await create(ada)
    await report(ada, later.id, 'provisioned')
    await until('a later report is taken', async () => await stateOf(ada, later.id) === 'RUNNING')
    expect(await stateOf(ada, id)).toBe('DELETING')
  })

  it('refuses a second deletion with 409 and changes nothing by it', async () => {
    const ada = await person()
    const { id } = await create(ada)
    await call(ada, 'DELETE', `/v2/databases/${id}`)
    expect(await call(ada, 'DELETE', `/v2/databases/${id}`)).toMatchObject({ status: 409, json: { code: 'IncorrectState' } })
    expect(await historyOf(id)).toHaveLength(2)
  })

  it('asks again for a database that nobody has answered for', async () => {
    const ada = await person()
    const { id } = await create(ada)
    const asked = async (): Promise<number> => (await records.query(`SELECT count(*)::int AS n FROM outbox WHERE subject = 'control.database.desired' AND payload ->> 'databaseId' = $1`, [id])).rows[0].n
    await until('it was asked for twice', async () => await asked() >= 2)
  })

  it('lets one of 50 parallel creates of a name win', async () => {
    const ada = await person()
    await call(ada, 'GET', '/v2/users/current')
    const answers = await Promise.all(Array.from({ length: 50 }, () => call(ada, 'POST', '/v2/databases', { name: 'one', database_options: {} })))
    expect(answers.map((answer) => answer.status).sort()).toEqual([201, ...Array.from({ length: 49 }, () => 409)])
    expect(answers.find((answer) => answer.status === 409)?.json['code']).toBe('ResourceAlreadyExists')
    expect(JSON.parse((await call(ada, 'GET', '/v2/databases')).text).resources).toHaveLength(1)
    expect((await records.query('SELECT databases_used AS n FROM orgs WHERE id = $1', [ada.orgId])).rows[0].n).toBe(1)
  })

  it('lets one of 200 parallel creates be where the org has room for one, and gives its room and its storage back once', async () => {
    const ada = await person()
    const { id } = await create(ada)
    const [{ storage_used: reserved }] = (await records.query('UPDATE orgs SET own_databases_max = 2 WHERE id = $1 RETURNING storage_used', [ada.orgId])).rows
    const answers = await Promise.all(Array.from({ length: 200 }, () => call(ada, 'POST', '/v2/databases', { name: newId<string>(), database_options: {} })))
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(1)
    for (const { status, json } of answers.filter((answer) => answer.status !== 201)) {
      expect({ status, json }).toEqual({ status: 403, json: { code: 'ResourceLimitExceeded', message: expect.stringContaining('databases_of_an_org: your org has 2 of 2 databases. Delete one') } })
    }
    const told = async (): Promise<unknown[]> => (JSON.parse((await call(ada, 'GET', '/v2/limits')).text) as { limits: { name: string; value: number; used?: number }[] }).limits
      .filter(({ name }) => ['databases_of_an_org', 'storage_of_an_org', 'users_of_an_org', 'keys_of_an_org'].includes(name)).map(({ value, used }) => [value, used])
    expect(await told()).toEqual([[2, 2], [10_000, 1], [4, 3], [16 * 1024 ** 4, 2 * Number(reserved)]])
    await call(ada, 'DELETE', `/v2/databases/${id}`)
    for (let again = 0; again < 2; again++) await report(ada, id, 'deprovisioned', 2)
    await until('it is DELETED', async () => await stateOf(ada, id) === 'DELETED')
    await create(ada)
    expect(await told()).toEqual([[2, 2], [10_000, 1], [4, 3], [16 * 1024 ** 4, 2 * Number(reserved)]])
  })

  it('keeps the options as they came, and answers them as they came', async () => {
    const ada = await person()
    const database_options = { shape: 'sqlite-small', restore_from: null, nested: { a: [1, 2.5, 'x'] } }
    const made = await call(ada, 'POST', '/v2/databases', { name: 'kept', database_options, id: newId<string>(), org_id: newId<string>(), database_status: 'RUNNING' })
    expect(made).toMatchObject({ status: 201, json: { database_options, org_id: ada.orgId, database_status: 'CREATING' } })
  })

  it('keeps options of any text, in their order, with a size that was sold elsewhere', async () => {
    const ada = await person()
    const engines = { '{"zz":1,"b":"\\u0000","a":{"\\u0000":"\\ud800"},"shape":"sqlite-small"}': 'sqlite', '{"shape":"8GB-Development"}': 'bitmap', '{"shape":"32gb-aws:us-east-2"}': 'bitmap', '{}': 'bitmap' }
    for (const [options, engine] of Object.entries(engines)) {
      const made = await call(ada, 'POST', '/v2/databases', `{"name":"${newId<string>()}","database_options":${options}}`)
      expect([made.status, JSON.stringify(made.json['database_options'])]).toEqual([201, JSON.stringify(JSON.parse(options))])
      const again = await call(ada, 'GET', `/v2/databases/${made.json['id'] as unknown as string}`)
      expect(JSON.stringify(again.json['database_options'])).toBe(JSON.stringify(JSON.parse(options)))
      expect((await records.query('SELECT engine FROM databases WHERE id = $1', [made.json['id']])).rows).toEqual([{ engine }])
    }
    expect(await call(ada, 'POST', '/v2/databases', { name: 'x', database_options: { shape: 7 } })).toMatchObject({ status: 400, json: { code: 'InvalidParameter' } })
  })

  it.each([
    ['an empty name', { name: '', database_options: {} }, 400, 'InvalidParameter'],
    ['no name', { database_options: {} }, 400, 'MissingParameter'],
    ['301 characters', { name: '𝒳'.repeat(301), database_options: {} }, 400, 'InvalidParameter'],
    ['a NUL', { name: 'a\0b', database_options: {} }, 400, 'InvalidParameter'],
    ['half a character', { name: 'a\ud800', database_options: {} }, 400, 'InvalidParameter'],
    ['a number', { name: 7, database_options: {} }, 400, 'InvalidParameter'],
    ['a shape that nobody has', { name: 'x', database_options: { shape: 'sqlite-smal' } }, 400, 'RelatedResourceNotFound'],
    ['a shape that is no text', { name: 'x', database_options: { shape: 'huge\0' } }, 400, 'RelatedResourceNotFound'],
    ['broken JSON', '{"name": "x"', 400, 'InvalidBody'],
    ['an array', [], 400, 'InvalidBody'],
    ['33 levels', `${'{"a":'.repeat(33)}1${'}'.repeat(33)}`, 400, 'InvalidBody'],
    ['a poisoned prototype', '{"name":"x","__proto__":{"a":1},"database_options":{}}', 400, 'InvalidBody'],
  ])('refuses %s and makes nothing', async (_what, body, status, code) => {
    const ada = await person()
    expect(await call(ada, 'POST', '/v2/databases', body)).toMatchObject({ status, json: { code, message: expect.any(String) } })
    expect(JSON.parse((await call(ada, 'GET', '/v2/databases')).text).resources).toEqual([])
  })

  it('takes a name of 300 characters', async () => {
    const ada = await person()
    expect((await call(ada, 'POST', '/v2/databases', { name: '𝒳'.repeat(300), database_options: {} })).status).toBe(201)
  })

  it('refuses a body that is not said to be JSON, and one past a megabyte', async () => {
    const ada = await person()
    expect(await call(ada, 'POST', '/v2/databases', '{"name":"x"}', { 'content-type': 'text/plain' })).toMatchObject({ status: 400, json: { code: 'InvalidContentType' } })
    expect(await call(ada, 'POST', '/v2/databases', '{"name":"x"}', { 'content-type': ';;;' })).toMatchObject({ status: 400, json: { code: 'InvalidContentType' } })
    expect(await call(ada, 'POST', '/v2/databases', JSON.stringify({ name: 'x', database_options: { a: 'y'.repeat(1_100_000) } }))).toMatchObject({ status: 413, json: { code: 'RequestTooLarge' } })
  })

  it('answers for what belongs to another org exactly as for what does not exist', async () => {
    const [ada, eve] = [await person(), await person()]
    const { id } = await create(ada)
    const random = newId<string>()
    const strip = (answer: Awaited<ReturnType<typeof call>>) => ({ status: answer.status, text: answer.text })
    for (const [method, path, body] of [
      ['GET', '/v2/databases/#'], ['PUT', '/v2/databases/#', { name: 'mine' }], ['DELETE', '/v2/databases/#'],
    ] as const) {
      const [foreign, missing] = [await call(eve, method, path.replace('#', id), body), await call(eve, method, path.replace('#', random), body)]
      expect(strip(foreign)).toEqual(strip(missing))
      expect(foreign.status).toBe(404)
    }
    expect(strip(await call(eve, 'GET', `/v2/orgs/${ada.orgId}`))).toEqual(strip(await call(eve, 'GET', `/v2/orgs/${random}`)))
    expect(strip(await call(eve, 'GET', `/v2/users/${ada.userId}`))).toEqual(strip(await call(eve, 'GET', `/v2/users/${random}`)))
    expect(JSON.parse((await call(eve, 'GET', '/v2/databases')).text).resources).toEqual([])
    expect(await stateOf(ada, id)).toBe('CREATING')
  })

  it('gives an id that is no UUID the status that the document lists', async () => {
    const ada = await person()
    expect((await call(ada, 'GET', '/v2/databases/nonsense')).status).toBe(404)
    expect((await call(ada, 'DELETE', '/v2/databases/nonsense')).status).toBe(422)
    expect((await call(ada, 'GET', '/v2/orgs/nonsense')).status).toBe(422)
    expect((await call(ada, 'GET', '/v2/users/nonsense')).status).toBe(404)
  })

  it('pages a list without losing or doubling, also while it grows', async () => {
    const ada = await person()
    const ids: string[] = []
    for (let i = 0; i < 7; i++) ids.push((await create(ada)).id)
    const seen: string[] = []
    let next = ''
    do {
      const page = JSON.parse((await call(ada, 'GET', `/v2/databases?limit=3${next && `&next=${next}`}`)).text)
      seen.push(...page.resources.map((resource: { id: string }) => resource.id))
      next = page.next
      if (seen.length === 3) ids.push((await create(ada)).id)
    } while (next)
    expect(seen).toEqual(ids)
    for (const query of ['limit=0', 'limit=1001', 'limit=x', 'next=forged']) {
      expect(await call(ada, 'GET', `/v2/databases?${query}`)).toMatchObject({ status: 400, json: { code: 'InvalidParameter' } })
    }
  })

  it('renames, gives away to members only, and refuses a taken name', async () => {
    const ada = await person()
    const [one, two] = [await create(ada), await create(ada)]
    expect(await call(ada, 'PUT', `/v2/databases/${one.id}`, { name: 'new', owned_by: ada.userId })).toMatchObject({ status: 202, json: { name: 'new', owned_by: ada.userId } })
    expect(await call(ada, 'PUT', `/v2/databases/${two.id}`, { name: 'NEW' })).toMatchObject({ status: 409, json: { code: 'ResourceAlreadyExists' } })
    expect(await call(ada, 'PUT', `/v2/databases/${two.id}`, { name: 'x', owned_by: newId<string>() })).toMatchObject({ status: 400, json: { code: 'RelatedResourceNotFound' } })
    expect((await call(ada, 'PUT', `/v2/databases/${one.id}`, { name: 'new' })).status).toBe(202)
  })

  it('refuses strangers, forged and expired tokens on every route', async () => {
    const ada = await person()
    const other = await testSigner(issuer)
    const forged = { ...ada, token: await other.sign({ sub: ada.userId, org_id: ada.orgId, sid: newId<string>(), epoch: 0, token_use: 'id' }) }
    const expired = { ...ada, token: await signer.sign({ sub: ada.userId, org_id: ada.orgId, sid: newId<string>(), epoch: 0, token_use: 'id', exp: 1 }) }
    for (const [method, path] of [['GET', '/v2/databases'], ['POST', '/v2/databases'], ['GET', '/v2/users/current'], ['GET', '/v2/shapes'], ['GET', `/v2/orgs/${ada.orgId}`]] as const) {
      expect(await call(undefined, method, path)).toMatchObject({ status: 401, json: { code: 'MissingAuthenticationToken' } })
      expect(await call(forged, method, path)).toMatchObject({ status: 401, json: { code: 'Unauthorized' } })
      expect(await call(expired, method, path)).toMatchObject({ status: 401, json: { code: 'Unauthorized' } })
    }
    expect((await call(undefined, 'GET', '/v2/databases')).headers.get('www-authenticate')).toBe('Bearer')
  })

  it('answers the internal calls to nobody without the internal token', async () => {
    const [ada] = [await person()]
    const { id } = await create(ada)
    const ask = { orgId: ada.orgId, databaseId: id }
    expect((await call(ada, 'POST', '/internal/control.target.find', ask)).status).toBe(404)
    const known = await call(undefined, 'POST', '/internal/control.target.find', ask, { authorization: 'Bearer an-internal-token-of-tests' })
    expect(known.json).toMatchObject({ answer: { databaseId: id, state: 'CREATING', engine: 'sqlite' } })
  })

  it('has tables and columns as its entities say', async () => {
    const source = controlPlaneSource({ databaseUrl: database.url, poolSize: 1 })
    await source.initialize()
    expect(await schemaDrift(source)).toEqual([])
    await source.destroy()
  })
})
