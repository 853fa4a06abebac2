import { randomUUID } from 'node:crypto'
import { type AskRecords, recordsIn } from '../faults/records.js'
import { type Answer, type Api, expectStatus, speakTo } from '../story/api.js'
import { becomes, createDatabase } from '../story/databases.js'
import { type DocumentedOperation, documentOf } from '../story/document.js'
import { type Person, createKey, signUp } from '../story/people.js'
import { type System, clearUp, startSystem } from '../story/system.js'
import { joinOrg } from './members.js'
import { type Kind, filled, kindsIn } from './places.js'

/** Values that nobody else uses, so that wherever one turns up it came from a body. */
const marker = { id: randomUUID(), text: `planted-${randomUUID()}`, time: '2001-02-03T04:05:06.000Z', number: 424_242_424 }
const traces = [marker.id, marker.text, marker.time.slice(0, 10), String(marker.number)]

let system: System
let api: Api
let records: AskRecords
let operations: readonly DocumentedOperation[]
let person: Person
let stranger: Person
let viewer: Person
let things: Partial<Record<Kind, string>>
let elsewhere: Readonly<Record<'logins' | 'graphql', string>>

beforeAll(async () => {
  system = await startSystem({ SIGNUPS_PER_HOUR: '100000' })
  api = speakTo(system.url)
  records = recordsIn(system.dataDir)
  // A statement, which may be sent as text, is no record: it refuses what it does not know.
  operations = (await documentOf(api)).operations.filter(({ requestBody: { content = {} } = {} }) => content['application/json'] !== undefined && content['text/plain'] === undefined)
  // The first account of an installation is its administrator; these are not.
  await signUp(api)
  person = await signUp(api)
  stranger = await signUp(api)
  viewer = await joinOrg(api, records, person.orgId, 'viewer')
  // One that every operation can be asked of.
  const database = await createDatabase(api, person, 'mine', 'bitmap-small')
  elsewhere = { logins: await createDatabase(api, person, 'with logins', 'postgres-small'), graphql: await createDatabase(api, person, 'in GraphQL') }
  for (const id of [database, ...Object.values(elsewhere)]) await becomes(api, person, id, 'RUNNING')
  const peer = await joinOrg(api, records, person.orgId, 'viewer')
  const invited = await api('POST', '/v2/invites', { token: person.token, json: { email: `${randomUUID()}@example.com` } })
  expectStatus(201, invited)
  things = { invite: String((JSON.parse(invited.text) as { id: unknown }).id), database, org: person.orgId, user: peer.userId, owner: person.userId, key: (await createKey(api, person)).id, shape: 'sqlite-small' }
}, 90_000)
afterAll(clearUp, 30_000)

/** Fields that records have and that nobody may write, by the names that the API, the tables and other products give them. */
const foreignFields = (orgId: string): Readonly<Record<string, unknown>> => ({
  id: marker.id, user_id: marker.id, org_id: orgId, orgId, database_id: marker.id, key_id: marker.id, idp_id: marker.id,
  created_by: marker.id, createdBy: marker.id, updated_by: marker.id, updatedBy: marker.id, owned_by: marker.id, ownedBy: marker.id,
  created_at: marker.time, createdAt: marker.time, updated_at: marker.time, updatedAt: marker.time, used_at: marker.time, expires_at: marker.time, date_expiry: marker.time,
  role: 'owner', roles: ['owner', marker.text], acl: ['Org_Owner', 'platform:admin'], permissions: ['platform:admin'], rolenames: ['owner'],
  server_admin: true, serverAdmin: true, is_admin: true, founder: true, accepted: true, move_org: true,
  status: marker.text, state: 'DELETED', database_status: 'DELETED', power: 'off', present: false, org_type: marker.text, org_name: marker.text, username: marker.text,
  primary_email: `${marker.text}@example.com`, email_key: marker.text, password_hash: marker.text, secret: marker.text, digest: marker.text, bootstrap_token: marker.text,
  version: marker.number, generation: marker.number, epoch: marker.number, databases_max: marker.number, databases_used: marker.number, storage_bytes: marker.number, node: marker.text, engine: marker.text,
  user: { id: marker.id, server_admin: true, roles: ['owner'] }, org: { id: orgId, org_type: marker.text }, members: [{ user_id: marker.id, role: 'owner' }], resources: [{ id: marker.id, org_id: orgId }],
})

const exampleOf = ({ requestBody }: DocumentedOperation): Record<string, unknown> => {
  const example = { ...requestBody?.content['application/json']?.example as Record<string, unknown> }
  return { ...example, ...('owned_by' in example && { owned_by: person.userId }), ...('name' in example && { name: `named ${randomUUID()}` }), ...('email' in example && { email: `${randomUUID()}@example.com` }) }
}
const declaredIn = ({ requestBody }: DocumentedOperation): ReadonlySet<string> => new Set(Object.keys((requestBody?.content['application/json']?.schema['properties'] ?? {}) as object))

/** What databases of bitmaps cannot do is asked of one that can. */
const databaseFor = (path: string): string | undefined => path.includes('/credentials') ? elsewhere.logins : path.endsWith('/graphql') ? elsewhere.graphql : things.database

const pathOf = ({ path }: DocumentedOperation): string => filled(path, kindsIn(path).map((kind) => (kind === 'database' ? databaseFor(path) : things[kind]) ?? marker.id))

const undeclared = (operation: DocumentedOperation, orgId: string): Readonly<Record<string, unknown>> => {
  const declared = declaredIn(operation)
  return Object.fromEntries(Object.entries(foreignFields(orgId)).filter(([name]) => !declared.has(name)))
}

const withForeign = (operation: DocumentedOperation, orgId: string): Record<string, unknown> => ({ ...undeclared(operation, orgId), ...exampleOf(operation) })

/** Every row of every table of ours, as text. */
const everyRow = async (): Promise<readonly string[]> => {
  const rows: string[] = []
  for (const schema of ['identity', 'control_plane', 'provisioner'] as const) {
    for (const { name } of await records<{ name: string }>(schema, `SELECT table_name AS name FROM information_schema.tables WHERE table_schema = '${schema}' AND table_type = 'BASE TABLE'`)) {
      rows.push(...(await records<{ text: string }>(schema, `SELECT '${schema}.${name} ' || to_json(t)::text AS text FROM "${name}" t`)).map(({ text }) => text))
    }
  }
  return rows
}

const traced = (texts: readonly string[]): readonly string[] => texts.filter((text) => traces.some((trace) => text.includes(trace))).map((text) => text.slice(0, 300))

/** What an outsider, and a member with few rights, have and may do. */
const standing = async (): Promise<unknown> => ({
  // The org's name is an owner's to change.
  viewer: { ...JSON.parse((await api('GET', '/v2/users/current', { token: viewer.token })).text) as object, org_name: '' },
  theirs: (await api('GET', '/v2/databases', { token: stranger.token })).text,
  stranger: (await api('GET', '/v2/users/current', { token: stranger.token })).text,
  administrators: await records('identity', 'SELECT count(*)::int AS count FROM accounts WHERE server_admin'),
  alsoThere: await records('control_plane', 'SELECT count(*)::int AS count FROM users WHERE server_admin'),
  owners: await records('control_plane', `SELECT user_id FROM memberships WHERE org_id IN ('${person.orgId}', '${stranger.orgId}') AND role = 'owner' ORDER BY 1`),
})

it('applies no field that the operation does not take, in any answer or record', async () => {
  expect(operations.length).toBeGreaterThan(6)
  const before = await standing()
  const answers: Answer[] = []
  for (const operation of operations) {
    for (const orgId of [marker.id, stranger.orgId]) answers.push(await api(operation.method, pathOf(operation), { token: person.token, json: withForeign(operation, orgId) }))
  }
  expect(answers.filter(({ status }) => status >= 500).map(({ method, path, status }) => `${method} ${path} ${status}`)).toEqual([])
  // A field that is not known is ignored, so that a client may put back what it got.
  expect(answers.filter(({ status }) => status < 300).length).toBeGreaterThan(answers.length / 2)
  expect(traced(answers.map(({ method, path, text }) => `${method} ${path} ${text}`).filter((text) => !text.includes(`/${marker.id}`)))).toEqual([])
  expect(traced(await everyRow())).toEqual([])
  expect(await standing()).toEqual(before)
}, 60_000)

it('leaves a record as it was when all of it is put back with every read-only field changed', async () => {
  const twins = operations.filter(({ method, path }) => method === 'PUT' && !path.includes('/action/'))
  for (const operation of twins) {
    const where = pathOf(operation)
    const seen = await api('GET', where, { token: person.token })
    if (seen.status !== 200) continue
    const record = JSON.parse(seen.text) as Record<string, unknown>
    const declared = declaredIn(operation)
    const writable = Object.fromEntries(Object.entries(record).filter(([name]) => declared.has(name)))
    expectStatus(202, await api('PUT', where, { token: person.token, json: { ...undeclared(operation, stranger.orgId), ...writable } }))
    const after = JSON.parse((await api('GET', where, { token: person.token })).text) as Record<string, unknown>
    const stamps = { updated_at: record['updated_at'], updated_by: record['updated_by'], used_at: record['used_at'] }
    expect([where, { ...after, ...('updated_at' in after && stamps) }]).toEqual([where, { ...record, ...('updated_at' in after && stamps) }])
  }
}, 60_000)

it.each(['__proto__', 'constructor'])('lets no body reach a prototype by %s, at any depth', async (name) => {
  const planted = name === '__proto__' ? `{"name":"${marker.text}","polluted":true}` : `{"prototype":{"name":"${marker.text}","polluted":true}}`
  for (const operation of operations) {
    const body = JSON.stringify(exampleOf(operation)).replace(/\}$/, '')
    const comma = body === '{' ? '' : ','
    for (const text of [`${body}${comma}"${name}":${planted}}`, `${body}${comma}"more":[{"${name}":${planted}}]}`, `{"${name}":${planted}}`]) {
      const answer = await api(operation.method, pathOf(operation), { token: person.token, text, headers: ['Content-Type', 'application/json'] })
      expect([operation.operationId, text, answer.status < 500, answer.text.includes(marker.text)]).toEqual([operation.operationId, text, true, false])
    }
  }
  // Had a prototype a name now, this database would have one too.
  expectStatus(400, await api('POST', '/v2/databases', { token: person.token, json: {} }))
  expect(traced(await everyRow())).toEqual([])
}, 60_000)

it('finds what was planted where it is kept: the traces are looked for in the right places', async () => {
  expectStatus(201, await api('POST', '/v2/databases', { token: person.token, json: { name: 'with a trace', database_options: { shape: 'sqlite-small', note: marker.text } } }))
  expect((await everyRow()).filter((text) => text.includes(marker.text)).some((text) => text.startsWith('control_plane.databases '))).toBe(true)
})
