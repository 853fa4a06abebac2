import http from 'node:http'
import { randomBytes, randomUUID } from 'node:crypto'
import { type AddressInfo, type Socket, connect, createServer } from 'node:net'
import { availableParallelism } from 'node:os'
import { json } from 'node:stream/consumers'
import { permissions } from '@tenantry/contracts'
import { type NatsConnection, connectNats } from '@tenantry/events'
import { apiKeyDigest, newApiKey } from '@tenantry/auth'
import { createLogger } from '@tenantry/service'
import { type TestDatabase, type TestNats, testDatabase, testNats, until } from '@tenantry/testing'
import pg from 'pg'
import { Allowances } from './limits/allowances.js'
import { GuessesRepository } from './limits/guesses.repository.js'
import { identitySource } from './source.js'
import { createIdentity, migrateIdentity, parseIdentityConfig } from './index.js'

interface Answer { readonly status: number; readonly text: string; readonly retryAfter: string | undefined }
interface Account { readonly userId: string; readonly orgId: string; readonly email: string; readonly idToken: string; readonly refreshToken: string }
type Headed = Record<string, string>

const long = process.env['TEST_LONG'] === '1'
const password = 'correct horse battery'
const wrong = 'a wrong password'
const logger = createLogger('attack-test', 'silent')
const internalToken = 'an-internal-token-for-tests'

let database: TestDatabase
let nats: TestNats
let connection: NatsConnection
let records: pg.Pool
let controlPlane: string
const closing: (() => Promise<unknown>)[] = []

const listen = async (handle: http.RequestListener): Promise<string> => {
  const server = http.createServer(handle)
  await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', resolve) })
  closing.push(async () => { server.closeAllConnections(); server.close() })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

/** A further process' worth of identity on the same Postgres. */
const startIdentity = async (changes: Headed = {}): Promise<string> => {
  const service = await createIdentity(configured(changes), logger)
  closing.push(() => service.close())
  return await listen((request, response) => service.handle(request, response))
}

const configured = (changes: Headed = {}) => parseIdentityConfig({
  DATABASE_URL: database.url, NATS_URL: nats.url, NATS_TOKEN: nats.token, PUBLIC_URL: 'https://db.example.com', IDENTITY_URL: 'http://127.0.0.1:1', CONTROL_PLANE_URL: controlPlane,
  INTERNAL_TOKEN: internalToken, SEALING_KEY: Buffer.alloc(32, 1).toString('base64url'), PEPPER: Buffer.alloc(32, 2).toString('base64url'), BCRYPT_COST: '4', POOL_SIZE: '5',
  WRONG_PASSWORD_WAIT_SECONDS: '60', ...changes,
})

const agent = new http.Agent({ keepAlive: true, maxSockets: 256 })
const call = (at: string, method: string, path: string, headers: Headed = {}, body?: object): Promise<Answer> => new Promise((resolve, reject) => {
  const request = http.request(new URL(path, at), { method, agent, headers: { 'content-type': 'application/json', ...headers }, timeout: 60_000 }, (response) => {
    let text = ''
    response.setEncoding('utf8').on('data', (chunk: string) => { text += chunk }).on('error', reject)
      .on('end', () => resolve({ status: response.statusCode ?? 0, text, retryAfter: response.headers['retry-after'] }))
  })
  request.on('error', reject).on('timeout', () => request.destroy(new Error('no answer'))).end(body && JSON.stringify(body))
})

const from = (address: string | undefined): Headed => address === undefined ? {} : { 'x-forwarded-for': address }
const logIn = (at: string, email: string, secret: string, address?: string): Promise<Answer> => call(at, 'POST', '/id', from(address), { USERNAME: email, PASSWORD: secret })
const newEmail = (): string => `${randomBytes(6).toString('hex')}@example.com`
const resultOf = ({ text }: Answer): Record<string, string> => (JSON.parse(text) as { AuthenticationResult: Record<string, string> }).AuthenticationResult
const refresh = (at: string, refreshToken: string, address?: string): Promise<Answer> => call(at, 'POST', '/id', from(address), { REFRESH_TOKEN: refreshToken })

const signUp = async (at: string, address?: string): Promise<Account> => {
  const email = newEmail()
  const answer = await call(at, 'POST', '/id/signup', from(address), { email, password, firstname: 'Ann', lastname: 'Example' })
  expect([answer.status, answer.text]).toEqual([201, expect.any(String)])
  const { user_id: userId, org_id: orgId } = JSON.parse(answer.text) as Record<string, string>
  const { IdToken = '', RefreshToken = '' } = resultOf(answer)
  return { userId: userId ?? '', orgId: orgId ?? '', email, idToken: IdToken, refreshToken: RefreshToken }
}

/** A way to a server that can be cut. */
const roadTo = async (server: URL): Promise<{ url: string; cut: () => void; mend: () => Promise<void> }> => {
  const sockets = new Set<Socket>()
  const road = createServer((near) => {
    const far = connect(Number(server.port), server.hostname)
    for (const [one, other] of [[near, far], [far, near]] as const) {
      sockets.add(one)
      one.on('error', () => other.destroy()).on('close', () => { sockets.delete(one); other.destroy() }).pipe(other)
    }
  })
  const open = (port: number) => new Promise<void>((resolve) => { road.listen(port, '127.0.0.1', resolve) })
  await open(0)
  const { port } = road.address() as AddressInfo
  const cut = (): void => {
    road.close()
    for (const socket of sockets) socket.destroy()
  }
  closing.push(async () => cut())
  return { url: Object.assign(new URL(server), { port: String(port) }).href, cut, mend: () => open(port) }
}

const counts = (answers: readonly Answer[]): Record<number, number> => {
  const seen: Record<number, number> = {}
  for (const { status } of answers) seen[status] = (seen[status] ?? 0) + 1
  return seen
}
/** Lets so much time pass for everything that is counted. */
const age = async (seconds: number): Promise<void> => {
  await records.query('UPDATE guesses SET waits_until = waits_until - make_interval(secs => $1), lapses_at = lapses_at - make_interval(secs => $1), forgotten_at = forgotten_at - make_interval(secs => $1)', [seconds])
  await records.query('UPDATE allowances SET whole_at = whole_at - make_interval(secs => $1)', [seconds])
}

beforeAll(async () => {
  [database, nats] = await Promise.all([testDatabase('identity'), testNats()])
  controlPlane = await listen((request, response) => {
    void json(request).then(() => response.setHeader('content-type', 'application/json').end(JSON.stringify({ answer: { status: 'Active', permissions, version: 1 } })))
  })
  records = new pg.Pool({ connectionString: database.url, max: 2 })
  await migrateIdentity(configured())
  connection = await connectNats({ url: nats.url, token: nats.token, name: 'test' }, logger)
}, 60_000)

afterAll(async () => {
  agent.destroy()
  for (const close of closing.reverse()) await close()
  await connection.close()
  await records.end()
  await nats.stop()
  await database.drop()
}, 30_000)

describe('guessing', () => {
  let processes: readonly [string, string]
  const every = (turn: number): string => processes[turn % 2 === 0 ? 0 : 1]
  const guesses = (many: number, email: (turn: number) => string, secret = wrong, address?: (turn: number) => string): Promise<readonly Answer[]> =>
    Promise.all(Array.from({ length: many }, (_, turn) => logIn(every(turn), email(turn), secret, address?.(turn))))

  beforeAll(async () => {
    // One comes back every twenty seconds, which is longer than a test takes.
    const few = { FAILED_TOKENS_PER_MINUTE: '3' }
    processes = [await startIdentity(few), await startIdentity(few)]
    await signUp(processes[0])
  })

  it.each(['known', 'unknown'])('200 times at once at two processes looks at five passwords of an address that is %s, and not at the right one either', async (kind) => {
    const email = kind === 'known' ? (await signUp(processes[0])).email : newEmail()
    const began = performance.now()
    expect(counts(await guesses(200, () => email))).toEqual({ 401: 5, 429: 195 })
    const refused = await logIn(processes[1], email, password)
    const passedSeconds = Math.ceil((performance.now() - began) / 1_000)
    expect(refused.status).toBe(429)
    expect(Number(refused.retryAfter)).toBeGreaterThanOrEqual(60 - passedSeconds)
    expect(Number(refused.retryAfter)).toBeLessThanOrEqual(60)
    await age(61)
    expect((await logIn(processes[0], email, password)).status).toBe(kind === 'known' ? 200 : 401)
  })

  it('waits twice as long after each further failure, to a quarter of an hour, and never for good', async () => {
    const { email } = await signUp(processes[0])
    await guesses(5, () => email)
    const waits: number[] = []
    for (let turn = 0; turn < 6; turn++) {
      await age(901)
      expect((await logIn(every(turn), email, wrong)).status).toBe(401)
      waits.push(Math.round(Number((await logIn(every(turn), email, wrong)).retryAfter) / 60))
    }
    expect(waits).toEqual([2, 4, 8, 15, 15, 15])
    await age(901)
    expect((await logIn(processes[0], email, password)).status).toBe(200)
    expect(counts(await guesses(5, () => email))).toEqual({ 401: 5 })
  })

  it('is forgotten after the right password', async () => {
    const { email } = await signUp(processes[0])
    for (let round = 0; round < 3; round++) {
      expect(counts(await guesses(4, () => email))).toEqual({ 401: 4 })
      expect((await logIn(every(round), email, password)).status).toBe(200)
    }
  })

  it('lets many programs of one owner log in at once', async () => {
    const { email } = await signUp(processes[0])
    expect(counts(await guesses(25, () => email, password))).toEqual({ 200: 25 })
    expect(counts(await guesses(25, () => email, password, () => '10.8.1.1'))).toEqual({ 200: 25 })
  })

  it('from elsewhere keeps nobody out of where they have logged in before, nor ends what they have there', async () => {
    const home = '192.0.2.10'
    const ann = await signUp(processes[0], home)
    await guesses(30, () => ann.email, wrong, (turn) => `203.0.${turn}.1`)
    expect((await logIn(processes[0], ann.email, password, '198.51.100.1')).status).toBe(429)
    expect((await logIn(processes[1], ann.email, password, home)).status).toBe(200)
    expect((await refresh(processes[0], ann.refreshToken, home)).status).toBe(200)
    expect(counts(await guesses(20, () => ann.email, wrong, () => home))).toEqual({ 401: 5, 429: 15 })
  })

  it('of many addresses from one caller looks at twenty a minute, and at a hundred an hour from its whole network', async () => {
    const began = performance.now()
    const fromOne = counts(await guesses(60, newEmail, wrong, () => '10.1.1.1'))
    const cameBack = (everySeconds: number): number => Math.floor((performance.now() - began) / 1_000 / everySeconds)
    expect(fromOne[401]).toBeGreaterThanOrEqual(20)
    expect(fromOne[401]).toBeLessThanOrEqual(20 + cameBack(60 / 20))
    const network = (turn: number): string => `10.1.1.${2 + turn % 200}`
    // In turns, because more at once would be refused by the queue of hashes.
    const answers = [...await guesses(75, newEmail, wrong, network), ...await guesses(75, newEmail, wrong, network)]
    const fromAll = (counts(answers)[401] ?? 0) + (fromOne[401] ?? 0)
    expect(fromAll).toBeGreaterThanOrEqual(100)
    expect(fromAll).toBeLessThanOrEqual(100 + cameBack(3_600 / 100))
    expect(counts(await guesses(5, newEmail, wrong, () => '10.1.2.1'))).toEqual({ 401: 5 })
    const subscriber = (turn: number): string => `2001:db8:1:200::${turn.toString(16)}`
    expect(counts(await guesses(40, newEmail, wrong, subscriber))[429]).toBeGreaterThan(10)
  })

  it('uses up nothing of what is refused, nor of what succeeds', async () => {
    const ann = await signUp(processes[0], '10.2.1.1')
    for (let turn = 0; turn < 30; turn++) expect((await logIn(every(turn), ann.email, password, '10.2.1.1')).status).toBe(200)
    expect(counts(await guesses(60, newEmail, wrong, () => '10.2.1.1'))[401]).toBeGreaterThanOrEqual(20)
  })

  it('counts as failed when the process that looked at it is gone', async () => {
    const { email } = await signUp(processes[0])
    await guesses(4, () => email)
    await records.query('UPDATE guesses SET pending = 1, lapses_at = clock_timestamp() - interval \'1 second\' WHERE failed = 4')
    expect(counts(await guesses(1, () => email))).toEqual({ 401: 1 })
    expect((await logIn(processes[1], email, password)).status).toBe(429)
    await age(130)
  })

  it('of refresh tokens is counted for each caller, and good ones go on', async () => {
    const ann = await signUp(processes[0], '10.3.1.1')
    const tries = await Promise.all(Array.from({ length: 100 }, (_, turn) => refresh(every(turn), randomBytes(32).toString('base64url'), '10.3.1.9')))
    expect(counts(tries)).toEqual({ 401: 3, 429: 97 })
    expect((await refresh(processes[0], ann.refreshToken, '10.3.1.1')).status).toBe(200)
  })

  it('a refresh token a hundred times at once at two processes gives one successor to its client, and ends the session for anybody else', async () => {
    const ann = await signUp(processes[0], '10.7.1.1')
    const answers = await Promise.all(Array.from({ length: 100 }, (_, turn) => refresh(every(turn), ann.refreshToken, '10.7.1.1')))
    expect([counts(answers), new Set(answers.map((answer) => resultOf(answer)['RefreshToken'])).size]).toEqual([{ 200: 100 }, 1])
    const { RefreshToken: successor = '' } = resultOf(answers[0] ?? { status: 0, text: '{}', retryAfter: undefined })
    const thieves = await Promise.all(Array.from({ length: 20 }, (_, turn) => refresh(every(turn), successor, `10.7.2.${turn}`)))
    expect(counts(thieves)[200] ?? 0).toBeLessThanOrEqual(1)
    const { rows } = await records.query('SELECT ended_at FROM sessions WHERE user_id = $1 AND ended_at IS NOT NULL', [ann.userId])
    const told = await records.query(`SELECT 1 FROM outbox WHERE subject = 'identity.session.ended' AND payload->>'userId' = $1`, [ann.userId])
    expect([rows.length, told.rowCount]).toEqual([1, 1])
    const given = new Set([...thieves, ...answers].filter(({ status }) => status === 200).map((answer) => resultOf(answer)['RefreshToken'] ?? ''))
    for (const token of given) expect((await refresh(processes[0], token, '10.7.1.1')).status).toBe(401)
  })

  it('of API keys is counted for each caller, and good ones go on', async () => {
    const ann = await signUp(processes[0], '10.9.1.1')
    const keys = `/v2/users/${ann.userId}/keys`
    const { secret } = JSON.parse((await call(processes[0], 'POST', keys, { authorization: `Bearer ${ann.idToken}` }, { description: 'x' })).text) as { secret: string }
    const tries = await Promise.all(Array.from({ length: 100 }, (_, turn) => call(every(turn), 'GET', keys, { 'x-api-key': newApiKey(randomUUID()), ...from('10.9.1.1') })))
    expect(counts(tries)).toEqual({ 401: 3, 429: 97 })
    for (const at of processes) expect((await call(at, 'GET', keys, { 'x-api-key': secret, ...from('10.9.1.1') })).status).toBe(200)
    expect((await call(processes[0], 'GET', keys, { 'x-api-key': newApiKey(randomUUID()), ...from('10.9.2.1') })).status).toBe(401)
  })

  it('of sign-ups is counted exactly: twenty an hour for one caller, at two processes', async () => {
    const tries = await Promise.all(Array.from({ length: 50 }, (_, turn) =>
      call(every(turn), 'POST', '/id/signup', from('10.4.1.1'), { email: newEmail(), password, firstname: 'A', lastname: 'B' })))
    expect(counts(tries)).toEqual({ 201: 20, 429: 30 })
  })

  it('leaves nothing behind when its time is over, and no address of anybody', async () => {
    const email = newEmail()
    await guesses(6, () => email, wrong, () => '10.5.1.1')
    const { rows } = await records.query<{ row: string }>('SELECT g::text AS row FROM guesses g UNION ALL SELECT a::text FROM allowances a UNION ALL SELECT f::text FROM familiar_places f')
    const forms = [email, Buffer.from(email).toString('hex'), '10.5.1', Buffer.from('10.5.1').toString('hex')]
    expect(rows.length).toBeGreaterThan(0)
    expect(rows.filter(({ row }) => forms.some((form) => row.includes(form)))).toEqual([])
    await age(2 * 86_400)
    const source = await identitySource({ databaseUrl: database.url, poolSize: 1 }).initialize()
    await Promise.all([new GuessesRepository(source).clean(), new Allowances(source).clean()])
    await source.destroy()
    const { rows: [left] } = await records.query<{ n: string }>('SELECT (SELECT count(*) FROM guesses) + (SELECT count(*) FROM allowances) AS n')
    expect(Number(left?.n)).toBe(0)
  })

  it('is refused with 503 while Postgres cannot be asked, and never free', async () => {
    const road = await roadTo(new URL(database.url))
    const identity = await startIdentity({ DATABASE_URL: road.url })
    const { email } = await signUp(identity)
    road.cut()
    const answers = await Promise.all(Array.from({ length: 20 }, () => logIn(identity, email, wrong)))
    expect(counts(answers)).toEqual({ 503: 20 })
    expect((await refresh(identity, 'x', '10.6.1.1')).status).toBe(503)
    await road.mend()
    await until('logins are possible again', async () => (await logIn(identity, email, password)).status === 200)
  })
})

describe('the answer of a login', () => {
  const rounds = long ? 2_000 : 100
  let at: string
  let ann: Account
  let disabled: Account
  let older: Account

  const deactivate = async ({ userId, orgId }: Account, event: 'deactivated' | 'activated' | 'removed', version: number): Promise<void> => {
    await until('the stream is there', () => connection.request('$JS.API.STREAM.INFO.CONTROL', '').then((said) => !said.string().includes('not found')))
    connection.publish(`control.user.${event}`, JSON.stringify({ id: randomUUID(), at: new Date().toISOString(), orgId, userId, version }))
    await until('identity has heard of it', async () => (await records.query('SELECT 1 FROM standings WHERE user_id = $1 AND version = $2', [userId, version])).rowCount)
  }

  beforeAll(async () => {
    const weaker = await startIdentity({ BCRYPT_COST: '5' })
    older = await signUp(weaker)
    // Enough work for a hash that leaving it out would be seen, and no limit but the one under test.
    at = await startIdentity({ BCRYPT_COST: '7', WRONG_PASSWORDS: '1000000' });
    [ann, disabled] = [await signUp(at), await signUp(at)]
    await deactivate(disabled, 'deactivated', 2)
  }, 30_000)

  const median = (values: readonly number[]): number => values.toSorted((one, other) => one - other)[values.length >> 1] ?? Number.NaN

  /**
   * Milliseconds: of the clock in a long run, which has the samples that this takes. In a short one those that this process was
   * at work, hashes and all, because other programs on the machine would drown the clock's.
   */
  const now = long ? () => performance.now() : () => { const { user, system } = process.cpuUsage(); return (user + system) / 1_000 }

  /** Each kind once a round, in an order that turns, so that whatever else the machine does falls on all of them alike. */
  const timesOf = async (kinds: Readonly<Record<string, () => Promise<Answer>>>): Promise<{ times: Record<string, number[]>; texts: Set<string> }> => {
    const names = Object.keys(kinds)
    const times: Record<string, number[]> = Object.fromEntries(names.map((name) => [name, []]))
    const texts = new Set<string>()
    for (let round = -5; round < rounds; round++) {
      for (const turn of names.keys()) {
        const name = names[(turn + Math.abs(round)) % names.length] ?? ''
        const began = now()
        const { status, text } = await kinds[name]?.() ?? { status: 0, text: '' }
        if (round >= 0) times[name]?.push(now() - began)
        texts.add(`${status} ${text}`)
      }
    }
    return { times, texts }
  }

  /** The median of the differences inside each round: a slow moment of the machine moves both sides of it. */
  const apart = (times: Record<string, number[]>, one: string, other: string): number =>
    Math.abs(median((times[one] ?? []).map((time, round) => time - (times[other]?.[round] ?? 0))))

  it('is the same, and takes the same time within a millisecond, whatever is wrong with the address or the password', async () => {
    const { times, texts } = await timesOf({
      unknown: () => logIn(at, newEmail(), password),
      wrong: () => logIn(at, ann.email, wrong),
      disabled: () => logIn(at, disabled.email, password),
      older: () => logIn(at, older.email, wrong),
    })
    expect([...texts]).toEqual([expect.stringMatching(/^401 .*NotAuthorizedException/)])
    const differences = Object.fromEntries(['wrong', 'disabled', 'older'].map((kind) => [kind, apart(times, 'unknown', kind)]))
    expect(Object.entries(differences).filter(([, milliseconds]) => milliseconds > 1)).toEqual([])
  }, long ? 600_000 : 60_000)

  it('is the same over the limit too', async () => {
    const strict = await startIdentity({ WRONG_PASSWORDS: '1', WRONG_PASSWORD_WAIT_SECONDS: '600' })
    const names = [(await signUp(strict)).email, newEmail()] as const
    for (const name of names) await logIn(strict, name, wrong)
    const { times, texts } = await timesOf({ unknown: () => logIn(strict, names[1], password), known: () => logIn(strict, names[0], password) })
    expect([...texts].map((text) => text.slice(0, 4))).toEqual(['429 '])
    expect(apart(times, 'unknown', 'known')).toBeLessThanOrEqual(1)
  }, long ? 120_000 : 30_000)

  it('is no for who was deactivated or removed, in login, renewal and key, and yes again afterwards but for the keys of one who had left', async () => {
    const bob = await signUp(at)
    const { secret } = JSON.parse((await call(at, 'POST', `/v2/users/${bob.userId}/keys`, { authorization: `Bearer ${bob.idToken}` }, { description: 'x' })).text) as { secret: string }
    const verify = async (): Promise<string> => (await call(at, 'POST', '/internal/identity.key.verify', { authorization: `Bearer ${internalToken}` }, { digest: apiKeyDigest(secret) })).text
    expect(await verify()).toContain(bob.userId)
    for (const [event, version] of [['deactivated', 3], ['removed', 5]] as const) {
      const { RefreshToken = '' } = resultOf(await logIn(at, bob.email, password))
      await deactivate(bob, event, version)
      expect([(await logIn(at, bob.email, password)).status, (await refresh(at, RefreshToken)).status]).toEqual([401, 401])
      expect(await verify()).toContain('KeyNotFound')
      await deactivate(bob, 'activated', version + 1)
      expect((await refresh(at, RefreshToken)).status).toBe(401)
      expect(await verify()).toContain(event === 'removed' ? 'KeyNotFound' : bob.userId)
    }
    expect((await logIn(at, bob.email, password)).status).toBe(200)
  })

  it('believes what was said last of a member, whatever arrives last, and of one org alone', async () => {
    const bob = await signUp(at)
    const { RefreshToken = '' } = resultOf(await logIn(at, bob.email, password))
    await deactivate(bob, 'activated', 9)
    connection.publish('control.user.deactivated', JSON.stringify({ id: randomUUID(), at: new Date().toISOString(), orgId: bob.orgId, userId: bob.userId, version: 8 }))
    await deactivate({ ...bob, orgId: randomUUID() }, 'deactivated', 4)
    expect([(await logIn(at, bob.email, password)).status, (await refresh(at, RefreshToken)).status]).toEqual([200, 200])
  })

  it('does not wait for hashes under way, and too many of those are refused at once', async () => {
    const busy = await startIdentity({ BCRYPT_COST: '10' })
    // So many are looked at or wait for it.
    const places = 50 + availableParallelism()
    const many = places + 28
    const inTurn: number[] = []
    const logins = Promise.all(Array.from({ length: many }, () => logIn(busy, newEmail(), password).then(({ status }) => { inTurn.push(status) })))
    let asked = 0
    while (inTurn.length < many) {
      expect((await call(busy, 'GET', '/healthz')).status).toBe(200)
      asked += 1
    }
    await logins
    const looked = inTurn.filter((status) => status === 401).length
    const refused = inTurn.filter((status) => status === 429).length
    expect(looked + refused).toBe(many)
    expect(looked).toBeGreaterThanOrEqual(places)
    expect(refused).toBeGreaterThan(0)
    // Who is refused finds all places taken, and has the answer while most of those are taken still.
    expect(inTurn.slice(inTurn.lastIndexOf(429)).filter((status) => status === 401).length).toBeGreaterThan(25)
    // In each hash's time several answers are given to others: none waits for its end.
    expect(asked).toBeGreaterThan(2 * looked)
  }, 90_000)
})
