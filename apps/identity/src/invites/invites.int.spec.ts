import { randomUUID } from 'node:crypto'
import { readFile, readdir } from 'node:fs/promises'
import path from 'node:path'
import { json } from 'node:stream/consumers'
import { runInNewContext } from 'node:vm'
import { jetstream } from '@nats-io/jetstream'
import { type EventSubject, permissions } from '@tenantry/contracts'
import { until } from '@tenantry/testing'
import { type RunningIdentity, runningIdentity } from '../testing/running.js'

interface Answer { readonly status: number; readonly text: string; readonly body: Record<string, unknown> }
interface Invited { readonly inviteId: string; readonly orgId: string; readonly userId: string; readonly email: string }

const password = 'correct horse battery'

let running: RunningIdentity

beforeAll(async () => {
  const rights = { answer: { status: 'Active', permissions, version: 1 } }
  running = await runningIdentity((request, response) => void json(request).then(() => response.setHeader('content-type', 'application/json').end(JSON.stringify(rights))),
    { BOOTSTRAP_TOKEN: 'a-bootstrap-token-for-tests' })
}, 60_000)
afterAll(() => running.close(), 30_000)

const post = async (where: string, body: unknown, at = running.base): Promise<Answer> => {
  const response = await fetch(at + where, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) })
  const text = await response.text()
  return { status: response.status, text, body: JSON.parse(text) as Record<string, unknown> }
}
const accept = (token: string, more: object = {}, at = running.base): Promise<Answer> => post('/id/invites/accept', { token, ...more }, at)
const named = { firstname: 'Grace', lastname: 'Hopper', password }

const tell = (subject: EventSubject, facts: object): Promise<unknown> =>
  jetstream(running.connection).publish(subject, JSON.stringify({ id: randomUUID(), at: new Date().toISOString(), ...facts }))
/** What the control plane tells when somebody is invited. */
const invite = async (email: string, more: object = {}): Promise<Invited> => {
  const invited = { inviteId: randomUUID(), orgId: randomUUID(), userId: randomUUID(), email, ...more }
  await tell('control.invite.sent', { ...invited, orgName: 'Analytical Engines', by: randomUUID(), expiresAt: new Date(Date.now() + 7 * 86_400_000).toISOString(), ...more })
  return invited
}
const mailsAbout = async ({ inviteId }: Invited): Promise<string[]> => {
  const names = (await readdir(path.join(running.folder, 'mail')).catch(() => [])).filter((name) => name.endsWith('.eml')).sort()
  const mails = await Promise.all(names.map((name) => readFile(path.join(running.folder, 'mail', name), 'utf8')))
  // Quoted-printable writes = as =3D and cuts long lines.
  return mails.map((mail) => mail.replaceAll('=\n', '').replaceAll('=3D', '=')).filter((mail) => mail.includes(inviteId))
}
const tokenIn = (mail = ''): string => /https:\/\/db\.example\.com\/id\/link#invite=([\w-]+)/.exec(mail)?.[1] ?? ''
const mailed = async (invited: Invited, many = 1): Promise<string> => {
  await until(`${many} mails about the invite`, async () => (await mailsAbout(invited)).length >= many)
  return tokenIn((await mailsAbout(invited)).at(-1))
}
/** Until the event was taken and no letter about the invite waits. */
const taken = (event: string, { inviteId }: Invited): Promise<boolean> => until('the event is taken, and no letter waits', async () => (await running.records.query(
  `SELECT 1 FROM inbox WHERE event_id = $1 AND NOT EXISTS (SELECT 1 FROM letters WHERE about->>'inviteId' = $2)`, [event, inviteId])).rowCount === 1)
const newEmail = (): string => `${randomUUID()}@example.com`
const signUp = async (email = newEmail()): Promise<{ email: string; userId: string; orgId: string; token: string }> => {
  const { body } = await post('/id/signup', { email, password, firstname: 'Ada', lastname: 'Byron' })
  return { email, userId: String(body['user_id']), orgId: String(body['org_id']), token: tokenOf(body) }
}
/** Somebody whose address was proven by another mail. */
const proven = async (): ReturnType<typeof signUp> => {
  const person = await signUp()
  await running.records.query('UPDATE accounts SET email_verified_at = now() WHERE id = $1', [person.userId])
  return person
}
const tokenOf = (body: Record<string, unknown>): string => (body['AuthenticationResult'] as Record<string, string> | undefined)?.['IdToken'] ?? ''
const claimsOf = (token: string): Record<string, unknown> => JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) as Record<string, unknown>
const logIn = (email: string): Promise<Answer> => post('/id', { USERNAME: email, PASSWORD: password })
const told = async (subject: EventSubject, inviteId: string): Promise<unknown[]> =>
  (await running.records.query<{ payload: unknown }>(`SELECT payload FROM outbox WHERE subject = $1 AND (payload->>'inviteId' = $2 OR payload->'entry'->>'object_id' = $2)`, [subject, inviteId])).rows.map(({ payload }) => payload)

describe('an invite', () => {
  it('becomes a mail with a link, by which somebody new makes an account in the org and is logged in', async () => {
    const invited = await invite(`Grace.${randomUUID()}@Example.com`)
    const token = await mailed(invited)
    expect((await mailsAbout(invited))[0]).toContain('"Analytical Engines"')
    expect(await accept(token)).toMatchObject({ status: 400, body: { code: 'MissingParameter' } })
    expect(await accept(token, { ...named, password: 'short' })).toMatchObject({ status: 400, body: { code: 'InvalidParameter' } })
    const answer = await accept(token, named)
    expect(answer).toMatchObject({ status: 201, body: { user_id: invited.userId, org_id: invited.orgId, invite_id: invited.inviteId } })
    for (const idToken of [tokenOf(answer.body), tokenOf((await logIn(invited.email)).body)]) {
      expect(claimsOf(idToken)).toMatchObject({ sub: invited.userId, org_id: invited.orgId, invite_id: invited.inviteId, founder: false, server_admin: false, given_name: 'Grace', email: invited.email })
    }
    expect(await told('identity.invite.accepted', invited.inviteId)).toEqual([expect.objectContaining({ orgId: invited.orgId, userId: invited.userId, email: invited.email, hadAccount: false, isHome: true })])
    expect(await told('identity.deed.done', invited.inviteId)).toEqual([expect.objectContaining({ entry: expect.objectContaining({ action: 'acceptInvite', credential_kind: 'link', object_kind: 'invite' }) })])
    expect((await running.records.query('SELECT email_verified_at IS NOT NULL AS proven FROM accounts WHERE id = $1', [invited.userId])).rows).toEqual([{ proven: true }])
    expect(await accept(token, named)).toMatchObject({ status: 400, body: { code: 'LinkNotValid' } })
  })

  it('is accepted by one of many who follow its link at once, and makes one account', async () => {
    const invited = await invite(newEmail())
    const token = await mailed(invited)
    const outcomes = await Promise.all(Array.from({ length: 10 }, () => accept(token, named)))
    expect(outcomes.filter(({ status }) => status === 201)).toHaveLength(1)
    expect(outcomes.filter(({ status }) => status !== 201 && status !== 400)).toEqual([])
    expect(await told('identity.invite.accepted', invited.inviteId)).toHaveLength(1)
  })

  it('is taken with the account of its address where there is one, whoever follows the link, and changes neither its password nor its org', async () => {
    const ada = await proven()
    const invited = await invite(ada.email.toUpperCase())
    const token = await mailed(invited)
    const answer = await accept(token, { ...named, password: 'a password of somebody else' })
    expect([answer.status, answer.body]).toEqual([201, { user_id: ada.userId, org_id: invited.orgId, invite_id: invited.inviteId }])
    expect(claimsOf(tokenOf((await logIn(ada.email)).body))).toMatchObject({ sub: ada.userId, org_id: ada.orgId, founder: true, given_name: 'Ada' })
    expect(await told('identity.invite.accepted', invited.inviteId)).toEqual([expect.objectContaining({ userId: ada.userId, email: ada.email, hadAccount: true, isHome: false })])
  })

  it('takes an account over whose address nobody has proven: whoever made it is locked out', async () => {
    const mallory = await signUp()
    const token = await mailed(await invite(mallory.email))
    expect(await accept(token)).toMatchObject({ status: 400, body: { code: 'MissingParameter' } })
    expect(await accept(token, { password: mallory.email })).toMatchObject({ status: 400, body: { code: 'InvalidParameter' } })
    expect((await accept(token, { password: 'a password of the reader' })).status).toBe(201)
    expect((await logIn(mallory.email)).status).toBe(401)
    expect((await post('/id', { USERNAME: mallory.email, PASSWORD: 'a password of the reader' })).status).toBe(200)
    await until('the old token ends', async () => (await fetch(`${running.base}/v2/users/${mallory.userId}/keys`, { headers: { authorization: `Bearer ${mallory.token}` } })).status === 401)
  })

  it('moves an account at once that may not log in where it is', async () => {
    const ada = await proven()
    await tell('control.user.removed', { orgId: ada.orgId, userId: ada.userId, version: 5 })
    await until('the account is refused', async () => (await logIn(ada.email)).status === 401)
    const invited = await invite(ada.email)
    expect((await accept(await mailed(invited))).status).toBe(201)
    expect(claimsOf(tokenOf((await logIn(ada.email)).body))).toMatchObject({ sub: ada.userId, org_id: invited.orgId, invite_id: invited.inviteId, founder: false })
    expect(await told('identity.invite.accepted', invited.inviteId)).toEqual([expect.objectContaining({ hadAccount: true, isHome: true })])
  })

  it('that is told of again is mailed again, five times an hour at most, and one acceptance spends every link of it', async () => {
    const email = newEmail()
    const invited = await invite(email)
    const first = await mailed(invited)
    const tokens = [first]
    for (let many = 2; many <= 5; many++) {
      await invite(email, invited)
      tokens.push(await mailed(invited, many))
    }
    const id = randomUUID()
    await invite(email, { ...invited, id })
    await taken(id, invited)
    expect([new Set(tokens).size, (await mailsAbout(invited)).length, (await accept(tokens[2] ?? '', named)).status]).toEqual([5, 5, 201])
    for (const token of tokens) expect((await accept(token, named)).body['code']).toBe('LinkNotValid')
  })

  it('of two orgs to one address are two, of which each can be accepted', async () => {
    const email = newEmail()
    const [one, other] = [await invite(email), await invite(email)]
    const tokens = [await mailed(one), await mailed(other)]
    expect(await accept(tokens[0] ?? '', named)).toMatchObject({ status: 201, body: { org_id: one.orgId } })
    expect(await accept(tokens[1] ?? '')).toMatchObject({ status: 201, body: { org_id: other.orgId, user_id: one.userId } })
  })

  it('leads nowhere once it is revoked or has ended, and its link does nothing else', async () => {
    const invited = await invite(newEmail())
    const token = await mailed(invited)
    expect((await post('/id/password/reset', { token, password: 'another good password' })).body['code']).toBe('LinkNotValid')
    expect((await post('/id/email/verified', { token })).body['code']).toBe('LinkNotValid')
    await tell('control.invite.revoked', { inviteId: invited.inviteId, orgId: invited.orgId })
    await until('the link is void', async () => (await accept(token)).body['code'] === 'LinkNotValid')
    const old = await invite(newEmail())
    const oldToken = await mailed(old)
    await running.records.query(`UPDATE links SET expires_at = now() WHERE about->>'inviteId' = $1`, [old.inviteId])
    expect((await accept(oldToken, named)).body['code']).toBe('LinkNotValid')
    const id = randomUUID()
    const late = await invite(newEmail(), { id, expiresAt: new Date().toISOString() })
    await taken(id, late)
    expect(await mailsAbout(late)).toEqual([])
    expect((await running.records.query('SELECT 1 FROM accounts WHERE email_key = ANY($1)', [[invited.email, old.email]])).rowCount).toBe(0)
  })

  it('leaves its token in no record and no event', async () => {
    const invited = await invite(newEmail())
    const token = await mailed(invited)
    for (const table of ['links', 'letters', 'outbox', 'inbox']) {
      const { rows } = await running.records.query<{ text: string }>(`SELECT to_jsonb(t)::text AS text FROM ${table} t`)
      expect([table, rows.some(({ text }) => text.includes(token) || text.includes(Buffer.from(token).toString('hex')))]).toEqual([table, false])
    }
  })

  it('names an org in its mail, however that is called, without a line of its own', async () => {
    const invited = await invite(newEmail(), { orgName: `Bank"\r\nBcc: all@example.com\nhttps://evil.example ${'x'.repeat(280)}` })
    await mailed(invited)
    const [mail = ''] = await mailsAbout(invited)
    expect(mail).not.toMatch(/^Bcc:|^https:\/\/evil/m)
    expect(mail).not.toContain('x'.repeat(80))
  })
})

/** As much of a browser as the page of the link needs: a form, a line of text, and this server. */
const opened = async (token: string) => {
  const script = /<script>(.*)<\/script>/s.exec(await (await fetch(`${running.base}/id/link`)).text())?.[1] ?? ''
  const fields = Object.fromEntries(['firstname', 'lastname', 'password'].map((name) => [name, { value: '', required: false }]))
  let submit: ((event: object) => void) | undefined
  const form = { ...fields, elements: fields, hidden: false, addEventListener: (_: string, heard: (event: object) => void) => { submit = heard } }
  const said = { textContent: '' }
  const dataset: Record<string, string> = {}
  runInNewContext(script, {
    document: { body: { dataset }, querySelector: (name: string) => name === 'form' ? form : said }, location: { hash: `#invite=${token}`, pathname: '/id/link' },
    history: { replaceState: () => undefined }, fetch: (where: string, asked: RequestInit) => fetch(running.base + where, asked),
  })
  const press = async (): Promise<string> => {
    said.textContent = ''
    submit?.({ preventDefault: () => undefined })
    await until('the page says something', () => Promise.resolve(said.textContent !== ''))
    return said.textContent
  }
  return { fields, form, dataset, press }
}

describe('the page of the link', () => {
  it('asks who somebody is only where there is no account, and of an account nothing', async () => {
    const page = await opened(await mailed(await invite(newEmail())))
    expect([page.dataset, page.fields['password']?.required]).toEqual([{ kind: 'invite' }, false])
    expect([await page.press(), page.dataset, page.form.hidden, page.fields['lastname']?.required]).toEqual([expect.stringContaining('no account'), { kind: 'invite', new: '' }, false, true])
    for (const [name, value] of Object.entries(named)) Object.assign(page.fields[name] ?? {}, { value })
    expect([await page.press(), page.form.hidden]).toEqual([expect.stringContaining('You are a member'), true])
    const ada = await opened(await mailed(await invite((await proven()).email)))
    expect([await ada.press(), ada.dataset]).toEqual([expect.stringContaining('You are a member'), { kind: 'invite' }])
    expect(await (await opened('made-up')).press()).toContain('ask for a new one')
  })
})

describe('who may come', () => {
  it('is only who is invited where sign-up is by invite, and nobody new where it is closed', async () => {
    const [byInvite, closed] = [await running.start({ SIGNUP: 'invite' }), await running.start({ SIGNUP: 'closed' })]
    const invited = await invite(newEmail())
    const token = await mailed(invited)
    expect(await post('/id/signup', { email: newEmail(), ...named }, byInvite)).toMatchObject({ status: 403, body: { code: 'Forbidden' } })
    expect((await accept(token, named, closed)).status).toBe(403)
    expect((await accept(token, named, byInvite)).status).toBe(201)
    const ada = await proven()
    expect((await accept(await mailed(await invite(ada.email)), {}, closed)).status).toBe(201)
  })
})

describe('an account that is moved', () => {
  it('ends everything that named the old org, names the new one, and does not go back for news that is older', async () => {
    const ada = await signUp()
    const [first, second] = [randomUUID(), randomUUID()]
    const move = (orgId: string, at: Date): Promise<unknown> => tell('control.user.moved', { userId: ada.userId, orgId, fromOrgId: ada.orgId, inviteId: randomUUID(), at: at.toISOString() })
    await move(second, new Date())
    const orgNow = async (): Promise<unknown> => claimsOf(tokenOf((await logIn(ada.email)).body))['org_id']
    await until('the account is moved', async () => await orgNow() === second)
    await until('the old token ends', async () => (await fetch(`${running.base}/v2/users/${ada.userId}/keys`, { headers: { authorization: `Bearer ${ada.token}` } })).status === 401)
    await move(first, new Date(Date.now() - 60_000))
    await tell('control.user.removed', { orgId: ada.orgId, userId: ada.userId, version: 9 })
    await until('all of it is heard', async () => (await running.records.query('SELECT 1 FROM standings WHERE user_id = $1', [ada.userId])).rowCount === 1)
    expect(await orgNow()).toBe(second)
  })
})

describe('an account that was made for an org that has ended', () => {
  it('gets one of its own, and logs in', async () => {
    const invited = await invite(newEmail())
    expect((await accept(await mailed(invited), named)).status).toBe(201)
    const { orgId, userId } = invited
    // As it is told: first that they are no member, then that there is nothing to be a member of.
    const heard = (version: number): Promise<unknown> => until(`news ${version} is heard`, async () => (await running.records.query('SELECT 1 FROM standings WHERE user_id = $1 AND version = $2', [userId, version])).rowCount === 1)
    await tell('control.user.removed', { orgId, userId, version: 1 })
    await heard(1)
    expect((await logIn(invited.email)).status).toBe(401)
    await tell('control.user.removed', { orgId, userId, version: 2, orgDeleted: true })
    await heard(2)
    expect(claimsOf(tokenOf((await logIn(invited.email)).body))).toMatchObject({ sub: userId, org_id: expect.not.stringContaining(orgId), founder: true })
  })
})
