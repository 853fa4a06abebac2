import http from 'node:http'
import { randomBytes, randomUUID } from 'node:crypto'
import type { AddressInfo } from 'node:net'
import { json } from 'node:stream/consumers'
import { type Gatekeeper, apiKeyDigest, createGatekeeper, remotePorts } from '@tenantry/auth'
import { type Permission, type Rights, permissions, rolePermissions } from '@tenantry/contracts'
import { type NatsConnection, connectNats, createInternalClient } from '@tenantry/events'
import { type RunningService, createLogger } from '@tenantry/service'
import { type MachineClock, type TestDatabase, type TestNats, startMachineClock, testDatabase, testNats, until } from '@tenantry/testing'
import pg from 'pg'
import { type IdentityConfig, createIdentity, migrateIdentity, parseIdentityConfig } from './index.js'

interface Answer { readonly status: number; readonly headers: Headers; readonly text: string; readonly body: Record<string, unknown> }
interface Account { readonly userId: string; readonly orgId: string; readonly email: string; readonly idToken: string; readonly refreshToken: string }
type Headed = Record<string, string>

const publicUrl = 'https://db.example.com'
const internalToken = 'an-internal-token-for-tests'
const password = 'correct horse battery'
const logger = createLogger('identity-test', 'silent')

let database: TestDatabase
let nats: TestNats
let clock: MachineClock
let connection: NatsConnection
let records: pg.Pool
let service: RunningService
let server: http.Server
let base: string
let controlPlane: http.Server
let controlPlaneUrl: string
let gateway: Gatekeeper
/** What the control plane of these tests says of each user; an owner unless told. */
const rightsOf = new Map<string, Rights>()

const configured = (changes: Record<string, string> = {}): IdentityConfig => parseIdentityConfig({
  DATABASE_URL: database.url, NATS_URL: nats.url, NATS_TOKEN: nats.token, PUBLIC_URL: publicUrl, IDENTITY_URL: 'http://127.0.0.1:1',
  CONTROL_PLANE_URL: controlPlaneUrl, INTERNAL_TOKEN: internalToken, SEALING_KEY: Buffer.alloc(32, 1).toString('base64url'),
  PEPPER: Buffer.alloc(32, 2).toString('base64url'), BCRYPT_COST: '4', BOOTSTRAP_TOKEN: 'a-bootstrap-token-for-tests', POOL_SIZE: '5', WRONG_PASSWORD_WAIT_SECONDS: '1', ...changes,
})

const listening = async (handle: http.RequestListener): Promise<{ server: http.Server; base: string }> => {
  const opened = http.createServer(handle)
  await new Promise<void>((resolve) => { opened.listen(0, '127.0.0.1', resolve) })
  return { server: opened, base: `http://127.0.0.1:${(opened.address() as AddressInfo).port}` }
}

/** The one internal call that identity makes, answered over HTTP as the control plane does when NATS does not reach it. */
const answerRights: http.RequestListener = (request, response) => {
  const owner: Rights = { status: 'Active', permissions, version: 1 }
  void json(request).then((body) => {
    const { userId } = body as { userId: string }
    response.setHeader('content-type', 'application/json').end(JSON.stringify({ answer: rightsOf.get(userId) ?? owner }))
  })
}

const serving = async (config: IdentityConfig, work: (at: string) => Promise<void>): Promise<void> => {
  const running = await createIdentity(config, logger)
  const opened = await listening((request, response) => running.handle(request, response))
  await work(opened.base)
  opened.server.closeAllConnections()
  opened.server.close()
  await running.close()
}

const call = async (method: string, path: string, headers: Headed = {}, body?: unknown, at = base): Promise<Answer> => {
  const response = await fetch(new URL(path, at), {
    method, headers: { ...(body !== undefined && { 'content-type': 'application/json' }), ...headers }, signal: AbortSignal.timeout(10_000),
    ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  })
  const text = await response.text()
  return { status: response.status, headers: response.headers, text, body: text.startsWith('{') ? JSON.parse(text) as Record<string, unknown> : {} }
}

const bearer = (token: string): Headed => ({ authorization: `Bearer ${token}` })
const newEmail = (): string => `${randomBytes(6).toString('hex')}@example.com`
const resultOf = (answer: Answer): Record<string, string> => answer.body['AuthenticationResult'] as Record<string, string>

const signUp = async (headers: Headed = {}, email = newEmail()): Promise<Account> => {
  const answer = await call('POST', '/id/signup', headers, { email, password, firstname: 'Ann', lastname: 'Example' })
  expect(answer.status).toBe(201)
  const { IdToken = '', RefreshToken = '' } = resultOf(answer)
  return { userId: String(answer.body['user_id']), orgId: String(answer.body['org_id']), email, idToken: IdToken, refreshToken: RefreshToken }
}

const newKey = async (owner: Account): Promise<{ id: string; secret: string }> => {
  const answer = await call('POST', `/v2/users/${owner.userId}/keys`, bearer(owner.idToken), { description: 'for tests' })
  expect(answer.status).toBe(201)
  return { id: String(answer.body['id']), secret: String(answer.body['secret']) }
}

const refresh = (refreshToken: string, headers: Headed = {}): Promise<Answer> => call('POST', '/id', { 'user-agent': 'one', ...headers }, { REFRESH_TOKEN: refreshToken })
const claimsOf = (token: string): Record<string, unknown> => JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) as Record<string, unknown>
const ownKeys = (account: Account): string => `/v2/users/${account.userId}/keys`

/** Makes one account a member of another's org, as far as the control plane and the account's record say. */
const join = async (member: Account, org: Account, granted: readonly Permission[]): Promise<Account> => {
  await records.query('UPDATE accounts SET org_id = $1, founder = false WHERE id = $2', [org.orgId, member.userId])
  rightsOf.set(member.userId, { status: 'Active', permissions: granted, version: 1 })
  const again = await call('POST', '/id', {}, { USERNAME: member.email, PASSWORD: password })
  return { ...member, orgId: org.orgId, idToken: resultOf(again)['IdToken'] ?? '' }
}

beforeAll(async () => {
  clock = await startMachineClock()
  database = await testDatabase('identity')
  nats = await testNats()
  ;({ server: controlPlane, base: controlPlaneUrl } = await listening(answerRights))
  records = new pg.Pool({ connectionString: database.url, max: 2 })
  await migrateIdentity(configured())
  connection = await connectNats({ url: nats.url, token: nats.token, name: 'test' }, logger)
  service = await createIdentity(configured(), logger)
  ;({ server, base } = await listening((request, response) => service.handle(request, response)))
  const ask = createInternalClient({ connection, identityUrl: base, controlPlaneUrl, token: internalToken })
  gateway = createGatekeeper({ issuer: publicUrl, ports: remotePorts({ ask, identityUrl: base, connection }), pulseMs: 100 })
  gateway.start()
}, 60_000)

afterAll(async () => {
  await clock.stop()
  await gateway.stop()
  for (const opened of [server, controlPlane]) {
    opened.closeAllConnections()
    opened.close()
  }
  await service.close()
  await connection.close()
  await records.end()
  await nats.stop()
  await database.drop()
}, 30_000)

const elsewhere = (headers: Headed) => ({ headers, rawHeaders: Object.entries(headers).flat() })
const admittedElsewhere = (headers: Headed): Promise<string> => gateway.admit(elsewhere(headers)).then(({ userId }) => userId, (error: { code?: string }) => error.code ?? String(error))

describe('sign-up', () => {
  it('makes the first account from this machine a server administrator, and no other', async () => {
    await records.query('TRUNCATE accounts CASCADE')
    const holder = await records.connect()
    // While nobody can write, all of them look first and find no account.
    await holder.query('BEGIN; LOCK TABLE accounts IN SHARE ROW EXCLUSIVE MODE')
    const asked = Promise.all(Array.from({ length: 8 }, () => signUp()))
    await until('some wait', async () => Number((await records.query("SELECT count(*) AS n FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'")).rows[0].n) >= 2)
    await holder.query('COMMIT')
    holder.release()
    const racing = [...await asked, await signUp()]
    expect(racing.filter(({ idToken }) => claimsOf(idToken)['server_admin'] === true)).toHaveLength(1)
  })

  it('takes nobody behind a proxy for somebody at this machine', async () => {
    await records.query('TRUNCATE accounts CASCADE')
    expect(claimsOf((await signUp({ 'x-forwarded-for': '127.0.0.1' })).idToken)['server_admin']).toBe(false)
  })

  it('gives an account with an org of its own that can be used at once', async () => {
    const ann = await signUp()
    const claims = claimsOf(ann.idToken)
    expect(claims).toMatchObject({
      iss: publicUrl, sub: ann.userId, org_id: ann.orgId, email: ann.email, founder: true, org_name: `Organization for ${ann.email}`, token_use: 'id', epoch: 0,
    })
    expect(Number(claims['exp']) - Number(claims['iat'])).toBe(3600)
    expect(await admittedElsewhere(bearer(ann.idToken))).toBe(ann.userId)
    expect((await call('GET', ownKeys(ann), bearer(ann.idToken))).body).toEqual({ resources: [] })
  })

  it('tells of the account, and without a secret', async () => {
    const ann = await signUp()
    const { rows } = await records.query<{ payload: object }>("SELECT payload FROM outbox WHERE subject = 'identity.account.registered' AND payload->>'userId' = $1", [ann.userId])
    expect(rows.map(({ payload }) => payload)).toEqual([{
      userId: ann.userId, orgId: ann.orgId, email: ann.email, firstname: 'Ann', lastname: 'Example', orgName: `Organization for ${ann.email}`, serverAdmin: false,
    }])
  })

  it('takes each address once, however it is spelt and however many come together', async () => {
    const email = newEmail()
    const answers = await Promise.all([email, email.toUpperCase(), ` ${email} `, email, email].map((spelt) =>
      call('POST', '/id/signup', {}, { email: spelt, password, firstname: 'Ann', lastname: 'Example' })))
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 409, 409, 409, 409])
    expect(answers.find(({ status }) => status === 409)?.body).toMatchObject({ code: 'ResourceAlreadyExists' })
  })

  it.each([
    ['an address that is none', { email: 'nobody' }], ['an address with a line break', { email: 'a@example.com\nBcc: b@example.com' }],
    ['an address that is too long', { email: `${'a'.repeat(60)}@${'b'.repeat(60)}.${'c'.repeat(200)}.com` }],
    ['a short password', { password: '7 bytes' }], ['a long password', { password: 'x'.repeat(1025) }],
    ['the address as the password', { email: 'Known@example.com', password: 'known@EXAMPLE.com' }],
    ['no firstname', { firstname: undefined }], ['a NUL', { lastname: 'a\0b' }], ['an object for a text', { email: { $ne: '' } }],
  ])('refuses %s', async (_what, changes) => {
    const answer = await call('POST', '/id/signup', {}, { email: newEmail(), password, firstname: 'Ann', lastname: 'Example', ...changes })
    expect(answer.status).toBe(400)
  })

  it('is closed when it is said to be, but for who has the bootstrap token', async () => {
    await serving(configured({ SIGNUP: 'closed' }), async (at) => {
      const ask = (more: object) => call('POST', '/id/signup', {}, { email: newEmail(), password, firstname: 'A', lastname: 'B', ...more }, at)
      expect((await ask({})).status).toBe(403)
      expect((await ask({ bootstrap_token: 'a-wrong-token-for-tests' })).status).toBe(403)
      expect((await ask({ bootstrap_token: 'a-bootstrap-token-for-tests' })).status).toBe(201)
    })
  })
})

describe('limits', () => {
  const signUpFrom = (caller: string | undefined, more: object, at: string) => call(
    'POST', '/id/signup', caller === undefined ? {} : { 'x-forwarded-for': caller }, { email: newEmail(), password, firstname: 'A', lastname: 'B', ...more }, at)
  const logInFrom = (caller: string | undefined, email: string, secret: string, at: string) => call(
    'POST', '/id', caller === undefined ? {} : { 'x-forwarded-for': caller }, { USERNAME: email, PASSWORD: secret }, at)

  it('lets each address elsewhere sign up twenty times an hour, and this machine as often as it likes', async () => {
    await serving(configured(), async (at) => {
      const taken = { email: (await signUp()).email }
      for (let time = 0; time < 20; time++) expect((await signUpFrom('192.0.2.1', taken, at)).status).toBe(409)
      const refused = await signUpFrom('192.0.2.1, 10.0.0.1', {}, at)
      expect([refused.status, refused.headers.get('retry-after')]).toEqual([429, expect.stringMatching(/^1[0-8]\d$/)])
      expect([refused.headers.get('ratelimit-policy'), refused.headers.get('ratelimit')]).toEqual([
        '"sign-up";q=20;w=3600', expect.stringMatching(/^"sign-up";r=0;t=3[56]\d\d$/),
      ])
      const other = await signUpFrom('192.0.2.2', {}, at)
      expect([other.status, other.headers.get('ratelimit-policy')]).toEqual([201, '"sign-up";q=20;w=3600, "sign-up/network";q=100;w=3600'])
      expect(other.headers.get('ratelimit')).toMatch(/^"sign-up";r=19;t=180, "sign-up\/network";r=(79|80);t=7\d\d$/)
      expect((await signUpFrom('192.0.2.1', { bootstrap_token: 'a-bootstrap-token-for-tests' }, at)).status).toBe(201)
      for (let time = 0; time < 25; time++) expect((await signUpFrom(undefined, taken, at)).status).toBe(409)
    })
  })

  it('counts the sign-ups of this machine too when their number is set', async () => {
    await records.query('TRUNCATE allowances')
    await serving(configured({ SIGNUPS_PER_HOUR: '2' }), async (at) => {
      const statuses = []
      for (let time = 0; time < 3; time++) statuses.push((await signUpFrom(undefined, {}, at)).status)
      expect(statuses).toEqual([201, 201, 429])
    })
  })

  it('slows down guessing at one address, in the same words whether it is known or not', async () => {
    const known = await signUp()
    const outcome = async (email: string) => {
      for (let guess = 0; guess < 5; guess++) expect((await logInFrom(undefined, email, 'a wrong password', base)).status).toBe(401)
      const { status, text, headers } = await logInFrom(undefined, email.toUpperCase(), password, base)
      return { status, text, retryAfter: headers.get('retry-after') }
    }
    const [ofKnown, ofUnknown] = [await outcome(known.email), await outcome(newEmail())]
    expect(ofKnown).toMatchObject({ status: 429, retryAfter: '1' })
    expect(ofUnknown).toEqual(ofKnown)
    await until('the right password is taken', async () => (await logInFrom(undefined, known.email, password, base)).status === 200)
    expect((await logInFrom(undefined, known.email, 'a wrong password', base)).status).toBe(401)
    expect((await logInFrom(undefined, known.email, password, base)).status).toBe(200)
  })

  it('refuses a caller elsewhere who fails too often, whichever addresses are tried, and nobody else', async () => {
    const ann = await signUp()
    await serving(configured({ FAILED_LOGINS_PER_MINUTE: '3' }), async (at) => {
      const left = async (email: string) => {
        const { status, headers } = await logInFrom('192.0.2.1', email, password, at)
        return [status, /^"login";r=(\d)/.exec(headers.get('ratelimit') ?? '')?.[1]]
      }
      for (let time = 0; time < 5; time++) expect(await left(ann.email)).toEqual([200, '3'])
      for (let time = 0; time < 3; time++) expect(await left(newEmail())).toEqual([401, String(2 - time)])
      expect(await left(ann.email)).toEqual([429, '0'])
      expect((await logInFrom('192.0.2.2', ann.email, password, at)).status).toBe(200)
      for (let time = 0; time < 5; time++) expect((await logInFrom(undefined, newEmail(), password, at)).status).toBe(401)
    })
  })
})

describe('login', () => {
  it('answers as the document says, at both paths and whatever the content type', async () => {
    const ann = await signUp()
    for (const [path, headers] of [['/', {}], ['/id', {}], ['/id', { 'content-type': 'text/plain' }], ['/', { 'content-type': 'application/x-www-form-urlencoded' }]] as const) {
      const answer = await call('POST', path, headers, JSON.stringify({ USERNAME: ann.email.toUpperCase(), PASSWORD: password }))
      expect(answer.status).toBe(200)
      expect(Object.keys(resultOf(answer)).sort()).toEqual(['AccessToken', 'ExpiresIn', 'IdToken', 'RefreshToken', 'TokenType'])
      expect(answer.body).toMatchObject({ AuthenticationResult: { ExpiresIn: 3600, TokenType: 'Bearer' } })
      expect(await admittedElsewhere(bearer(resultOf(answer)['AccessToken'] ?? ''))).toBe(ann.userId)
      expect(answer.headers.get('cache-control')).toBe('no-store')
    }
  })

  it('refuses a wrong password and an unknown address with the same words', async () => {
    const ann = await signUp()
    const wishes = [{ USERNAME: ann.email, PASSWORD: `${password}.` }, { USERNAME: newEmail(), PASSWORD: password }, { USERNAME: 'a\0b', PASSWORD: password }, { REFRESH_TOKEN: 'x' }]
    const answers = await Promise.all(wishes.map((wish) => call('POST', '/id', {}, wish)))
    expect(answers.map(({ status }) => status)).toEqual([401, 401, 401, 401])
    expect(new Set(answers.map(({ text }) => text)).size).toBe(1)
    expect(answers[0]?.body).toEqual({ code: 'Unauthorized', message: 'Incorrect username or password.', __type: 'NotAuthorizedException' })
    expect(answers[0]?.headers.get('www-authenticate')).toBe('Bearer')
  })

  it('asks for what is missing', async () => {
    expect((await call('POST', '/id', {}, { USERNAME: 'a@example.com' })).body).toMatchObject({ code: 'MissingParameter' })
    expect((await call('POST', '/id', {}, 'not json')).status).toBe(400)
  })

  it('counts a long password in full and takes either spelling of a letter', async () => {
    const email = newEmail()
    const long = `${'x'.repeat(500)}é`
    await call('POST', '/id/signup', {}, { email, password: long, firstname: 'Ann', lastname: 'Example' })
    expect((await call('POST', '/id', {}, { USERNAME: email, PASSWORD: long.normalize('NFD') })).status).toBe(200)
    expect((await call('POST', '/id', {}, { USERNAME: email, PASSWORD: `${'x'.repeat(500)}e` })).status).toBe(401)
  })

  it('hashes again when the cost has risen', async () => {
    const ann = await signUp()
    const hash = async () => (await records.query<{ hash: string }>('SELECT password_hash AS hash FROM accounts WHERE id = $1', [ann.userId])).rows[0]?.hash
    expect(await hash()).toMatch(/^\$2b\$04\$/)
    await serving(configured({ BCRYPT_COST: '5' }), async (at) => {
      expect((await call('POST', '/id', {}, { USERNAME: ann.email, PASSWORD: password }, at)).status).toBe(200)
    })
    expect(await hash()).toMatch(/^\$2b\$05\$/)
    expect((await call('POST', '/id', {}, { USERNAME: ann.email, PASSWORD: password })).status).toBe(200)
  })

  it('describes itself, its keys and its issuer', async () => {
    expect((await call('GET', '/')).body).toMatchObject({ issuer: publicUrl })
    expect((await call('GET', '/.well-known/openid-configuration')).body).toMatchObject({ issuer: publicUrl, jwks_uri: `${publicUrl}/.well-known/jwks.json` })
    const jwks = await call('GET', '/.well-known/jwks.json')
    expect(jwks.headers.get('cache-control')).toBe('public, max-age=300')
    expect(jwks.body['keys']).toEqual([expect.objectContaining({ kty: 'RSA', alg: 'RS256', use: 'sig' })])
    expect(jwks.text).not.toMatch(/"[dpq]"/)
    expect((await call('GET', '/readyz')).status).toBe(200)
  })
})

describe('a renewal', () => {
  it('gives the next refresh token, and the one before is worth nothing to others', async () => {
    const ann = await signUp({ 'user-agent': 'one' })
    const second = resultOf(await refresh(ann.refreshToken))
    expect(second['RefreshToken']).not.toBe(ann.refreshToken)
    const third = await refresh(second['RefreshToken'] ?? '')
    expect(third.status).toBe(200)
    expect(claimsOf(second['IdToken'] ?? '')['sid']).toBe(claimsOf(ann.idToken)['sid'])
  })

  it('forgives the same client that missed the answer: the same successor, for ten seconds', async () => {
    const ann = await signUp()
    const first = resultOf(await refresh(ann.refreshToken))
    expect(resultOf(await refresh(ann.refreshToken))['RefreshToken']).toBe(first['RefreshToken'])
    await records.query("UPDATE refresh_tokens SET used_at = used_at - interval '11 seconds' WHERE used_at IS NOT NULL")
    expect((await refresh(ann.refreshToken)).status).toBe(401)
    expect((await refresh(first['RefreshToken'] ?? '')).status).toBe(401)
  })

  it('ends the whole session when another client uses a token again', async () => {
    const ann = await signUp()
    const second = resultOf(await refresh(ann.refreshToken))
    expect(await admittedElsewhere(bearer(second['IdToken'] ?? ''))).toBe(ann.userId)
    expect((await refresh(ann.refreshToken, { 'user-agent': 'a thief' })).status).toBe(401)
    expect((await refresh(second['RefreshToken'] ?? '')).status).toBe(401)
    await until('the tokens of the session are refused', async () => await admittedElsewhere(bearer(second['IdToken'] ?? '')) === 'InvalidCredentials', 1_000, 10, clock)
    expect((await call('GET', ownKeys(ann), bearer(ann.idToken))).status).toBe(401)
  })

  it('makes one successor, however many ask at once', async () => {
    const ann = await signUp()
    const answers = await Promise.all(Array.from({ length: 100 }, () => refresh(ann.refreshToken)))
    expect(answers.every(({ status }) => status === 200)).toBe(true)
    expect(new Set(answers.map((answer) => resultOf(answer)['RefreshToken'])).size).toBe(1)
    const { rows } = await records.query('SELECT FROM refresh_tokens WHERE session_id = $1', [claimsOf(ann.idToken)['sid']])
    expect(rows).toHaveLength(2)
  })

  it.each([
    ['seven idle days', "UPDATE refresh_tokens SET expires_at = now() - interval '1 second' WHERE session_id = $1"],
    ['thirty days in all', "UPDATE sessions SET expires_at = now() - interval '1 second' WHERE id = $1"],
  ])('comes too late after %s', async (_when, statement) => {
    const ann = await signUp()
    await records.query(statement, [claimsOf(ann.idToken)['sid']])
    expect((await refresh(ann.refreshToken)).status).toBe(401)
  })

  it('keeps no refresh token that could be read from the table', async () => {
    const ann = await signUp()
    const next = resultOf(await refresh(ann.refreshToken))['RefreshToken'] ?? ''
    const { rows } = await records.query<{ row: string }>('SELECT t::text AS row FROM refresh_tokens t')
    for (const token of [ann.refreshToken, next]) {
      const forms = [token, Buffer.from(token).toString('hex'), Buffer.from(token, 'base64url').toString('hex')]
      expect(rows.some(({ row }) => forms.some((form) => row.includes(form)))).toBe(false)
    }
  })
})

describe('what was taken back', () => {
  it('is refused everywhere within a second of a logout', async () => {
    const ann = await signUp()
    expect(await admittedElsewhere(bearer(ann.idToken))).toBe(ann.userId)
    expect(await call('POST', '/id/logout', bearer(ann.idToken))).toMatchObject({ status: 200, text: '{}' })
    await until('the token is refused elsewhere', async () => await admittedElsewhere(bearer(ann.idToken)) === 'InvalidCredentials', 1_000, 10, clock)
    await until('the token is refused here', async () => (await call('GET', ownKeys(ann), bearer(ann.idToken))).status === 401, 1_000, 10, clock)
    expect((await refresh(ann.refreshToken)).status).toBe(401)
  })

  it('is every session of a user whom the control plane deactivated', async () => {
    const ann = await signUp()
    const key = await newKey(ann)
    await until('the stream is there', () => connection.request('$JS.API.STREAM.INFO.CONTROL', '').then((said) => !said.string().includes('not found')))
    connection.publish('control.user.deactivated', JSON.stringify({ id: randomUUID(), at: new Date().toISOString(), orgId: ann.orgId, userId: ann.userId, version: 2 }))
    await until('the token is refused', async () => await admittedElsewhere(bearer(ann.idToken)) === 'InvalidCredentials')
    expect((await refresh(ann.refreshToken)).status).toBe(401)
    expect(await admittedElsewhere({ 'x-api-key': key.secret })).toBe('InvalidCredentials')
  })

  it('is numbered without a gap, in the order in which it became true', async () => {
    const sessions = await Promise.all(Array.from({ length: 20 }, () => signUp()))
    const from = Number((await records.query<{ seq: string }>('SELECT seq FROM revocation_counter')).rows[0]?.seq)
    await Promise.all(sessions.map(({ idToken }) => call('POST', '/id/logout', bearer(idToken))))
    const { rows } = await records.query<{ seq: string }>('SELECT seq FROM revocations WHERE seq > $1 ORDER BY seq', [from])
    expect(rows.map(({ seq }) => Number(seq))).toEqual(Array.from({ length: 20 }, (_, at) => from + 1 + at))
  })

  it('can be read page by page, and from the beginning only as far as tokens live', async () => {
    await records.query(
      `WITH moved AS (UPDATE revocation_counter SET seq = seq + 2500 RETURNING seq)
       INSERT INTO revocations (seq, kind, subject_id) SELECT seq - 2500 + n, 'session', gen_random_uuid() FROM moved, generate_series(1, 2500) n`)
    await records.query("INSERT INTO revocations (seq, kind, subject_id, revoked_at) VALUES (0, 'session', gen_random_uuid(), now() - interval '2 hours')")
    const since = (seq: number) => call('POST', '/internal/identity.revocations.since', bearer(internalToken), { seq })
      .then(({ body }) => body['answer'] as { seq: number; entries: { kind: string }[] })
    const latest = Number((await records.query<{ seq: string }>('SELECT seq FROM revocation_counter')).rows[0]?.seq)
    const first = await since(latest - 2400)
    expect([first.entries.length, first.seq]).toEqual([1000, latest - 1400])
    const last = await since(latest - 400)
    expect([last.entries.length, last.seq]).toEqual([400, latest])
    expect(await since(latest)).toEqual({ seq: latest, entries: [] })
    const { rows } = await records.query('SELECT FROM revocations')
    let all = 0
    for (let seq = 0, page = await since(0); page.entries.length > 0; page = await since(seq)) {
      all += page.entries.length
      seq = page.seq
    }
    expect(all).toBe(rows.length - 1)
  })
})

describe('API keys', () => {
  it('prove their owner everywhere, and show their secret once', async () => {
    const ann = await signUp()
    const { id, secret } = await newKey(ann)
    expect(secret).toMatch(new RegExp(`^tnt_${id.slice(0, 8)}_[0-9A-Za-z]{32}_[0-9A-Za-z]{6}$`))
    expect(await admittedElsewhere({ 'x-api-key': secret })).toBe(ann.userId)
    const shown = await call('GET', `${ownKeys(ann)}/${id}`, { 'x-api-key': secret })
    expect(shown.body).toEqual({
      id, description: 'for tests', status: 'ACTIVE', used_at: null, org_id: ann.orgId, created_by: ann.userId, created_at: expect.any(String), owned_by: ann.userId,
      updated_at: expect.any(String), updated_by: ann.userId,
    })
    const { rows } = await records.query<{ row: string }>('SELECT k::text AS row FROM api_keys k WHERE id = $1', [id])
    expect(rows[0]?.row).not.toContain(secret.slice(13, 45))
  })

  it('are refused everywhere within a second of being revoked, and stay revoked', async () => {
    const ann = await signUp()
    const { id, secret } = await newKey(ann)
    expect(await admittedElsewhere({ 'x-api-key': secret })).toBe(ann.userId)
    const revoked = await call('PUT', `${ownKeys(ann)}/${id}`, bearer(ann.idToken), { description: 'gone', status: 'REVOKED' })
    expect(revoked).toMatchObject({ status: 202, body: { id, description: 'gone', status: 'REVOKED' } })
    await until('the key is refused', async () => await admittedElsewhere({ 'x-api-key': secret }) === 'InvalidCredentials', 1_000, 10, clock)
    expect((await call('GET', ownKeys(ann), { 'x-api-key': secret })).status).toBe(401)
    // Also for who starts long afterwards and reads no feed that far back.
    const asked = await call('POST', '/internal/identity.key.verify', bearer(internalToken), { digest: apiKeyDigest(secret) })
    expect(asked.body).toMatchObject({ problem: { code: 'KeyNotFound' } })
    expect(await call('PUT', `${ownKeys(ann)}/${id}`, bearer(ann.idToken), { status: 'ACTIVE' })).toMatchObject({ status: 409 })
    expect((await call('PUT', `${ownKeys(ann)}/${id}`, bearer(ann.idToken), { description: 'still gone', status: 'REVOKED' })).status).toBe(202)
    expect((await call('GET', ownKeys(ann), bearer(ann.idToken))).body).toMatchObject({ resources: [{ id, status: 'REVOKED', description: 'still gone' }] })
  })

  it('do not exist for a stranger: every answer is that for a random id', async () => {
    const [ann, bob] = await Promise.all([signUp(), signUp()])
    const { id } = await newKey(ann)
    const nobody = randomUUID()
    const pairs: readonly (readonly [string, string, string, unknown?])[] = [
      ['GET', ownKeys(ann), `/v2/users/${nobody}/keys`], ['POST', ownKeys(ann), `/v2/users/${nobody}/keys`, { description: 'x' }],
      ['GET', `${ownKeys(ann)}/${id}`, `/v2/users/${nobody}/keys/${nobody}`], ['GET', `${ownKeys(bob)}/${id}`, `${ownKeys(bob)}/${nobody}`],
      ['PUT', `${ownKeys(ann)}/${id}`, `/v2/users/${nobody}/keys/${nobody}`, { status: 'REVOKED' }], ['GET', `/v2/orgs/${ann.orgId}/keys`, `/v2/orgs/${nobody}/keys`],
    ]
    for (const [method, theirs, nowhere, body] of pairs) {
      const [seen, random] = await Promise.all([theirs, nowhere].map((path) => call(method, path, bearer(bob.idToken), body)))
      expect([seen?.status, seen?.text]).toEqual([404, random?.text])
    }
    expect((await call('GET', `${ownKeys(ann)}/${id}`, bearer(ann.idToken))).body).toMatchObject({ status: 'ACTIVE' })
  })

  it('are created by their owner alone, and revoked by an administrator of the org too', async () => {
    const ann = await signUp()
    const bob = await join(await signUp(), ann, rolePermissions.viewer)
    const cleo = await join(await signUp(), ann, rolePermissions.admin)
    const { id } = await newKey(bob)
    expect((await call('POST', ownKeys(bob), bearer(cleo.idToken), {})).status).toBe(404)
    expect((await call('PUT', `${ownKeys(bob)}/${id}`, bearer(cleo.idToken), { status: 'REVOKED' })).body).toMatchObject({ owned_by: bob.userId, updated_by: cleo.userId })
    const { id: hers } = await newKey(cleo)
    expect((await call('PUT', `${ownKeys(cleo)}/${hers}`, bearer(bob.idToken), { status: 'REVOKED' })).status).toBe(404)
    expect((await call('GET', `${ownKeys(cleo)}/${hers}`, bearer(bob.idToken))).status).toBe(404)
    expect((await call('GET', ownKeys(cleo), bearer(bob.idToken))).status).toBe(404)
    expect((await call('GET', ownKeys(bob), bearer(cleo.idToken))).body).toMatchObject({ resources: [{ id }] })
    expect((await call('GET', `/v2/orgs/${ann.orgId}/keys`, bearer(bob.idToken))).status).toBe(403)
  })

  it('are listed for the org page by page, each once', async () => {
    const ann = await signUp()
    const made = await Promise.all(Array.from({ length: 7 }, () => newKey(ann)))
    const seen: string[] = []
    let next = ''
    do {
      const { body } = await call('GET', `/v2/orgs/${ann.orgId}/keys?limit=3&next=${next}`, bearer(ann.idToken))
      seen.push(...(body['resources'] as { id: string }[]).map(({ id }) => id))
      next = String(body['next'])
    } while (next && seen.length < 20)
    expect(seen.toSorted()).toEqual(made.map(({ id }) => id).sort())
  })

  it('are as many as the org may have, however many are asked for at once, and a revoked one makes room once', async () => {
    const ann = await signUp()
    const { id } = await newKey(ann)
    await records.query('UPDATE key_quotas SET own_max = 2 WHERE org_id = $1', [ann.orgId])
    const answers = await Promise.all(Array.from({ length: 200 }, () => call('POST', ownKeys(ann), bearer(ann.idToken), {})))
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(1)
    for (const { status, body } of answers.filter((answer) => answer.status !== 201)) {
      expect({ status, body }).toEqual({ status: 403, body: { code: 'ResourceLimitExceeded', message: expect.stringContaining('keys_of_an_org: your org has 2 of 2 keys. Revoke one') } })
    }
    await Promise.all(Array.from({ length: 5 }, () => call('PUT', `${ownKeys(ann)}/${id}`, bearer(ann.idToken), { status: 'REVOKED' })))
    const ask = createInternalClient({ connection, identityUrl: base, controlPlaneUrl, token: internalToken })
    expect(await ask('identity.quota.find', { orgId: ann.orgId })).toEqual({ keys: { used: 1, max: 2 } })
    await newKey(ann)
    expect((await call('POST', ownKeys(ann), bearer(ann.idToken), {})).status).toBe(403)
  })

  it('end when their owner leaves the org, and make room', async () => {
    const ann = await signUp()
    const bob = await join(await signUp(), ann, rolePermissions.viewer)
    const [hers, his] = [await newKey(ann), await newKey(bob)]
    await newKey(bob)
    await until('the stream is there', () => connection.request('$JS.API.STREAM.INFO.CONTROL', '').then((said) => !said.string().includes('not found')))
    const removed = JSON.stringify({ id: randomUUID(), at: new Date().toISOString(), orgId: ann.orgId, userId: bob.userId, version: 2 })
    for (let again = 0; again < 2; again++) connection.publish('control.user.removed', removed)
    const used = async (): Promise<unknown> => (await records.query<{ used: number }>('SELECT used FROM key_quotas WHERE org_id = $1', [ann.orgId])).rows[0]?.used
    await until('his keys are gone', async () => await used() === 1)
    expect(await admittedElsewhere({ 'x-api-key': his.secret })).toBe('InvalidCredentials')
    expect(await admittedElsewhere({ 'x-api-key': hers.secret })).toBe(ann.userId)
    const told = await records.query(`SELECT count(*)::int AS n FROM outbox WHERE subject = 'identity.key.revoked' AND payload ->> 'userId' = $1`, [bob.userId])
    expect([told.rows, await used()]).toEqual([[{ n: 2 }], 1])
  })

  it('say which id is none, where the document does', async () => {
    const ann = await signUp()
    expect((await call('GET', '/v2/users/nobody/keys', bearer(ann.idToken))).status).toBe(422)
    expect((await call('GET', `${ownKeys(ann)}/nothing`, bearer(ann.idToken))).status).toBe(422)
    expect((await call('POST', '/v2/users/nobody/keys', bearer(ann.idToken), {})).status).toBe(404)
    expect((await call('PUT', `${ownKeys(ann)}/nothing`, bearer(ann.idToken), {})).status).toBe(404)
    expect((await call('GET', '/v2/orgs/none/keys', bearer(ann.idToken))).status).toBe(404)
    expect((await call('PUT', `${ownKeys(ann)}/${(await newKey(ann)).id}`, bearer(ann.idToken), { status: 'SLEEPING' })).status).toBe(400)
  })

  it('remember when they were used', async () => {
    const ann = await signUp()
    const { id, secret } = await newKey(ann)
    const another = createGatekeeper({
      issuer: publicUrl,
      ports: remotePorts({ ask: createInternalClient({ connection, identityUrl: base, controlPlaneUrl, token: internalToken }), identityUrl: base, connection }),
    })
    await another.admit(elsewhere({ 'x-api-key': secret }))
    await another.stop()
    await until('the use is written down', async () => (await call('GET', `${ownKeys(ann)}/${id}`, bearer(ann.idToken))).body['used_at'])
  })

  it('ask for a credential, and for one only', async () => {
    const ann = await signUp()
    const bare = await call('GET', ownKeys(ann))
    expect([bare.status, bare.headers.get('www-authenticate'), bare.body['code']]).toEqual([401, 'Bearer', 'MissingAuthenticationToken'])
    expect((await call('GET', ownKeys(ann), { authorization: ann.idToken })).status).toBe(200)
    expect((await call('GET', ownKeys(ann), { ...bearer(ann.idToken), 'x-api-key': (await newKey(ann)).secret })).status).toBe(400)
    expect((await call('GET', `${ownKeys(ann)}?api_key=${(await newKey(ann)).secret}`)).status).toBe(401)
  })
})

describe('what is done here', () => {
  const keyed = (key: string): Headed => ({ 'idempotency-key': key })
  const toldOf = async (orgId: string): Promise<readonly Record<string, unknown>[]> =>
    (await records.query<{ entry: Record<string, unknown> }>(
      `SELECT payload -> 'entry' AS entry FROM outbox WHERE subject = 'identity.deed.done' AND payload ->> 'orgId' = $1 ORDER BY seq`, [orgId])).rows.map(({ entry }) => entry)

  it('is told once each: the sign-up, keys made and changed, and the end of a session', async () => {
    const ann = await signUp()
    const { id } = await newKey(ann)
    const rename = { description: 'renamed' }
    for (const body of [rename, { status: 'REVOKED' }, { status: 'ACTIVE' }, { description: 7 }]) await call('PUT', `${ownKeys(ann)}/${id}`, bearer(ann.idToken), body)
    await call('GET', ownKeys(ann), bearer(ann.idToken))
    await call('POST', '/id/logout', bearer(ann.idToken))
    const told = await toldOf(ann.orgId)
    const session = claimsOf(ann.idToken)['sid']
    expect(told.map(({ action, object_kind, object_id }) => [action, object_kind, object_id])).toEqual([
      ['signUp', 'org', ann.orgId], ['createKey', 'key', id], ['updateKey', 'key', id], ['updateKey', 'key', id], ['logOut', 'session', session],
    ])
    for (const one of told) {
      expect(one).toMatchObject({ org_id: ann.orgId, actor_id: ann.userId, credential_kind: 'session', credential_id: session, address: '127.0.0.1', request_id: expect.stringMatching(/./) })
    }
    const [, made, renamed, revoked] = told
    expect([made?.['before_hash'], renamed?.['before_hash'], revoked?.['before_hash']]).toEqual([null, made?.['after_hash'], renamed?.['after_hash']])
    expect(new Set([made, renamed, revoked].map((one) => one?.['after_hash'])).size).toBe(3)
    expect(JSON.stringify(told)).not.toMatch(/tnt_|renamed|eyJ/)
  })

  it('is told too when a stolen login was ended', async () => {
    const ann = await signUp()
    await refresh(ann.refreshToken)
    expect((await refresh(ann.refreshToken, { 'user-agent': 'thief' })).status).toBe(401)
    expect((await toldOf(ann.orgId)).map(({ action, object_id }) => [action, object_id])).toEqual([['signUp', ann.orgId], ['endStolenSession', claimsOf(ann.idToken)['sid']]])
  })

  it('is done once under its key, and shows its secret again for ten minutes and never from the table', async () => {
    const ann = await signUp()
    const make = (key = 'k'): Promise<Answer> => call('POST', ownKeys(ann), { ...bearer(ann.idToken), ...keyed(key) }, { description: 'one' })
    const answers = await Promise.all(Array.from({ length: 20 }, () => make()))
    const texts = new Set(answers.filter(({ status }) => status === 201).map(({ text }) => text))
    expect([texts.size, answers.filter(({ status }) => status !== 201 && status !== 409)]).toEqual([1, []])
    const again = await make()
    expect([again.status, texts.has(again.text)]).toEqual([201, true])
    const age = (minutes: number) => records.query('UPDATE repeats SET created_at = created_at - make_interval(mins => $2) WHERE org_id = $1', [ann.orgId, minutes])
    const kept = await records.query<{ all: string }>('SELECT r::text || encode(sealed, \'escape\') AS all FROM repeats r WHERE org_id = $1', [ann.orgId])
    expect(kept.rows[0]?.all).not.toContain(String(again.body['secret']))
    await age(9)
    expect((await make()).text).toBe(again.text)
    await age(1)
    const late = await make()
    expect([late.status, late.body['code'], late.text.includes('tnt_')]).toEqual([409, 'IdempotencyKeyExpired', false])
    expect((await call('GET', ownKeys(ann), bearer(ann.idToken))).body['resources']).toHaveLength(1)
    expect((await toldOf(ann.orgId)).map(({ action }) => action)).toEqual(['signUp', 'createKey'])
  })

  it('is nobody else\'s under the same key: a user and each of their API keys have keys of their own', async () => {
    const ann = await signUp()
    const [one, two] = [await newKey(ann), await newKey(ann)]
    const as = (headers: Headed): Promise<Answer> => call('POST', ownKeys(ann), { ...headers, ...keyed('same') }, {})
    const made = [await as(bearer(ann.idToken)), await as({ 'x-api-key': one.secret }), await as({ 'x-api-key': two.secret })]
    expect(made.map(({ status }) => status)).toEqual([201, 201, 201])
    expect(new Set(made.map(({ body }) => body['id'])).size).toBe(3)
    expect((await toldOf(ann.orgId)).slice(-2).map(({ credential_kind, credential_id }) => [credential_kind, credential_id])).toEqual([['key', one.id], ['key', two.id]])
  })

  it('never minds the header at the login', async () => {
    const ann = await signUp()
    const logIn = (): Promise<Answer> => call('POST', '/id', keyed('not a key'), { USERNAME: ann.email, PASSWORD: password })
    expect([(await logIn()).status, resultOf(await logIn())['RefreshToken'] === resultOf(await logIn())['RefreshToken']]).toEqual([200, false])
  })
})

describe('the internal calls', () => {
  it('are answered over NATS, and over HTTP to who has the internal token', async () => {
    const ask = createInternalClient({ connection, identityUrl: 'http://127.0.0.1:1', controlPlaneUrl: 'http://127.0.0.1:1', token: internalToken })
    for (let time = 0; time < 20; time++) expect(await ask('identity.revocations.since', { seq: 1_000_000 })).toMatchObject({ entries: [] })
    await expect(ask('identity.key.verify', { digest: '0'.repeat(64) })).rejects.toMatchObject({ code: 'KeyNotFound' })
    expect((await call('POST', '/internal/identity.key.verify', bearer('another'), { digest: '0'.repeat(64) })).status).toBe(404)
  })
})
