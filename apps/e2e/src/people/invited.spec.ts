import { randomUUID } from 'node:crypto'
import { readFile, readdir } from 'node:fs/promises'
import path from 'node:path'
import { z } from 'zod'
import { type Api, expectStatus, read, speakTo } from '../story/api.js'
import { becomes, createDatabase } from '../story/databases.js'
import { type Person, createKey, logIn, signUp } from '../story/people.js'
import { type System, clearUp, startSystem } from '../story/system.js'
import { until } from '../story/until.js'

const mailSeconds = 20
/** What the product promises for a change of rights, with room for a machine that is busy. */
const heardSeconds = 10

let system: System
let api: Api
let owner: Person
let folder: string

beforeAll(async () => {
  system = await startSystem({ SIGNUPS_PER_HOUR: '100000' })
  api = speakTo(system.url)
  owner = await signUp(api)
  folder = path.join(system.dataDir, 'mail')
}, 90_000)
afterAll(clearUp, 30_000)

const invite = z.object({ id: z.string(), accepted: z.boolean(), move_org: z.boolean() })
const account = z.object({ user_id: z.string(), org_id: z.string(), invite_id: z.string(), AuthenticationResult: z.object({ IdToken: z.string() }).optional() })
const user = z.object({ id: z.string(), org_id: z.string(), status: z.string(), roles: z.array(z.string()) })

const newAddress = (): string => `guest-${randomUUID()}@example.com`
const send = async (email: string, more: object = {}): Promise<string> => read(invite, 201, await api('POST', '/v2/invites', { token: owner.token, json: { email, ...more } })).id
/** The token of the link that was mailed about an invite. */
const linkOf = async (id: string): Promise<string> => {
  const find = async (): Promise<string | undefined> => {
    const names = (await readdir(folder).catch(() => [])).filter((name) => name.endsWith('.eml'))
    const mails = await Promise.all(names.map((name) => readFile(path.join(folder, name), 'utf8')))
    // Quoted-printable writes = as =3D and cuts long lines.
    return /#invite=([\w-]+)/.exec(mails.map((mail) => mail.replaceAll('=\n', '').replaceAll('=3D', '=')).find((mail) => mail.includes(id)) ?? '')?.[1]
  }
  await until('the invite is mailed', async () => await find() !== undefined, mailSeconds)
  return await find() ?? ''
}
const meOf = async (token: string): Promise<z.infer<typeof user>> => read(user, 200, await api('GET', '/v2/users/current', { token }))

it('lets somebody new in, who can work at once and is nobody\'s founder', async () => {
  const [email, password] = [newAddress(), 'a long and good password']
  const id = await send(email)
  const json = { token: await linkOf(id), firstname: 'Grace', lastname: 'Hopper', password }
  const made = read(account, 201, await api('POST', '/id/invites/accept', { json }))
  const token = made.AuthenticationResult?.IdToken ?? ''
  const database = await createDatabase(api, { ...owner, token }, 'made by a guest')
  expect([made.org_id, made.invite_id, await meOf(token)]).toEqual([owner.orgId, id, expect.objectContaining({ id: made.user_id, org_id: owner.orgId, status: 'Active', roles: ['developer'] })])
  await becomes(api, owner, database, 'RUNNING')
  expect(read(invite, 200, await api('GET', `/v2/invites/${id}`, { token: owner.token }))).toMatchObject({ accepted: true, move_org: false })
  expectStatus(403, await api('GET', '/v2/invites', { token }))
  expectStatus(400, await api('POST', '/id/invites/accept', { json }))
  // The next token, of a login, says the same.
  expect((await meOf(await logIn(api, { ...owner, email, password }))).id).toBe(made.user_id)
  await until('the org\'s record tells of it', async () => (await api('GET', `/v2/orgs/${owner.orgId}/audit?action=acceptInvite`, { token: owner.token })).text.includes(id), heardSeconds)
}, 60_000)

it('lets somebody with an account in, who then moves; every token and key of the old org ends', async () => {
  const guest = await signUp(api)
  const key = await createKey(api, guest)
  const id = await send(guest.email, { role: 'viewer' })
  const link = await linkOf(id)
  // Nobody has confirmed the address of this account: the reader of the mail says a password for it, which may be the one it has.
  expectStatus(400, await api('POST', '/id/invites/accept', { json: { token: link } }))
  const made = read(account, 201, await api('POST', '/id/invites/accept', { json: { token: link, password: guest.password } }))
  expect([made.user_id, made.AuthenticationResult]).toEqual([guest.userId, undefined])
  await until('the invite counts as accepted', async () => read(invite, 200, await api('GET', `/v2/invites/${id}`, { token: owner.token })).accepted, heardSeconds)
  const token = await logIn(api, guest)
  expect((await meOf(token)).org_id).toBe(guest.orgId)
  const moved = read(user, 202, await api('POST', `/v2/users/${guest.userId}/action/invite`, { token, json: { invite_id: id } }))
  expect(moved).toEqual({ id: guest.userId, org_id: owner.orgId, status: 'Active', roles: ['viewer'] })
  const doors = [{ token }, { key: key.secret }]
  await until('what named the old org has ended', async () =>
    (await Promise.all(doors.flatMap((door) => ['/v2/users/current', `/v2/users/${guest.userId}/keys`].map((where) => api('GET', where, door))))).every(({ status }) => status === 401), heardSeconds)
  let later = ''
  await until('the account logs in again', async () => { later = await logIn(api, guest).catch(() => ''); return later !== '' }, heardSeconds)
  expect(await meOf(later)).toEqual(moved)
}, 60_000)

it('lets nobody in by an invite that was revoked, even when its link was mailed before', async () => {
  const email = newAddress()
  const id = await send(email)
  const token = await linkOf(id)
  expectStatus(202, await api('DELETE', `/v2/invites/${id}`, { token: owner.token }))
  await until('the link leads nowhere', async () => (await api('POST', '/id/invites/accept', { json: { token } })).text.includes('LinkNotValid'), heardSeconds)
  expectStatus(400, await api('POST', '/id/invites/accept', { json: { token, firstname: 'a', lastname: 'b', password: 'a long and good password' } }))
}, 60_000)
