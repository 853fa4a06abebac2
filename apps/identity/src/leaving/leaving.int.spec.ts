import { randomUUID } from 'node:crypto'
import { readFile, readdir } from 'node:fs/promises'
import type http from 'node:http'
import path from 'node:path'
import { json } from 'node:stream/consumers'
import { jetstream } from '@nats-io/jetstream'
import { permissions } from '@tenantry/contracts'
import { tracesIn, until } from '@tenantry/testing'
import { type RunningIdentity, runningIdentity } from '../testing/running.js'

interface Answer { readonly status: number; readonly body: Record<string, unknown> }
interface Somebody { readonly email: string; readonly lastname: string; readonly userId: string; readonly orgId: string; readonly token: string }
type Answering = (ask: Record<string, unknown>, response: http.ServerResponse) => unknown

const password = 'correct horse battery'

let running: RunningIdentity
/** How the control plane answers who asks for the end of an account, and what it was asked. */
let answering: Answering
const asked: Record<string, unknown>[] = []

const answer = (response: http.ServerResponse, body: object): unknown => response.setHeader('content-type', 'application/json').end(JSON.stringify(body))
const says: Answering = (_, response) => answer(response, { answer: {} })

beforeAll(async () => {
  running = await runningIdentity((request, response) => void json(request).then((body) => {
    if (!request.url?.endsWith('control.account.end')) return answer(response, { answer: { status: 'Active', permissions, version: 1 } })
    asked.push(body as Record<string, unknown>)
    return answering(body as Record<string, unknown>, response)
  }), { WRONG_PASSWORDS: '3' })
}, 60_000)
beforeEach(() => { answering = says })
afterAll(() => running.close(), 30_000)

const post = async (where: string, body: unknown, headers: Record<string, string> = {}): Promise<Answer> => {
  const response = await fetch(running.base + where, { method: 'POST', headers: { 'content-type': 'application/json', ...headers }, body: JSON.stringify(body) })
  return { status: response.status, body: await response.json() as Record<string, unknown> }
}
const tokenOf = (body: Record<string, unknown>): string => (body['AuthenticationResult'] as Record<string, string> | undefined)?.['IdToken'] ?? ''
const signUp = async (email = `${randomUUID()}@example.com`): Promise<Somebody> => {
  const lastname = `Byron-${randomUUID()}`
  const { body } = await post('/id/signup', { email, password, firstname: 'Ada', lastname })
  return { email, lastname, userId: String(body['user_id']), orgId: String(body['org_id']), token: tokenOf(body) }
}
const bearer = ({ token }: Somebody) => ({ authorization: `Bearer ${token}` })
const logIn = (email: string, word = password): Promise<Answer> => post('/id', { USERNAME: email, PASSWORD: word })
const leave = (who: Somebody, word: unknown = password): Promise<Answer> => post('/id/account/delete', { PASSWORD: word }, bearer(who))
const rows = async (sql: string, ...values: readonly unknown[]): Promise<Record<string, unknown>[]> => (await running.records.query<Record<string, unknown>>(sql, [...values])).rows
const isEnded = async ({ userId }: Somebody): Promise<boolean> => (await rows('SELECT 1 FROM accounts WHERE id = $1 AND ended_at IS NOT NULL', userId)).length === 1
/** Tells what the control plane tells. Answers when it was taken. */
const tell = async (subject: string, facts: object): Promise<void> => {
  const id = randomUUID()
  await jetstream(running.connection).publish(subject, JSON.stringify({ id, at: new Date().toISOString(), ...facts }))
  await until('it is taken', async () => (await rows('SELECT 1 FROM inbox WHERE event_id = $1', id)).length === 1)
}
/** Every row of every table in which one of the words stands. */
const traces = (...words: readonly string[]): Promise<string[]> => tracesIn(rows, 'identity', words)

describe('deleting an account', () => {
  it('leaves nothing of the person, ends what speaks for them, and frees the address for somebody new', async () => {
    const ada = await signUp()
    await rows('UPDATE accounts SET email_verified_at = now() WHERE id = $1', ada.userId)
    const key = await post(`/v2/users/${ada.userId}/keys`, { description: 'mine' }, bearer(ada))
    expect(key.status).toBe(201)
    const { RefreshToken } = (await logIn(ada.email)).body['AuthenticationResult'] as Record<string, string>
    await post('/id/password/forgot', { email: ada.email })
    await until('her mails are sent', async () => (await rows('SELECT 1 FROM letters')).length === 0 && (await rows('SELECT 1 FROM links WHERE user_id = $1', ada.userId)).length > 0)
    await tell('control.invite.sent', { inviteId: randomUUID(), orgId: randomUUID(), orgName: 'Engines', email: ada.email, userId: randomUUID(), by: randomUUID(), expiresAt: new Date(Date.now() + 86_400_000).toISOString() })
    await until('the invite is mailed', async () => (await rows(`SELECT 1 FROM links WHERE email_key = $1 AND kind = 'invite'`, ada.email)).length === 1)
    await rows(`UPDATE links SET used_at = now() WHERE email_key = $1 AND kind = 'invite'`, ada.email)
    await tell('control.user.activated', { orgId: ada.orgId, userId: ada.userId, version: 2 })
    expect((await traces(ada.email)).length).toBeGreaterThan(3)
    expect(await leave(ada)).toEqual({ status: 200, body: {} })
    expect(asked.at(-1)).toEqual({ userId: ada.userId, sessionId: expect.any(String), isAddressProven: true, address: '127.0.0.1', requestId: expect.any(String) })
    expect(await traces(ada.email, ada.lastname)).toEqual([])
    expect((await leave(ada)).status).toBe(401)
    for (const headers of [bearer(ada), { 'x-api-key': String(key.body['secret']) }] as Record<string, string>[]) {
      await until('nothing speaks for her', async () => (await fetch(`${running.base}/v2/users/${ada.userId}/keys`, { headers })).status === 401)
    }
    expect([(await post('/id', { REFRESH_TOKEN: RefreshToken })).status, await logIn(ada.email)]).toEqual([401, await logIn('nobody-at-all@example.com')])
    expect(await rows('SELECT status FROM api_keys WHERE user_id = $1', ada.userId)).toEqual([{ status: 'REVOKED' }])
    expect(await rows('SELECT used FROM key_quotas WHERE org_id = $1', ada.orgId)).toEqual([{ used: 0 }])
    const anew = await signUp(ada.email)
    expect([anew.userId === '', anew.userId === ada.userId, (await logIn(ada.email)).status]).toEqual([false, false, 200])
  })

  it('needs the password beside the token, whose wrong ones count like those of the login, and no API key', async () => {
    const ada = await signUp()
    const key = await post(`/v2/users/${ada.userId}/keys`, { description: 'mine' }, bearer(ada))
    const before = asked.length
    expect((await post('/id/account/delete', { PASSWORD: password }, { 'x-api-key': String(key.body['secret']) })).status).toBe(403)
    expect((await post('/id/account/delete', {}, bearer(ada))).status).toBe(400)
    expect((await post('/id/account/delete', { PASSWORD: password })).status).toBe(401)
    const wrong = await leave(ada, 'not my password')
    expect([wrong, wrong.status]).toEqual([await logIn(ada.email, 'not my password'), 401])
    expect((await leave(ada, 'not my password')).status).toBe(401)
    expect([(await leave(ada)).status, (await logIn(ada.email)).status]).toEqual([429, 429])
    expect([asked.length - before, await isEnded(ada)]).toEqual([0, false])
  })

  it('does nothing when the control plane refuses, or is away', async () => {
    const ada = await signUp()
    answering = (_, response) => answer(response, { problem: { code: 'LastOwner', message: 'You are the last active owner of 2 orgs.' } })
    expect(await leave(ada)).toMatchObject({ status: 409, body: { message: 'You are the last active owner of 2 orgs.' } })
    answering = (_, response) => response.destroy()
    expect((await leave(ada)).status).toBe(503)
    expect([await isEnded(ada), (await logIn(ada.email)).status]).toEqual([false, 200])
    expect((await fetch(`${running.base}/v2/users/${ada.userId}/keys`, { headers: bearer(ada) })).status).toBe(200)
  })

  it('is finished by the news of it when the answer was lost', async () => {
    const ada = await signUp()
    answering = (_, response) => { void tell('control.account.ended', { userId: ada.userId }).finally(() => response.destroy()) }
    expect((await leave(ada)).status).toBe(503)
    expect([await isEnded(ada), await traces(ada.email, ada.lastname)]).toEqual([true, []])
    expect((await logIn(ada.email)).status).toBe(401)
  })

  it('is the same whichever comes first, the answer or the news, and however often', async () => {
    const ada = await signUp()
    const ended = (): Promise<void> => tell('control.account.ended', { userId: ada.userId })
    const gone = (version = 3): Promise<void> => tell('control.user.removed', { orgId: ada.orgId, userId: ada.userId, version, orgDeleted: true })
    answering = (_, response) => { void Promise.all([ended(), gone()]); says(_, response) }
    expect((await leave(ada)).status).toBe(200)
    const [{ epoch }] = await rows('SELECT epoch FROM accounts WHERE id = $1', ada.userId) as [{ epoch: number }]
    await Promise.all([ended(), gone(), ended()])
    await gone(4)
    // Neither a new org, nor a standing, nor another end of everything that was proven.
    expect(await rows('SELECT epoch, org_id, email FROM accounts WHERE id = $1', ada.userId)).toEqual([{ epoch, org_id: ada.orgId, email: '' }])
    expect(await rows('SELECT 1 FROM standings WHERE user_id = $1', ada.userId)).toEqual([])
    expect(await rows(`SELECT 1 FROM outbox WHERE subject = 'identity.account.registered' AND payload->>'userId' = $1`, ada.userId)).toHaveLength(1)
    expect(await rows(`SELECT 1 FROM outbox WHERE subject = 'identity.user.epoch-raised' AND payload->>'userId' = $1`, ada.userId)).toHaveLength(1)
  })

  it('is for good: no move, order, link or invite brings the account back, and its id is nobody\'s again', async () => {
    const ada = await signUp()
    expect((await leave(ada)).status).toBe(200)
    await tell('control.user.moved', { userId: ada.userId, orgId: randomUUID(), fromOrgId: ada.orgId, inviteId: randomUUID() })
    const inviteId = randomUUID()
    await tell('control.invite.sent', { inviteId, orgId: ada.orgId, orgName: 'Engines', email: ada.email, userId: ada.userId, by: randomUUID(), expiresAt: new Date(Date.now() + 86_400_000).toISOString() })
    const order = (name: string, body: object): Promise<Answer> => post(`/internal/${name}`, body, { authorization: 'Bearer an-internal-token-for-tests' })
    for (const name of ['identity.user.unlock', 'identity.user.reset-link']) expect((await order(name, { user_id: ada.userId })).body).toMatchObject({ problem: { code: 'UserNotFound' } })
    expect(JSON.stringify((await order('identity.users.list', { limit: 1_000 })).body)).not.toContain(ada.userId)
    expect(await rows('SELECT org_id, email, password_hash, server_admin FROM accounts WHERE id = $1', ada.userId)).toEqual([{ org_id: ada.orgId, email: '', password_hash: '', server_admin: false }])
    await until('the invite is mailed', async () => (await rows(`SELECT 1 FROM links WHERE email_key = $1 AND NOT EXISTS (SELECT 1 FROM letters)`, ada.email)).length === 1)
    const names = await readdir(path.join(running.folder, 'mail'))
    const mails = await Promise.all(names.filter((name) => name.endsWith('.eml')).map((name) => readFile(path.join(running.folder, 'mail', name), 'utf8')))
    // Quoted-printable writes = as =3D and cuts long lines.
    const token = /#invite=([\w-]+)/.exec(mails.map((mail) => mail.replaceAll('=\n', '').replaceAll('=3D', '=')).find((mail) => mail.includes(inviteId)) ?? '')?.[1]
    const accepted = await post('/id/invites/accept', { token, firstname: 'Ada', lastname: 'Byron', password })
    expect([accepted.status, accepted.body['user_id'] === ada.userId]).toEqual([201, false])
  })
})
