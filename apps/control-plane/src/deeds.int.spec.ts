import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import http from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { type AuditLine, type OrgId, type UserId, newId } from '@tenantry/contracts'
import { forgetRepeats } from '@tenantry/deeds'
import { connectNats } from '@tenantry/events'
import { createLogger } from '@tenantry/service'
import { type MachineClock, type TestDatabase, type TestNats, type TestSigner, startMachineClock, testDatabase, testNats, testSigner, until } from '@tenantry/testing'
import { jetstream } from '@nats-io/jetstream'
import pg from 'pg'
import { createControlPlane, migrateControlPlane, parseControlPlaneConfig } from './index.js'
import { controlPlaneSource } from './source.js'

const logger = createLogger('test', 'silent')
const issuer = 'http://tenantry.test'
const long = process.env['TEST_LONG'] === '1'
const main = fileURLToPath(new URL('../dist/main.js', import.meta.url))
const verifier = fileURLToPath(new URL('../../../tools/verify-audit.mjs', import.meta.url))

interface Person { readonly userId: UserId; readonly orgId: OrgId; readonly token: string }
interface Answer { readonly status: number; readonly text: string; readonly json: Record<string, unknown>; readonly headers: Headers }

let database: TestDatabase
let nats: TestNats
let clock: MachineClock
let signer: TestSigner
let base: string
let records: pg.Pool
let connection: Awaited<ReturnType<typeof connectNats>>
let env: Record<string, string>
const closing: (() => Promise<unknown>)[] = []

const open = async (listener: http.RequestListener): Promise<string> => {
  const server = http.createServer(listener).listen(0, '127.0.0.1')
  await once(server, 'listening')
  closing.push(() => { server.closeAllConnections(); server.close(); return Promise.resolve() })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

beforeAll(async () => {
  [database, nats, signer, clock] = await Promise.all([testDatabase('control_plane'), testNats(), testSigner(issuer), startMachineClock()])
  closing.push(() => clock.stop())
  const identityUrl = await open((_request, response) => { response.setHeader('content-type', 'application/json').end(JSON.stringify(signer.jwks)) })
  env = {
    DATABASE_URL: database.url, NATS_URL: nats.url, NATS_TOKEN: nats.token, PUBLIC_URL: issuer, IDENTITY_URL: identityUrl,
    INTERNAL_TOKEN: 'an-internal-token-of-tests', DATABASES_PER_ORG: '5000',
  }
  const config = parseControlPlaneConfig(env)
  await migrateControlPlane(config)
  const service = await createControlPlane(config, logger)
  closing.push(() => service.close())
  base = await open((request, response) => service.handle(request, response))
  connection = await connectNats({ ...nats, name: 'test' }, logger)
  records = new pg.Pool({ connectionString: database.url, max: 3 })
  closing.push(() => connection.close(), () => records.end())
})

afterAll(async () => {
  for (const close of closing.reverse()) await close()
  await nats.stop()
  await database.drop()
})

const person = async (facts: Record<string, unknown> = {}): Promise<Person> => {
  const userId = newId<UserId>()
  const orgId = newId<OrgId>()
  const claims = {
    sub: userId, org_id: orgId, sid: newId<string>(), epoch: 0, token_use: 'id', jti: newId<string>(), email: `${userId}@example.test`, given_name: 'Ada',
    family_name: 'Byron', founder: true, org_name: 'Example', server_admin: false, ...facts,
  }
  return { userId, orgId: claims.org_id, token: await signer.sign(claims, { typ: 'JWT' }) }
}

const memberOf = async (owner: Person, role: string): Promise<Person> => {
  const one = await person({ org_id: owner.orgId, founder: false })
  await records.query(`INSERT INTO users (id, email, firstname, lastname, updated_by) VALUES ($1, 'e@example.test', 'Eve', 'E', $1)`, [one.userId])
  await records.query(`INSERT INTO memberships (org_id, user_id, role, status, updated_by) VALUES ($1, $2, $3, 'Active', $2)`, [owner.orgId, one.userId, role])
  return one
}

const call = async (who: Person, method: string, route: string, body?: unknown, headers: Record<string, string> = {}, at = base): Promise<Answer> => {
  const response = await fetch(at + route, {
    method, headers: { authorization: `Bearer ${who.token}`, ...(body !== undefined && { 'content-type': 'application/json' }), ...headers },
    ...(body !== undefined && { body: JSON.stringify(body) }), signal: AbortSignal.timeout(20_000),
  })
  const text = await response.text()
  return { status: response.status, text, json: (text.startsWith('{') && !text.includes('\n') ? JSON.parse(text) : {}) as Record<string, unknown>, headers: response.headers }
}

const create = (who: Person, key?: string, name: string = newId<string>(), at = base): Promise<Answer> =>
  call(who, 'POST', '/v2/databases', { name, database_options: {} }, key === undefined ? {} : { 'idempotency-key': key }, at)
const listed = async (who: Person): Promise<readonly { id: string; name: string }[]> => (await call(who, 'GET', '/v2/databases?limit=1000')).json['resources'] as { id: string; name: string }[]
const deedsOf = async (who: Person, query = '?limit=1000'): Promise<readonly AuditLine[]> => (await call(who, 'GET', `/v2/orgs/${who.orgId}/audit${query}`)).json['resources'] as AuditLine[]
const exported = (who: Person): Promise<Answer> => call(who, 'GET', `/v2/orgs/${who.orgId}/audit`, undefined, { accept: 'application/x-ndjson' })

const verify = async (text: string, ...rest: string[]): Promise<{ code: number; said: string }> => {
  const folder = await mkdtemp(path.join(tmpdir(), 'tenantry-audit-'))
  const file = path.join(folder, 'deeds.ndjson')
  await writeFile(file, text)
  const seen = await new Promise<{ code: number; said: string }>((resolve) => {
    const child = execFile(process.execPath, [verifier, file, ...rest], { timeout: 20_000 }, (_error, stdout, stderr) => resolve({ code: child.exitCode ?? -1, said: stdout + stderr }))
  })
  await rm(folder, { recursive: true })
  return seen
}

describe('a record request that is sent again under its key', () => {
  it('is done once and answered alike, 50 times in parallel and once more', async () => {
    const ada = await person()
    await listed(ada)
    const answers = await Promise.all(Array.from({ length: 50 }, () => create(ada, 'k-1', 'one')))
    expect(answers.filter(({ status }) => status !== 201 && status !== 409)).toEqual([])
    for (const { headers, json } of answers.filter(({ status }) => status === 409)) {
      expect([headers.get('retry-after'), json['code']]).toEqual(['1', 'IdempotencyKeyInUse'])
    }
    const again = await create(ada, 'k-1', 'one')
    const made = new Set(answers.filter(({ status }) => status === 201).map(({ text }) => text))
    expect([again.status, [...made]]).toEqual([201, [again.text]])
    expect((await listed(ada)).map(({ name }) => name)).toEqual(['one'])
    expect((await deedsOf(ada)).map(({ action }) => action)).toEqual(['createDatabase'])
  })

  it('waits for nobody while it is being worked on: 409, and the answer afterwards', async () => {
    const ada = await person()
    await listed(ada)
    const holder = new pg.Client({ connectionString: database.url })
    await holder.connect()
    await holder.query('BEGIN')
    await holder.query('SELECT FROM orgs WHERE id = $1 FOR UPDATE', [ada.orgId])
    const first = create(ada, 'slow', 'slow')
    await until('the first one waits for the org', async () =>
      (await records.query(`SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`)).rowCount)
    const inFlight = await create(ada, 'slow', 'slow')
    await holder.query('COMMIT')
    await holder.end()
    expect([inFlight.status, inFlight.headers.get('retry-after'), inFlight.json['code']]).toEqual([409, '1', 'IdempotencyKeyInUse'])
    expect([(await first).status, (await create(ada, 'slow', 'slow')).text]).toEqual([201, (await first).text])
  })

  it('is refused with 422 when it asks for something else, by body, path or method', async () => {
    const ada = await person()
    const { id } = (await create(ada, 'k', 'one')).json
    for (const other of [
      await create(ada, 'k', 'two'), await call(ada, 'DELETE', `/v2/databases/${id as string}`, undefined, { 'idempotency-key': 'k' }),
      await call(ada, 'PUT', `/v2/databases/${id as string}`, { name: 'one', database_options: {} }, { 'idempotency-key': 'k' }),
    ]) expect([other.status, other.json['code']]).toEqual([422, 'IdempotencyKeyReused'])
    const spelled = await call(ada, 'POST', '/v2/databases', { database_options: {}, name: 'one' }, { 'idempotency-key': 'k' })
    expect([spelled.status, spelled.json['id']]).toEqual([201, id])
    expect((await listed(ada)).map(({ name }) => name)).toEqual(['one'])
  })

  it('gets the same refusal again when that came from what the records were, and only then', async () => {
    const ada = await person()
    const { id } = (await create(ada, undefined, 'taken')).json
    const refused = await create(ada, 'k', 'taken')
    expect((await call(ada, 'PUT', `/v2/databases/${id as string}`, { name: 'free' })).status).toBe(202)
    expect([refused.status, (await create(ada, 'k', 'taken')).text]).toEqual([409, refused.text])
    expect((await create(ada, 'another', 'taken')).status).toBe(201)
    const invalid = { name: '', database_options: {} }
    expect((await call(ada, 'POST', '/v2/databases', invalid, { 'idempotency-key': 'v' })).status).toBe(400)
    expect((await create(ada, 'v', 'mended')).status).toBe(201)
    expect((await deedsOf(ada)).map(({ action }) => action)).toEqual(['createDatabase', 'createDatabase', 'updateDatabase', 'createDatabase'])
  })

  it.each(['', 'a b', 'ü', 'x'.repeat(256), 'a\tb', 'a, b'])('is refused when its key is %j', async (key) => {
    const ada = await person()
    // fetch would refuse or trim some of these itself.
    const status = await new Promise((resolve, reject) => {
      const request = http.request(`${base}/v2/databases`, { method: 'POST', headers: { authorization: `Bearer ${ada.token}`, 'content-type': 'application/json', 'idempotency-key': key } })
      request.on('response', (response) => { response.resume(); resolve(response.statusCode) }).on('error', reject).end('{"name":"x"}')
    })
    expect([status, await listed(ada)]).toEqual([400, []])
  })

  it('keeps keys of 255 characters, each caller its own', async () => {
    const [ada, bob] = [await person(), await person()]
    const key = '~'.repeat(255)
    const [one, two] = [await create(ada, key, 'one'), await create(bob, key, 'one')]
    expect([one.status, two.status]).toEqual([201, 201])
    expect(one.json['id']).not.toBe(two.json['id'])
  })

  it('is done again after a day, when the first answer is forgotten', async () => {
    const ada = await person()
    await create(ada, 'k', 'one')
    await records.query(`UPDATE repeats SET created_at = created_at - interval '24 hours' WHERE org_id = $1`, [ada.orgId])
    expect((await create(ada, 'k', 'two')).status).toBe(201)
    await records.query(`UPDATE repeats SET created_at = created_at - interval '24 hours' WHERE org_id = $1`, [ada.orgId])
    const source = await controlPlaneSource({ databaseUrl: database.url, poolSize: 1 }).initialize()
    await forgetRepeats(source)
    await source.destroy()
    expect((await records.query('SELECT FROM repeats WHERE org_id = $1', [ada.orgId])).rowCount).toBe(0)
  })

  it(`has one effect and one line, whenever the process is killed (${long ? 60 : 4} kills)`, async () => {
    const ada = await person()
    let running: { child: ChildProcess; at: string } | undefined
    const started = async (): Promise<{ child: ChildProcess; at: string }> => {
      let said = ''
      const child = spawn(process.execPath, [main], { env: { ...env, PORT: '0' }, stdio: ['ignore', 'pipe', 'pipe'] })
      for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => { said += chunk.toString() })
      return { child, at: `http://127.0.0.1:${await until('it listens', () => /"port":(\d+)/.exec(said)?.[1], 25_000)}` }
    }
    const names = Array.from({ length: long ? 60 : 4 }, (_, nth) => `n-${nth}`)
    for (const [nth, name] of names.entries()) {
      const { child, at } = running ?? await started()
      // A process that has just started would need all the time for itself.
      await call(ada, 'GET', '/v2/databases', undefined, {}, at)
      const lost = create(ada, name, name, at).catch(() => undefined)
      // Another moment each time: before the request has come, while it is worked on, after its answer.
      await new Promise((resolve) => { setTimeout(resolve, nth * (long ? 2 : 25)) })
      child.kill('SIGKILL')
      const answer = await lost
      running = nth + 1 < names.length ? await started() : undefined
      const again = await until('the key is free or answered', async () => {
        const one = await create(ada, name, name)
        return one.status === 201 ? one : undefined
      })
      if (answer?.status === 201) expect(again.text).toBe(answer.text)
    }
    expect((await listed(ada)).map(({ name }) => name)).toEqual(names)
    expect(await deedsOf(ada)).toHaveLength(names.length)
  }, long ? 900_000 : 120_000)
})

describe('the record of deeds', () => {
  it('has one line for each change, none for what was only read or refused, and tells what it was', async () => {
    const ada = await person()
    const { id } = (await create(ada, undefined, 'one')).json as { id: string }
    await call(ada, 'PUT', `/v2/databases/${id}`, { name: 'two' }, { 'x-request-id': 'the-rename' })
    await call(ada, 'PUT', `/v2/orgs/${ada.orgId}`, { company_name: 'Byron & Co' })
    await create(ada, undefined, 'two')
    await call(ada, 'PUT', `/v2/databases/${newId<string>()}`, { name: 'two' })
    await call(ada, 'PUT', '/v2/databases/nonsense', { name: 'two' })
    await call(ada, 'PUT', `/v2/databases/${id}`, { name: 7 })
    await call(ada, 'DELETE', `/v2/databases/${id}`)
    await call(ada, 'DELETE', `/v2/databases/${id}`)
    const [removed, org, renamed, made, ...rest] = await deedsOf(ada)
    expect(rest).toEqual([])
    const whole = { org_id: ada.orgId, actor_id: ada.userId, credential_kind: 'session', address: '127.0.0.1', at: expect.stringMatching(/^\d{4}-.*Z$/) }
    const hash = expect.stringMatching(/^[0-9a-f]{64}$/)
    expect(made).toMatchObject({ ...whole, number: 1, action: 'createDatabase', object_kind: 'database', object_id: id, before_hash: null, after_hash: hash, prev_hash: '0'.repeat(64) })
    expect(renamed).toMatchObject({ ...whole, number: 2, action: 'updateDatabase', object_id: id, before_hash: made?.after_hash, request_id: 'the-rename', prev_hash: made?.hash })
    expect(renamed?.after_hash).not.toBe(renamed?.before_hash)
    expect(org).toMatchObject({ ...whole, number: 3, action: 'updateOrg', object_kind: 'org', object_id: ada.orgId, before_hash: hash, after_hash: hash })
    expect(removed).toMatchObject({ ...whole, number: 4, action: 'deleteDatabase', object_id: id, before_hash: renamed?.after_hash, after_hash: hash })
    expect(JSON.stringify([removed, org, renamed, made])).not.toMatch(/Byron & Co|eyJ/)
  })

  it('tells of people, roles and power as of databases', async () => {
    const ada = await person()
    const role = { rolename: 'night shift', acl: ['databases:power'] }
    await call(ada, 'POST', '/v2/roles', role)
    await call(ada, 'POST', '/v2/roles', role)
    await call(ada, 'PUT', '/v2/roles/night%20shift', { acl: ['databases:power', 'data:read'] })
    await call(ada, 'PUT', '/v2/roles/a%00b', { acl: [] })
    await call(ada, 'PUT', `/v2/users/${ada.userId.toUpperCase()}`, { firstname: 'Augusta' })
    const bob = await memberOf(ada, 'developer')
    await call(ada, 'POST', `/v2/users/${bob.userId}/roles`, { rolenames: ['night shift'] })
    await call(ada, 'DELETE', '/v2/roles/night%20shift')
    const deeds = (await deedsOf(ada)).toReversed()
    expect(deeds.map(({ action, object_kind, object_id }) => [action, object_kind, object_id])).toEqual([
      ['createRole', 'role', 'night shift'], ['updateRole', 'role', 'night shift'], ['updateUser', 'user', ada.userId], ['addUserRoles', 'user', bob.userId],
      ['deleteRole', 'role', 'night shift'],
    ])
    const [made, changed, , given, removed] = deeds
    expect([made?.before_hash, changed?.before_hash, given?.before_hash, removed?.before_hash, removed?.after_hash]).toEqual(
      [null, made?.after_hash, expect.any(String), changed?.after_hash, null])
    expect(new Set(deeds.flatMap(({ before_hash, after_hash }) => [before_hash, after_hash])).size).toBe(7)
  })

  it.each(['UPDATE audit SET action = \'other\'', 'DELETE FROM audit', 'TRUNCATE audit', 'DELETE FROM audit_heads', 'TRUNCATE audit_heads', 'UPDATE audit SET action = action WHERE false'])(
    'is only added to, even by the service itself: %s', async (sql) => {
      const ada = await person()
      await create(ada)
      await expect(records.query(sql)).rejects.toThrow(/only added to/)
      expect(await deedsOf(ada)).toHaveLength(1)
    })

  it('holds 200 deeds done in parallel in one chain without a gap, which a program without the server finds whole', async () => {
    const ada = await person()
    await listed(ada)
    const answers = await Promise.all(Array.from({ length: 200 }, () => create(ada)))
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([201]))
    const { text, headers } = await exported(ada)
    const lines = text.trimEnd().split('\n').map((line) => JSON.parse(line) as AuditLine)
    expect(headers.get('content-type')).toMatch(/^application\/x-ndjson/)
    expect(lines.map(({ number }) => number)).toEqual(Array.from({ length: 200 }, (_, nth) => nth + 1))
    expect(new Set(lines.map(({ object_id }) => object_id))).toEqual(new Set(answers.map(({ json }) => json['id'])))
    expect(await verify(text)).toEqual({ code: 0, said: expect.stringContaining(`200 lines in one chain; the last hash is ${lines.at(-1)?.hash ?? ''}`) })
  })

  it('is found out by that program when a line was changed, removed, swapped, added or cut off', async () => {
    const ada = await person()
    for (let nth = 0; nth < 6; nth++) await create(ada)
    const { text } = await exported(ada)
    const lines = text.trimEnd().split('\n')
    const last = (JSON.parse(lines.at(-1) ?? '') as AuditLine).hash
    const broken = {
      changed: lines.with(2, (lines[2] ?? '').replace('createDatabase', 'deleteDatabase')), removed: lines.toSpliced(2, 1),
      swapped: lines.with(2, lines[3] ?? '').with(3, lines[2] ?? ''), added: lines.toSpliced(2, 0, (lines[2] ?? '').replace('"number":3', '"number":4')),
    }
    for (const [how, other] of Object.entries(broken)) {
      expect({ how, ...await verify(`${other.join('\n')}\n`) }).toEqual({ how, code: 1, said: expect.stringMatching(/^Line 3 is the first that is broken/) })
    }
    expect(await verify(`${lines.slice(0, 5).join('\n')}\n`, '--last', last)).toMatchObject({ code: 1 })
    expect(await verify(text, '--last', last)).toMatchObject({ code: 0 })
    expect(await verify(text.replace(/^.*\n/, ''), '--part')).toMatchObject({ code: 0 })
  })

  it('is read in pages, newest first, and by who did what and when', async () => {
    const ada = await person()
    for (const name of ['a', 'b', 'c']) await create(ada, undefined, name)
    const [one] = await listed(ada)
    await call(ada, 'PUT', `/v2/databases/${one?.id ?? ''}`, { name: 'd' })
    const first = await call(ada, 'GET', `/v2/orgs/${ada.orgId}/audit?limit=3`)
    const second = await call(ada, 'GET', `/v2/orgs/${ada.orgId}/audit?limit=3&next=${String(first.json['next'])}`)
    const numbers = [first, second].map(({ json }) => (json['resources'] as AuditLine[]).map(({ number }) => number))
    expect([numbers, second.json['next']]).toEqual([[[4, 3, 2], [1]], ''])
    const asked = async (query: string): Promise<readonly number[]> => (await deedsOf(ada, query)).map(({ number }) => number)
    expect(await asked('?action=updateDatabase')).toEqual([4])
    expect(await asked(`?actor=${ada.userId}`)).toEqual([4, 3, 2, 1])
    expect(await asked(`?actor=${newId<string>()}`)).toEqual([])
    const { at } = (await deedsOf(ada))[0] ?? { at: '' }
    expect(await asked(`?from=${at}`)).toContain(4)
    expect(await asked(`?to=${at}`)).not.toContain(4)
    for (const bad of ['limit=0', 'limit=1001', 'next=x', 'actor=x', 'from=yesterday']) {
      expect([bad, (await call(ada, 'GET', `/v2/orgs/${ada.orgId}/audit?${bad}`)).status]).toEqual([bad, 400])
    }
  })

  it('is nothing to strangers, and nothing to members who may not read it', async () => {
    const [ada, bob] = [await person(), await person()]
    await create(ada)
    await create(bob)
    for (const accept of ['application/json', 'application/x-ndjson']) {
      const [foreign, random] = [await call(bob, 'GET', `/v2/orgs/${ada.orgId}/audit`, undefined, { accept }), await call(bob, 'GET', `/v2/orgs/${newId<string>()}/audit`, undefined, { accept })]
      expect([foreign.status, foreign.text]).toEqual([404, random.text])
    }
    expect((await exported(await memberOf(ada, 'developer'))).status).toBe(403)
    expect((await exported(await memberOf(ada, 'admin'))).status).toBe(200)
    expect(await deedsOf(ada)).toHaveLength(1)
  })

  it('takes what was done elsewhere once, within a second', async () => {
    const ada = await person()
    await create(ada)
    const [line] = await deedsOf(ada)
    const { number, prev_hash, hash, ...entry } = line ?? {} as AuditLine
    expect([number, prev_hash, hash]).toEqual([1, '0'.repeat(64), expect.any(String)])
    const event = JSON.stringify({ id: newId<string>(), at: entry.at, orgId: ada.orgId, entry: { ...entry, action: 'updateKey', object_kind: 'key' } })
    // The stream is there for everybody once anybody has asked for it; who comes first makes it.
    await until('it can be told', () => jetstream(connection).publish('identity.deed.done', event))
    await until('it is written down', async () => (await deedsOf(ada)).length === 2, 1_000, 10, clock)
    await jetstream(connection).publish('identity.deed.done', event)
    await jetstream(connection).publish('identity.deed.done', event.replace('"updateKey"', '"createKey"').replace(/"id":"[^"]+"/, `"id":"${newId<string>()}"`))
    await until('a later one is written down', async () => (await deedsOf(ada))[0]?.action === 'createKey')
    expect((await deedsOf(ada)).map(({ action }) => action)).toEqual(['createKey', 'updateKey', 'createDatabase'])
    expect((await verify((await exported(ada)).text)).code).toBe(0)
  })
})
