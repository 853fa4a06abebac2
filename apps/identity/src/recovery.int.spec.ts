import { once } from 'node:events'
import { mkdtemp, readFile, readdir, rm, stat } from 'node:fs/promises'
import http from 'node:http'
import net, { type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { json } from 'node:stream/consumers'
import { permissions } from '@tenantry/contracts'
import { type RunningService, createLogger } from '@tenantry/service'
import { type TestDatabase, type TestNats, freePort, testDatabase, testNats, until } from '@tenantry/testing'
import pg from 'pg'
import { createIdentity, migrateIdentity, parseIdentityConfig } from './index.js'

interface Answer { readonly status: number; readonly body: Record<string, unknown> }

const password = 'correct horse battery'
const internalToken = 'an-internal-token-for-tests'
const logger = createLogger('recovery-test', 'silent')

let database: TestDatabase
let nats: TestNats
let records: pg.Pool
let folder: string
let controlPlane: http.Server
let service: RunningService
let server: http.Server
let base: string

const listening = async (handle: http.RequestListener): Promise<http.Server> => {
  const opened = http.createServer(handle).listen(0, '127.0.0.1')
  await once(opened, 'listening')
  return opened
}
const urlOf = (of: http.Server | net.Server): string => `http://127.0.0.1:${(of.address() as AddressInfo).port}`

const configured = (changes: Record<string, string>) => parseIdentityConfig({
  DATABASE_URL: database.url, NATS_URL: nats.url, NATS_TOKEN: nats.token, PUBLIC_URL: 'https://db.example.com', IDENTITY_URL: 'http://127.0.0.1:1',
  CONTROL_PLANE_URL: urlOf(controlPlane), INTERNAL_TOKEN: internalToken, SEALING_KEY: Buffer.alloc(32, 1).toString('base64url'),
  PEPPER: Buffer.alloc(32, 2).toString('base64url'), BCRYPT_COST: '4', POOL_SIZE: '5', ...changes,
})

const start = async (changes: Record<string, string>): Promise<{ readonly base: string; readonly stop: () => Promise<void> }> => {
  const running = await createIdentity(configured(changes), logger)
  const opened = await listening((request, response) => running.handle(request, response))
  return { base: urlOf(opened), stop: async () => { opened.closeAllConnections(); opened.close(); await running.close() } }
}

beforeAll(async () => {
  database = await testDatabase('identity')
  nats = await testNats()
  records = new pg.Pool({ connectionString: database.url, max: 2 })
  folder = await mkdtemp(path.join(tmpdir(), 'tenantry-mail-'))
  controlPlane = await listening((request, response) => void json(request).then(() =>
    response.setHeader('content-type', 'application/json').end(JSON.stringify({ answer: { status: 'Active', permissions, version: 1 } }))))
  await migrateIdentity(configured({}))
  service = await createIdentity(configured({ MAIL_DIR: path.join(folder, 'mail') }), logger)
  server = await listening((request, response) => service.handle(request, response))
  base = urlOf(server)
})

afterAll(async () => {
  server.closeAllConnections()
  server.close()
  await service.close()
  controlPlane.close()
  await records.end()
  await nats.stop()
  await database.drop()
  await rm(folder, { recursive: true, force: true })
})

const post = async (where: string, body: unknown, token?: string, at = base): Promise<Answer> => {
  const response = await fetch(`${at}${where}`, {
    method: 'POST', headers: { 'content-type': 'application/json', ...(token !== undefined && { authorization: `Bearer ${token}` }) }, body: JSON.stringify(body),
  })
  return { status: response.status, body: await response.json() as Record<string, unknown> }
}

let people = 0
const newPerson = async (at = base): Promise<{ readonly email: string; readonly token: string; readonly refreshToken: string; readonly userId: string }> => {
  const email = `Person${++people}@Example.com`
  const { body } = await post('/id/signup', { email, password, firstname: 'Ada', lastname: 'Byron' }, undefined, at)
  const { IdToken: token, RefreshToken: refreshToken } = body['AuthenticationResult'] as Record<string, string>
  return { email, token: token ?? '', refreshToken: refreshToken ?? '', userId: String(body['user_id']) }
}
const mails = async (): Promise<string[]> => {
  const names = (await readdir(path.join(folder, 'mail')).catch(() => [])).filter((name) => name.endsWith('.eml')).sort()
  return await Promise.all(names.map((name) => readFile(path.join(folder, 'mail', name), 'utf8')))
}
const tokensTo = async (email: string, kind: string): Promise<string[]> => {
  const own = (await mails()).filter((mail) => mail.toLowerCase().includes(`to: ${email.toLowerCase()}`))
  // Quoted-printable writes = as =3D and cuts long lines.
  return own.flatMap((mail) => [...mail.replaceAll('=\n', '').replaceAll('=3D', '=').matchAll(new RegExp(`https://db\\.example\\.com/id/link#${kind}=([\\w-]+)`, 'g'))].map((found) => found[1] ?? ''))
}
const mailed = async (email: string, kind: string, many = 1): Promise<string> => {
  await until(`${many} mails of ${kind}`, async () => (await tokensTo(email, kind)).length >= many)
  return (await tokensTo(email, kind)).at(-1) ?? ''
}
const nothingWaits = (): Promise<boolean> => until('no letter waits', async () => (await records.query('SELECT 1 FROM letters')).rowCount === 0)
const logsIn = async (email: string, given: string): Promise<boolean> => (await post('/id', { USERNAME: email, PASSWORD: given })).status === 200

describe('a forgotten password', () => {
  it('is set anew by the mailed link, once; every session ends, and the address counts as proven', async () => {
    const { email, refreshToken, userId } = await newPerson()
    expect(await post('/id/password/forgot', { email: ` ${email.toUpperCase()} ` })).toEqual({ status: 202, body: {} })
    const token = await mailed(email, 'reset')
    expect(await post('/id/password/reset', { token, password: 'another good password' })).toEqual({ status: 200, body: {} })
    expect([await logsIn(email, password), await logsIn(email, 'another good password')]).toEqual([false, true])
    expect((await post('/id', { REFRESH_TOKEN: refreshToken })).status).toBe(401)
    expect((await records.query('SELECT email_verified_at IS NOT NULL AS proven, epoch FROM accounts WHERE id = $1', [userId])).rows).toEqual([{ proven: true, epoch: 1 }])
    expect(await post('/id/password/reset', { token, password: 'a third good password' })).toMatchObject({ status: 400, body: { code: 'LinkNotValid' } })
    expect(await logsIn(email, 'another good password')).toBe(true)
  })

  it('is set by one of many who spend the link at once, and by none of the other links of that account afterwards', async () => {
    const { email } = await newPerson()
    await post('/id/password/forgot', { email })
    const first = await mailed(email, 'reset')
    await nothingWaits()
    await post('/id/password/forgot', { email })
    const second = await mailed(email, 'reset', 2)
    expect(second).not.toBe(first)
    const outcomes = await Promise.all(Array.from({ length: 10 }, (_, at) => post('/id/password/reset', { token: second, password: `password number ${at}` })))
    expect(outcomes.filter(({ status }) => status === 200)).toHaveLength(1)
    expect((await post('/id/password/reset', { token: first, password: 'one more good password' })).status).toBe(400)
  })

  it('stays where the new one may not be had, and the link with it', async () => {
    const { email } = await newPerson()
    await post('/id/password/forgot', { email })
    const token = await mailed(email, 'reset')
    for (const weak of ['short', 'password', email.toLowerCase()]) expect(await post('/id/password/reset', { token, password: weak })).toMatchObject({ status: 400, body: { code: 'InvalidParameter' } })
    expect((await post('/id/password/reset', { token, password: 'a much better password' })).status).toBe(200)
  })

  it('answers alike for an address that nobody has, and mails nothing to it', async () => {
    const { email } = await newPerson()
    await nothingWaits()
    const before = (await mails()).length
    const answers = await Promise.all([email, 'nobody@example.com'].map((one) => post('/id/password/forgot', { email: one })))
    expect(answers[0]).toEqual(answers[1])
    await nothingWaits()
    expect((await mails()).length).toBe(before + 1)
    expect(await post('/id/password/forgot', { email: 'not an address' })).toMatchObject({ status: 400, body: { code: 'InvalidParameter' } })
  })

  it('is mailed about five times an hour at most, and not at all to one who may not log in', async () => {
    const { email, userId } = await newPerson()
    for (let n = 0; n < 7; n++) {
      await post('/id/password/forgot', { email })
      await nothingWaits()
    }
    expect(await tokensTo(email, 'reset')).toHaveLength(5)
    const gone = await newPerson()
    await records.query('INSERT INTO standings (user_id, org_id, version, active) SELECT id, org_id, 2, false FROM accounts WHERE id = $1', [gone.userId])
    await nothingWaits()
    await post('/id/password/forgot', { email: gone.email })
    await nothingWaits()
    expect(await tokensTo(gone.email, 'reset')).toEqual([])
    expect(userId).not.toBe(gone.userId)
  })

  it('cannot be set with a link that is too old, of another kind, or made up, nor after the address was changed', async () => {
    const { email, userId } = await newPerson()
    const verify = await mailed(email, 'verify')
    await post('/id/password/forgot', { email })
    const token = await mailed(email, 'reset')
    const tries = async (given: string): Promise<unknown> => (await post('/id/password/reset', { token: given, password: 'another good password' })).body['code']
    expect([await tries(verify), await tries('made-up'), await tries(`${token}x`)]).toEqual(['LinkNotValid', 'LinkNotValid', 'LinkNotValid'])
    await records.query('UPDATE accounts SET email_key = $2 WHERE id = $1', [userId, `moved-${email.toLowerCase()}`])
    expect(await tries(token)).toBe('LinkNotValid')
    await records.query('UPDATE accounts SET email_key = $2 WHERE id = $1', [userId, email.toLowerCase()])
    await records.query('UPDATE links SET expires_at = now() WHERE user_id = $1', [userId])
    expect(await tries(token)).toBe('LinkNotValid')
    expect(await logsIn(email, password)).toBe(true)
  })
})

describe('an address', () => {
  it('is proven by the link that comes with the account, or by one that is asked for, once', async () => {
    const { email, token, userId } = await newPerson()
    const link = await mailed(email, 'verify')
    await nothingWaits()
    expect(await post('/id/email/verify', {}, token)).toEqual({ status: 202, body: {} })
    const second = await mailed(email, 'verify', 2)
    expect(await post('/id/email/verified', { token: second })).toEqual({ status: 200, body: {} })
    expect((await records.query('SELECT email_verified_at IS NOT NULL AS proven FROM accounts WHERE id = $1', [userId])).rows).toEqual([{ proven: true }])
    for (const spent of [link, second]) expect(await post('/id/email/verified', { token: spent })).toMatchObject({ status: 400, body: { code: 'LinkNotValid' } })
    await post('/id/email/verify', {}, token)
    await nothingWaits()
    expect(await tokensTo(email, 'verify')).toHaveLength(2)
    expect((await post('/id/email/verify', {})).status).toBe(401)
  })
})

describe('mail', () => {
  it('lies in a folder that only its owner reads, and no token of it in the records', async () => {
    const { email } = await newPerson()
    const token = await mailed(email, 'verify')
    const names = await readdir(path.join(folder, 'mail'))
    expect((await stat(path.join(folder, 'mail'))).mode & 0o777).toBe(0o700)
    for (const name of names) expect((await stat(path.join(folder, 'mail', name))).mode & 0o777).toBe(0o600)
    const { rows } = await records.query("SELECT encode(digest, 'escape') AS digest FROM links") as { rows: { digest: string }[] }
    expect(rows.some(({ digest }) => digest.includes(token))).toBe(false)
    expect((await records.query('SELECT payload::text AS text FROM outbox') as { rows: { text: string }[] }).rows.some(({ text }) => text.includes(token))).toBe(false)
  })

  it('waits while its server is away, and goes out by SMTP once it is back', async () => {
    const got: string[] = []
    const port = await freePort()
    // Records of its own: the other service would send what waits into its folder.
    const own = await testDatabase('identity')
    const changes = { DATABASE_URL: own.url, SMTP_URL: `smtp://127.0.0.1:${port}`, MAIL_FROM: 'Clouds <clouds@example.com>' }
    await migrateIdentity(configured(changes))
    const other = await start(changes)
    const there = new pg.Client(own.url)
    await there.connect()
    try {
      const { email } = await newPerson(other.base)
      await until('it was tried', async () => (await there.query('SELECT 1 FROM letters WHERE attempts > 0')).rowCount === 1)
      const smtp = await mailServer(port, got)
      await until('it has arrived', async () => got.some((mail) => mail.toLowerCase().includes(`to: ${email.toLowerCase()}`)), 15_000)
      expect(got.join('')).toContain('From: Clouds <clouds@example.com>')
      await until('no letter waits', async () => (await there.query('SELECT 1 FROM letters')).rowCount === 0)
      smtp.close()
    } finally {
      await there.end()
      await other.stop()
      await own.drop()
    }
  })

  it('that cannot be sent at all is said to whoever asks for it', async () => {
    const other = await start({})
    try {
      expect(await post('/id/password/forgot', { email: 'a@example.com' }, undefined, other.base)).toMatchObject({ status: 501, body: { code: 'NotImplemented' } })
      expect((await post('/id/signup', { email: `person${++people}@example.com`, password, firstname: 'A', lastname: 'B' }, undefined, other.base)).status).toBe(201)
      expect((await records.query('SELECT 1 FROM letters')).rowCount).toBe(0)
    } finally {
      await other.stop()
    }
  })

  it('is asked for by one address as often as MAILS_PER_HOUR says', async () => {
    const other = await start({ MAIL_DIR: path.join(folder, 'few'), MAILS_PER_HOUR: '2' })
    const ask = async (address: string, email: string): Promise<number> => (await fetch(`${other.base}/id/password/forgot`, {
      method: 'POST', headers: { 'content-type': 'application/json', 'x-forwarded-for': address }, body: JSON.stringify({ email }), signal: AbortSignal.timeout(10_000),
    })).status
    try {
      const told: number[] = []
      for (const name of ['one', 'two', 'three']) told.push(await ask('203.0.113.7', `${name}@example.org`))
      expect([told, await ask('198.51.100.7', 'four@example.org')]).toEqual([[202, 202, 429], 202])
    } finally {
      await other.stop()
    }
  })

  it('leads to a page that runs its own script alone, and says nothing that was sent to it', async () => {
    const response = await fetch(`${base}/id/link?token=%3Cscript%3E`)
    const text = await response.text()
    expect([response.status, response.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8'])
    expect(response.headers.get('content-security-policy')).toMatch(/default-src 'none'; style-src 'sha256-[^']+'; script-src 'sha256-[^']+'; connect-src 'self'/)
    expect(text).not.toContain('%3Cscript')
  })
})

/** As much of a mail server as takes a mail. */
const mailServer = async (port: number, got: string[]): Promise<net.Server> => {
  const opened = net.createServer((socket) => {
    let letter: string | undefined
    socket.setEncoding('utf8').on('error', () => undefined).write('220 test\r\n')
    socket.on('data', (chunk: string) => {
      for (const line of chunk.split('\r\n').slice(0, -1)) {
        if (letter !== undefined && line !== '.') letter += `${line}\n`
        else if (letter !== undefined) { got.push(letter); letter = undefined; socket.write('250 taken\r\n') }
        else if (line === 'DATA') { letter = ''; socket.write('354 go on\r\n') }
        else socket.write(line === 'QUIT' ? '221 bye\r\n' : '250 ok\r\n')
      }
    })
  }).listen(port, '127.0.0.1')
  await once(opened, 'listening')
  return opened
}
