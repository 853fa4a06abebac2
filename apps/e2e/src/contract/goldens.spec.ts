import { randomUUID } from 'node:crypto'
import { readFileSync, readdirSync } from 'node:fs'
import path from 'node:path'
import { z } from 'zod'
import { type AskRecords, recordsIn } from '../faults/records.js'
import { type Answer, type Api, expectStatus, speakTo } from '../story/api.js'
import { createBitmaps, teaching } from '../story/bitmaps.js'
import { becomes, createDatabase } from '../story/databases.js'
import { type ApiDocument, type DocumentedOperation, documentOf } from '../story/document.js'
import { type Person, createKey, signUp } from '../story/people.js'
import { type System, clearUp, startSystem } from '../story/system.js'
import { unlikeness } from './likeness.js'
import { joinOrg } from './members.js'
import { type Kind, filled, kindsIn } from './places.js'

const dialect = path.resolve(import.meta.dirname, '../../../../libs/dialects/featurebase/src')
const golden = z.object({ operation: z.string(), method: z.string(), path: z.string(), request: z.unknown().optional(), status: z.int(), answer: z.unknown() })
type Golden = z.infer<typeof golden>

const read = (file: string): unknown => JSON.parse(readFileSync(path.join(dialect, file), 'utf8'))
const originals = new Set(z.array(z.object({ method: z.string(), path: z.string() })).parse(read('original/operations.json')).map((one) => `${one.method} ${one.path}`))
const isOriginal = ({ method, path: where }: Golden): boolean => originals.has(`${method} ${where.replaceAll(/\{\w+\}/g, '{}')}`)

/** The examples of the original document, a file each. A new one is asked as soon as it is there. */
const goldens = readdirSync(path.join(dialect, 'golden')).sort().map((name) => golden.parse(read(`golden/${name}`))).filter(isOriginal)

let system: System
let api: Api
let document: ApiDocument
let records: AskRecords
let person: Person
let things: Partial<Record<Kind, string>>

beforeAll(async () => {
  system = await startSystem({ SIGNUPS_PER_HOUR: '100000' })
  api = speakTo(system.url)
  records = recordsIn(system.dataDir)
  document = await documentOf(api)
  person = await signUp(api)
  const database = await createDatabase(api, person, 'shown')
  await becomes(api, person, database, 'RUNNING')
  const member = await joinOrg(api, records, person.orgId, 'viewer')
  const role = await newRole()
  things = { database, org: person.orgId, user: member.userId, owner: person.userId, key: (await createKey(api, person)).id, shape: 'sqlite-small', role, invite: await newInvite() }
}, 90_000)
afterAll(clearUp, 30_000)

const ask = (method: string, where: string): Promise<Answer> => api(method, where, { token: person.token })

const newRole = async (): Promise<string> => {
  const rolename = `role-${randomUUID()}`
  expectStatus(201, await api('POST', '/v2/roles', { token: person.token, json: { rolename, acl: ['audit:read'] } }))
  return rolename
}

const newInvite = async (email = `${randomUUID()}@example.com`): Promise<string> => {
  const answer = await api('POST', '/v2/invites', { token: person.token, json: { email } })
  expectStatus(201, answer)
  return z.object({ id: z.string() }).parse(JSON.parse(answer.text)).id
}

/** Whose deed an example is: a user moves only themselves. */
const actorOf = async ({ operation }: Golden): Promise<Person> => operation === 'moveUser' ? await signUp(api) : person

/** What has to be done to a new database before an operation can be shown on it. */
const before: Readonly<Record<string, (id: string) => Promise<void>>> = {
  startDatabase: async (id) => {
    expectStatus(202, await ask('PUT', `/v2/databases/${id}/action/stop`))
    await becomes(api, person, id, 'STOPPED')
  },
  undeleteDatabase: async (id) => {
    expectStatus(202, await ask('DELETE', `/v2/databases/${id}`))
    await becomes(api, person, id, 'DELETED')
  },
}

/** The things that a path names: new ones where an operation changes them. */
const thingsFor = async ({ operationId, method, path: where }: DocumentedOperation, actor: Person): Promise<typeof things> => {
  if (operationId === 'runPql') return { ...things, database: await createBitmaps(api, person, `for ${operationId} ${randomUUID()}`, teaching) }
  if (method === 'GET' || where.endsWith('/sql')) return things
  if (where.includes('/invites/{')) return { ...things, invite: await newInvite() }
  if (operationId === 'moveUser') return { ...things, user: actor.userId, invite: await newInvite(actor.email) }
  if (where.includes('/roles/{')) return { ...things, role: await newRole() }
  if (!where.includes('/databases/{')) return things
  const database = await createDatabase(api, person, `for ${operationId} ${randomUUID()}`)
  await becomes(api, person, database, 'RUNNING')
  await before[operationId]?.(database)
  return { ...things, database }
}

/** An example's request with what only its author could have: names that are free, and things that exist. */
const requestOf = ({ request }: Golden, named: typeof things): unknown => {
  if (typeof request !== 'object' || request === null) return request
  const given = request as Readonly<Record<string, unknown>>
  const here: Readonly<Record<string, unknown>> = {
    name: `${String(given['name'])} ${randomUUID()}`, owned_by: person.userId, USERNAME: person.email, PASSWORD: person.password, email: `${randomUUID()}@example.com`,
    rolename: `role-${randomUUID()}`, rolenames: [things.role], invite_id: named.invite,
  }
  return Object.fromEntries(Object.entries(given).map(([name, value]) => [name, name in here ? here[name] : value]))
}

const bodyOf = (example: Golden, { requestBody }: DocumentedOperation, named: typeof things): { json?: unknown; text?: string } => {
  if (!requestBody) return {}
  if (!Object.keys(requestBody.content).includes('text/plain')) return { json: requestOf(example, named) }
  return { text: example.operation === 'runPql' ? String(requestBody.content['text/plain']?.example ?? '') : 'select 1 as one' }
}

it('knows examples, and an operation for each', () => {
  expect(goldens.length).toBeGreaterThan(20)
  const known = new Set(document.operations.map(({ operationId }) => operationId))
  expect(goldens.filter(({ operation }) => !known.has(operation))).toEqual([])
})

it.each(goldens.map((example, at) => [`${example.operation} (${at})`, example] as const))('answers like the example of the original: %s', async (_, example) => {
  const operation = document.operations.find(({ operationId }) => operationId === example.operation)
  if (!operation) throw new Error(`The document has no ${example.operation}.`)
  const actor = await actorOf(example)
  const named = await thingsFor(operation, actor)
  // The example of a query has a plan, so one is asked for.
  const query = typeof example.answer === 'object' && example.answer !== null && 'query-plan' in example.answer ? '?plan=true' : ''
  const where = filled(operation.path, kindsIn(operation.path).map((kind) => named[kind] ?? randomUUID())) + query
  const answer = await api(operation.method, where, { ...(operation.security === undefined && { token: actor.token }), ...bodyOf(example, operation, named) })
  expectStatus(example.status, answer)
  const isJson = String(answer.headers['content-type']).startsWith('application/json')
  expect(unlikeness(example.answer, isJson ? JSON.parse(answer.text) : answer.text)).toBeUndefined()
}, 30_000)

it('sees an answer that is not like its example', () => {
  const example = { id: '497f6eca-6276-4993-bfeb-53cbbbba6f08', name: 'x', used_at: '2019-08-24T14:15:22Z', resources: [{ count: 1 }], options: {} }
  expect(unlikeness(example, { ...example, used_at: null, options: { a: 1 }, resources: [{ count: 5 }, { count: 7 }] })).toBeUndefined()
  for (const change of [{ id: 'x' }, { name: 5 }, { resources: [] }, { resources: [{ count: 1 }, {}] }, { options: [] }, { more: 1 }, { used_at: 'yesterday' }]) {
    expect(unlikeness(example, { ...example, ...change })).toBeDefined()
  }
  expect(unlikeness({ a: 1, b: 2 }, { b: 2, a: 1 })).toBe('the answer has the fields b,a and not a,b')
})
