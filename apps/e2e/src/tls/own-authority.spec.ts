import { randomUUID } from 'node:crypto'
import { readFile, stat } from 'node:fs/promises'
import path from 'node:path'
import { type PeerCertificate, type TLSSocket, type ConnectionOptions, connect } from 'node:tls'
import { z } from 'zod'
import { type MachineClock, startMachineClock } from '@tenantry/testing'
import { type Answer, type Api, read, speakTo } from '../story/api.js'
import { documentOf } from '../story/document.js'
import { signUp } from '../story/people.js'
import { tellStory } from '../story/story.js'
import { type System, clearUp, startSystem, stopSystem } from '../story/system.js'
import { answerIn, sendRaw } from './raw.js'
import { faultsOf } from './safe-answer.js'

let clock: MachineClock
beforeAll(async () => { clock = await startMachineClock() })
afterAll(() => clock.stop())

const publicName = 'db.example.com'
const app = 'https://app.example.com'
let system: System
let url: string
let port: number
let ca: string
let api: Api
const heard: Answer[] = []

beforeAll(async () => {
  system = await startSystem({ TLS: 'auto', CORS_ORIGINS: app })
  url = system.url
  port = Number(new URL(url).port)
  ca = await readFile(/Clients must trust (\S+)\.$/m.exec(system.output())?.[1] ?? '', 'utf8')
  api = speakTo(url, (answer) => heard.push(answer), ca)
}, 60_000)
afterAll(clearUp, 30_000)

const handshake = (options: ConnectionOptions): Promise<{ readonly protocol: string | null; readonly cipher: string; readonly peer: PeerCertificate }> => new Promise((resolve, reject) => {
  const socket: TLSSocket = connect({ host: '127.0.0.1', port, servername: 'localhost', ca, ...options }, () => {
    resolve({ protocol: socket.getProtocol(), cipher: socket.getCipher().name, peer: socket.getPeerCertificate() })
    socket.destroy()
  }).on('error', reject)
})

it('tells the whole story of a first day over https to clients that trust its authority', async () => {
  expect(url).toMatch(/^https:\/\/localhost:\d+$/)
  await tellStory(clock, url, (answer) => heard.push(answer), ca)
}, 120_000)

it('says https wherever it names itself', async () => {
  const { issuer, jwks_uri } = read(z.object({ issuer: z.string(), jwks_uri: z.string() }), 200, await api('GET', '/.well-known/openid-configuration'))
  expect([issuer, jwks_uri]).toEqual([url, `${url}/.well-known/jwks.json`])
  const { token } = await signUp(api)
  expect(JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString())).toMatchObject({ iss: url })
})

it('is trusted by nobody who does not know its authority, nor under another name', async () => {
  await expect(speakTo(url)('GET', '/healthz')).rejects.toMatchObject({ code: expect.stringMatching(/^(?:SELF_SIGNED_CERT_IN_CHAIN|UNABLE_TO_VERIFY_LEAF_SIGNATURE|UNABLE_TO_GET_ISSUER_CERT_LOCALLY)$/) })
  await expect(handshake({ servername: 'elsewhere.example' })).rejects.toMatchObject({ code: 'ERR_TLS_CERT_ALTNAME_INVALID' })
})

it.each([['TLSv1.2', 'ECDHE-ECDSA-AES128-GCM-SHA256'], ['TLSv1.3', 'TLS_AES_256_GCM_SHA384']] as const)('speaks %s', async (version, cipher) => {
  const suites = version === 'TLSv1.2' ? { ciphers: cipher } : {}
  expect(await handshake({ minVersion: version, maxVersion: version, ...suites })).toMatchObject({ protocol: version })
})

it.each([
  ['TLS 1.0', { minVersion: 'TLSv1', maxVersion: 'TLSv1', ciphers: 'ALL:@SECLEVEL=0' }],
  ['TLS 1.1', { minVersion: 'TLSv1.1', maxVersion: 'TLSv1.1', ciphers: 'ALL:@SECLEVEL=0' }],
  ['a cipher without authentication of what it encrypts', { maxVersion: 'TLSv1.2', ciphers: 'ECDHE-ECDSA-AES128-SHA' }],
] as const)('does not speak %s', async (_what, options) => {
  await expect(handshake({ ...options })).rejects.toThrow()
})

it('tells a client that speaks plain HTTP to speak https, at once', async () => {
  const answer = answerIn(await sendRaw(port, 'GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n'))
  expect([answer.status, JSON.parse(answer.text)]).toEqual([400, { code: expect.any(String), message: 'This port speaks HTTPS: begin the address with https://.' }])
  expect(faultsOf({ method: 'GET', path: '/healthz', ...answer })).toEqual([])
})

it('hangs up on what is neither, and goes on', async () => {
  await sendRaw(port, '\u0000\u0001 no protocol at all\r\n\r\n').catch(() => undefined)
  expect((await api('GET', '/healthz')).status).toBe(200)
})

it('keeps its keys to its owner', async () => {
  for (const name of ['ca.key', 'server.key']) expect((await stat(path.join(system.dataDir, 'tls', name))).mode & 0o777).toBe(0o600)
})

it('gives every operation of the document the same headers, on success and on refusal, by every way', async () => {
  const { operations } = await documentOf(api)
  const { token } = await signUp(api)
  for (const { method, path: where } of operations) {
    const asked = where.replaceAll(/\{\w+\}/g, () => randomUUID())
    await api(method, asked)
    await api(method, asked, { token: 'no token' })
    await api(method, asked, { token, ...(method === 'GET' ? {} : { text: '{"', headers: ['Content-Type', 'application/json'] }) })
    await api('OPTIONS', asked)
    await api(method, `${asked}//`)
  }
  for (const where of ['/docs', '/healthz', '/readyz', '/nowhere', '/v2/nowhere', '/v2/../x']) await api('GET', where)
  await api('GET', '/v2/databases', { token, headers: ['Host', 'rebound.example'] })
  expect(heard.flatMap(faultsOf)).toEqual([])
  for (const { method, path: where, operationId } of operations) {
    const pattern = new RegExp(`^${where.replaceAll('.', '\\.').replaceAll(/\{\w+\}/g, '[^/?]+')}(?:\\?|$)`)
    const seen = heard.filter((answer) => answer.method === method && pattern.test(answer.path))
    expect([operationId, seen.some(({ status }) => status >= 400) || where === '/' || where.startsWith('/.well-known/') || where === '/id' || where === '/id/link']).toEqual([operationId, true])
  }
}, 60_000)

it('lets a page of a configured origin ask on the warm way of a query, and no other', async () => {
  const { token } = await signUp(speakTo(url, undefined, ca))
  const quiet = speakTo(url, undefined, ca)
  const made = read(z.object({ id: z.string() }), 201, await quiet('POST', '/v2/databases', { token, json: { name: 'shown', database_options: { shape: 'sqlite-small' } } }))
  const ask = (origin: string): Promise<Answer> => quiet('POST', `/v2/databases/${made.id}/query/sql`, { token, text: 'select 1', headers: ['Origin', origin] })
  let first = await ask(app)
  for (let tries = 0; first.status !== 200 && tries < 200; tries += 1) first = await ask(app)
  for (const answer of [first, await ask(app), await ask(app)]) {
    expect([answer.status, answer.headers['access-control-allow-origin'], answer.headers.vary]).toEqual([200, app, 'Origin'])
  }
  const foreign = await ask('https://evil.example')
  expect([foreign.status, foreign.headers['access-control-allow-origin']]).toEqual([403, undefined])
})

it('asks browsers for TLS under its public name only, and takes no sign-up from strangers once others can reach it', async () => {
  expect(heard.some(({ headers }) => headers['strict-transport-security'] !== undefined)).toBe(false)
  await stopSystem(system)
  system = await startSystem({ TLS: 'auto', HOST: '0.0.0.0', PUBLIC_URL: `https://${publicName}`, PORT: String(port) }, system.folder)
  expect(system.url).toBe(`https://${publicName}`)
  const again = speakTo(url, undefined, ca)
  expect((await again('GET', '/v2/shapes', { headers: ['Host', publicName] })).headers['strict-transport-security']).toBe('max-age=31536000')
  expect((await again('GET', '/v2/shapes')).headers['strict-transport-security']).toBeUndefined()
  const closed = await again('POST', '/id/signup', { json: { email: 'stranger@example.com', password: 'a long enough password', firstname: 'A', lastname: 'B' } })
  expect([closed.status, closed.text.includes('closed')]).toEqual([403, true])
}, 60_000)
