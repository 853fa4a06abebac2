import { execFile } from 'node:child_process'
import { mkdir, readFile, readdir } from 'node:fs/promises'
import path from 'node:path'
import { type MachineClock, startMachineClock } from '@tenantry/testing'
import { recordsIn } from '../faults/records.js'
import { joinOrg } from '../contract/members.js'
import { type Api, expectStatus, speakTo } from '../story/api.js'
import { becomes, createDatabase, rowsOf } from '../story/databases.js'
import { type Person, createKey, logIn, signUp } from '../story/people.js'
import { type System, apps, clearUp, makeFolder, startSystem } from '../story/system.js'
import { until } from '../story/until.js'

interface Said { readonly code: number; readonly out: string; readonly error: string }

const program = path.resolve(apps, '../tools/tenantry.mjs')
/** What is promised is a second by the machine's own clock; the rest is for its memory and its disk. */
const promisedSeconds = 2.5
const seconds = 30

let clock: MachineClock
beforeAll(async () => { clock = await startMachineClock() })
afterAll(() => clock.stop())

let system: System
let api: Api
let first: Person

beforeAll(async () => {
  system = await startSystem({ SIGNUPS_PER_HOUR: '100000', WRONG_PASSWORD_WAIT_SECONDS: '600' })
  api = speakTo(system.url)
  first = await signUp(api)
}, 90_000)
afterAll(clearUp, 30_000)

const run = (args: readonly string[], env: Readonly<Record<string, string>>): Promise<Said> => new Promise((resolve) => {
  const child = execFile(process.execPath, [program, ...args], { env, timeout: 60_000 }, (_fault, out, error) => resolve({ code: child.exitCode ?? -1, out, error }))
})
const admin = (...args: readonly string[]): Promise<Said> => run(['admin', ...args], { DATA_DIR: system.dataDir })
const done = async (...args: readonly string[]): Promise<string> => {
  const { code, out, error } = await admin(...args)
  expect([code, error]).toEqual([0, ''])
  return out
}
const told = async (...args: readonly string[]): Promise<Record<string, unknown>> => JSON.parse(await done(...args, '--json')) as Record<string, unknown>
const itemsOf = async (...args: readonly string[]): Promise<Record<string, unknown>[]> => (await told(...args))['items'] as Record<string, unknown>[]
const actionsOf = async ({ orgId }: Pick<Person, 'orgId'>): Promise<readonly unknown[]> => (await recordsIn(system.dataDir)<{ entry: string }>('control_plane', `SELECT entry FROM audit WHERE org_id = '${orgId}' ORDER BY number`))
  .map(({ entry }) => JSON.parse(entry) as Record<string, unknown>).filter(({ credential_kind: kind }) => kind === 'operator').map(({ action }) => action)
const statusOfMe = async (token: string): Promise<number> => (await api('GET', '/v2/users/current', { token })).status

describe('npx tenantry admin', () => {
  it('says what it can do, and exits by what went wrong: 2 for words, 78 for settings, 1 for what cannot be done', async () => {
    const empty = await makeFolder()
    const stopped = await makeFolder()
    await mkdir(path.join(stopped, 'secrets'))
    const secret = path.join(system.dataDir, 'secrets/internal-token')
    expect(await run(['--help'], {})).toMatchObject({ code: 0, out: expect.stringContaining('npx tenantry admin <command>') })
    expect(await admin('--help')).toMatchObject({ code: 0, out: expect.stringContaining('reset-link <user>') })
    expect(await admin('purge', '--help')).toMatchObject({ code: 0, out: expect.stringContaining('--yes <name>') })
    for (const words of [[], ['dance'], ['orgs', 'all'], ['orgs', '--limit', '0'], ['unlock'], ['unlock', 'nobody'], ['retry', 'x'], ['orgs', '--nope'], ['limits', first.orgId, 'set', 'cats', '1']]) {
      expect([words, await admin(...words)]).toEqual([words, { code: 2, out: '', error: expect.stringMatching(/./) }])
    }
    expect(await run(['admin', 'orgs'], { DATA_DIR: empty })).toMatchObject({ code: 78, error: expect.stringContaining('DATA_DIR') })
    expect(await run(['admin', 'orgs'], { DATA_DIR: stopped, INTERNAL_TOKEN_FILE: secret })).toMatchObject({ code: 1, error: expect.stringContaining('npm start') })
    const services = Object.fromEntries(['IDENTITY_URL', 'CONTROL_PLANE_URL', 'PROVISIONER_URL'].map((name) => [name, 'http://127.0.0.1:1']))
    expect(await run(['admin', 'orgs'], { ...services, INTERNAL_TOKEN_FILE: secret })).toMatchObject({ code: 1, error: expect.stringContaining('Nobody answers') })
    expect(await run(['admin', 'orgs'], { DATA_DIR: system.dataDir, INTERNAL_TOKEN: 'not the token of this' })).toMatchObject({ code: 78, error: expect.stringContaining('INTERNAL_TOKEN') })
    expect(await admin('unlock', 'nobody@example.com')).toMatchObject({ code: 1, error: 'Nobody has the e-mail address nobody@example.com.\n' })
  })

  it('finds services by their URLs as well, and needs no data directory then', async () => {
    const { url } = JSON.parse(await readFile(path.join(system.dataDir, 'admin.json'), 'utf8')) as { url: string }
    const env = { DATA_DIR: '/nowhere', IDENTITY_URL: url, CONTROL_PLANE_URL: url, PROVISIONER_URL: url, INTERNAL_TOKEN_FILE: path.join(system.dataDir, 'secrets/internal-token') }
    for (const list of ['orgs', 'users', 'databases']) expect((await run(['admin', list], env)).code).toBe(0)
  })

  it('lists orgs, users and databases, page by page, each once', async () => {
    const others = [await signUp(api), await signUp(api)]
    for (const { token } of others) expect(await statusOfMe(token)).toBe(200)
    await createDatabase(api, first, 'listed')
    const seen: unknown[] = []
    for (let next: unknown = '', pages = 0; next !== undefined && pages < 50; pages++) {
      const page = await told('orgs', '--limit', '1', ...(next === '' ? [] : ['--next', String(next)]))
      seen.push(...(page['items'] as { id: string }[]).map(({ id }) => id))
      next = page['next']
    }
    expect(new Set(seen).size).toBe(seen.length)
    expect(seen).toEqual(expect.arrayContaining([first, ...others].map(({ orgId }) => orgId)))
    expect(await done('orgs', '--limit', '1')).toMatch(/there are more: add --next \S+\n$/)
    expect((await itemsOf('orgs')).find(({ id }) => id === first.orgId)).toMatchObject({ status: 'Active', owners: [first.email], databases: 1, users: 1 })
    expect(await itemsOf('users', '--email', first.email.toUpperCase())).toEqual([
      expect.objectContaining({ id: first.userId, email: first.email, orgId: first.orgId, status: 'Active', role: 'owner', serverAdmin: true, lockedUntil: null, lastLogin: expect.stringMatching(/Z$/) }),
    ])
    expect(await done('databases')).toMatch(/listed .* (CREATING|PROVISIONING|RUNNING) +\d+ s/)
    expect((await itemsOf('databases', '--stuck')).map(({ name }) => name)).not.toContain('listed')
  })
})

describe('an operator', () => {
  it('deactivates a member within a second, and lets them in again', async () => {
    const owner = await signUp(api)
    const member = await joinOrg(api, recordsIn(system.dataDir), owner.orgId, 'developer')
    expect(await statusOfMe(member.token)).toBe(200)
    expect(await admin('deactivate', member.email)).toMatchObject({ code: 1, error: expect.stringContaining('--org') })
    expect(await admin('deactivate', owner.email)).toMatchObject({ code: 1, error: expect.stringContaining('last active owner') })
    await done('deactivate', member.email, '--org', owner.orgId)
    await until('the token is refused', async () => await statusOfMe(member.token) === 401, promisedSeconds, clock)
    await until('logins are refused', async () => (await api('POST', '/id', { json: { USERNAME: member.email, PASSWORD: member.password } })).status === 401, seconds)
    await done('activate', member.userId, '--org', owner.orgId)
    await until('logins are taken', async () => (await api('POST', '/id', { json: { USERNAME: member.email, PASSWORD: member.password } })).status === 200, seconds)
    expect(await actionsOf(owner)).toEqual(['deactivateUser', 'activateUser'])
  })

  it('unlocks logins that have to wait, at the places where the user was before too', async () => {
    const person = await signUp(api)
    const tries = async (password: string): Promise<number> => (await api('POST', '/id', { json: { USERNAME: person.email, PASSWORD: password } })).status
    for (let wrong = 0; wrong < 5; wrong++) expect(await tries('not the password')).toBe(401)
    expect(await tries(person.password)).toBe(429)
    expect((await itemsOf('users', '--email', person.email))[0]).toMatchObject({ lockedUntil: expect.stringMatching(/Z$/) })
    await done('unlock', person.email)
    expect((await itemsOf('users', '--email', person.email))[0]).toMatchObject({ lockedUntil: null })
    expect(await tries(person.password)).toBe(200)
    await until('it is written down', async () => (await actionsOf(person)).includes('unlockUser'), seconds)
  })

  it('prints a link that sets a new password once', async () => {
    const person = await signUp(api)
    const [link = ''] = (await done('reset-link', person.email)).split('\n')
    const token = /#reset=([\w-]{43})$/.exec(link)?.[1] ?? ''
    const password = `${person.password} anew`
    expectStatus(200, await api('POST', '/id/password/reset', { json: { token, password } }))
    expectStatus(400, await api('POST', '/id/password/reset', { json: { token, password } }))
    await logIn(api, { ...person, password })
    await until('it is written down', async () => (await actionsOf(person)).includes('makeResetLink'), seconds)
    expect(system.output()).not.toContain(token)
  })

  it('makes a server administrator and takes it back, in both services', async () => {
    const person = await signUp(api)
    expect(await statusOfMe(person.token)).toBe(200)
    const isAdmin = async (): Promise<unknown> => (await recordsIn(system.dataDir)<{ is: boolean }>('control_plane', `SELECT server_admin AS is FROM users WHERE id = '${person.userId}'`))[0]?.is
    for (const [command, wanted] of [['make-admin', true], ['unmake-admin', false], ['make-admin', true]] as const) {
      await done(command, person.email)
      expect((await itemsOf('users', '--email', person.email))[0]).toMatchObject({ serverAdmin: wanted })
      await until(`the control plane knows of ${command}`, async () => await isAdmin() === wanted, seconds)
    }
    await until('it is written down', async () => (await actionsOf(person)).join() === 'makeAdmin,unmakeAdmin,makeAdmin', seconds)
  })

  it('gives an org that nobody owns an owner', async () => {
    const [gone, heir] = [await signUp(api), await signUp(api)]
    for (const { token } of [gone, heir]) expect(await statusOfMe(token)).toBe(200)
    await recordsIn(system.dataDir)('control_plane', `UPDATE memberships SET status = 'Left', version = version + 1 WHERE org_id = '${gone.orgId}'; UPDATE orgs SET users_used = 0 WHERE id = '${gone.orgId}'`)
    expect((await itemsOf('orgs')).find(({ id }) => id === gone.orgId)).toMatchObject({ owners: [], users: 0 })
    expect(await done('add-owner', gone.orgId, heir.email)).toContain(`still speak for ${heir.orgId}`)
    expect((await itemsOf('orgs')).find(({ id }) => id === gone.orgId)).toMatchObject({ owners: [heir.email], users: 1 })
    await done('add-owner', gone.orgId, gone.email)
    await done('add-owner', gone.orgId, gone.email)
    expect((await itemsOf('orgs')).find(({ id }) => id === gone.orgId)).toMatchObject({ owners: [gone.email, heir.email], users: 2 })
    expect(await actionsOf(gone)).toEqual(['addOwner', 'addOwner', 'addOwner'])
    expect(await admin('add-owner', '5a6e1d1c-0000-4000-8000-000000000000', heir.email)).toMatchObject({ code: 1, error: 'There is no such org.\n' })
  })

  it('has a failed database tried again, and finds its rows there', async () => {
    const person = await signUp(api)
    const id = await createDatabase(api, person, 'failing')
    await becomes(api, person, id, 'RUNNING')
    await rowsOf(api, person, id, 'create table kept (n integer)')
    expect(await admin('retry', id)).toMatchObject({ code: 1, error: expect.stringContaining('is RUNNING') })
    await recordsIn(system.dataDir)('control_plane', `UPDATE databases SET state = 'FAILED' WHERE id = '${id}'`)
    expect((await itemsOf('databases', '--stuck')).map((database) => database['id'])).toContain(id)
    await done('retry', id)
    await becomes(api, person, id, 'RUNNING')
    await until('it answers again', async () => (await api('POST', `/v2/databases/${id}/query/sql`, { token: person.token, text: 'select count(*) from kept' })).status === 200, seconds)
    const operations = await api('GET', `/v2/databases/${id}/operations`, { token: person.token })
    expect(JSON.parse(operations.text)).toMatchObject({ resources: [{ kind: 'retry', result: 'SUCCEEDED', requested_by: '00000000-0000-0000-0000-000000000000' }, { kind: 'create' }] })
  })

  it('purges a deleted database once its name is said, for good', async () => {
    const person = await signUp(api)
    const id = await createDatabase(api, person, 'old data')
    await becomes(api, person, id, 'RUNNING')
    expect(await admin('purge', id, '--yes', 'old data')).toMatchObject({ code: 1, error: expect.stringContaining('delete it first') })
    expectStatus(202, await api('DELETE', `/v2/databases/${id}`, { token: person.token }))
    await becomes(api, person, id, 'DELETED')
    expect(await admin('purge', id)).toMatchObject({ code: 2 })
    expect(await admin('purge', id, '--yes', 'other data')).toMatchObject({ code: 1, error: expect.stringContaining('nothing was purged') })
    const folder = path.join(system.dataDir, 'tenants', id)
    const files = async (): Promise<number> => (await readdir(folder, { recursive: true }).catch(() => [])).filter((name) => name.endsWith('.db')).length
    expect(await files()).toBeGreaterThan(0)
    await done('purge', id, '--yes', 'old data')
    expectStatus(409, await api('POST', `/v2/databases/${id}/action/undelete`, { token: person.token }))
    await until('its files are gone', async () => await files() === 0, 60)
    expect(await actionsOf(person)).toEqual(['purgeDatabase'])
  })

  it('says what one org may have, and takes that back', async () => {
    const person = await signUp(api)
    await createDatabase(api, person, 'one')
    await done('limits', person.orgId, 'set', 'databases', '1')
    await done('limits', person.orgId, 'set', 'keys', '0')
    expectStatus(403, await api('POST', '/v2/databases', { token: person.token, json: { name: 'two' } }))
    expectStatus(403, await api('POST', `/v2/users/${person.userId}/keys`, { token: person.token, json: { description: 'one' } }))
    for (const quota of ['databases', 'keys']) await done('limits', person.orgId, 'set', quota, 'usual')
    await createDatabase(api, person, 'two')
    await createKey(api, person)
    await until('all is written down', async () => (await actionsOf(person)).length === 4, seconds)
  })

  it('is heard with the internal token alone', async () => {
    const { url } = JSON.parse(await readFile(path.join(system.dataDir, 'admin.json'), 'utf8')) as { url: string }
    const behind = speakTo(url)
    for (const name of ['identity.users.list', 'control.orgs.list', 'provisioner.instances.find', 'identity.user.reset-link']) {
      for (const token of ['', first.token]) expectStatus(404, await behind('POST', `/internal/${name}`, { token, json: {} }))
      expect((await api('POST', `/internal/${name}`, { token: first.token, json: {} })).status).toBe(404)
    }
  })
})
