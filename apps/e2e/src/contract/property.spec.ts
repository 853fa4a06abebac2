import fc from 'fast-check'
import { randomUUID } from 'node:crypto'
import { isLong, seedOf } from '../faults/random.js'
import { type Answer, type Api, type Ask, expectStatus, speakTo } from '../story/api.js'
import { becomes, createDatabase } from '../story/databases.js'
import { type ApiDocument, type DocumentedOperation, documentOf } from '../story/document.js'
import { type Person, createKey, logIn, signUp } from '../story/people.js'
import { expectRefusal } from '../story/refusal.js'
import { type System, clearUp, startSystem, stopSystem } from '../story/system.js'
import { broken, oddSegment, queryValue, valid } from './generate.js'
import { type Kind, filled, kindsIn } from './places.js'

const runs = isLong ? 400 : 16
const seed = seedOf(1016)

let system: System
let api: Api
let document: ApiDocument
let person: Person
let leaver: Person
const own: Partial<Record<Kind, readonly string[]>> = {}

beforeAll(async () => {
  system = await startSystem({ SIGNUPS_PER_HOUR: '100000', FAILED_TOKENS_PER_MINUTE: '100000', FAILED_LOGINS_PER_MINUTE: '100000' })
  api = speakTo(system.url)
  document = await documentOf(api)
  person = await signUp(api)
  leaver = await signUp(api)
  const databases = await Promise.all(['one', 'two', 'three'].map((name) => createDatabase(api, person, name)))
  databases.push(await createDatabase(api, person, 'four', 'postgres-small'))
  for (const id of databases) await becomes(api, person, id, 'RUNNING')
  const login = await api('POST', `/v2/databases/${String(databases.at(-1))}/credentials`, { token: person.token, json: {} })
  expectStatus(201, login)
  expectStatus(201, await api('POST', '/v2/roles', { token: person.token, json: { rolename: 'auditor', acl: ['audit:read'] } }))
  const invited = await api('POST', '/v2/invites', { token: person.token, json: { email: `${randomUUID()}@example.com` } })
  expectStatus(201, invited)
  Object.assign(own, { credential: [String((JSON.parse(login.text) as { id: unknown }).id)], invite: [String((JSON.parse(invited.text) as { id: unknown }).id)], database: databases, org: [person.orgId], user: [person.userId], owner: [person.userId], key: [(await createKey(api, person)).id], shape: ['sqlite-small'], role: ['auditor', 'viewer'] })
}, 90_000)
afterAll(clearUp, 30_000)

const statements = fc.constantFrom('select 1 as one', 'create table if not exists t (id integer primary key, name text)', 'insert into t (name) values (\'a\')', 'select * from t', 'explain query plan select 1')

const pathOf = ({ path, parameters }: DocumentedOperation): fc.Arbitrary<string> => {
  const segments = kindsIn(path).map((kind) => {
    const known = own[kind] ?? []
    return known.length > 0 ? fc.oneof(fc.constantFrom(...known), oddSegment) : oddSegment
  })
  const asked = parameters.filter((parameter) => parameter.in === 'query')
  const query = fc.record(Object.fromEntries(asked.map(({ name, schema }) => [name, queryValue(schema)])), { requiredKeys: [] })
  return fc.tuple(fc.tuple(...segments), query).map(([values, pairs]) => {
    const search = new URLSearchParams(Object.entries(pairs).map(([name, value]) => [name, String(value).toWellFormed()])).toString()
    return filled(path, values.map((value) => value.toWellFormed())) + (search && `?${search}`)
  })
}

const bodyOf = ({ requestBody }: DocumentedOperation): fc.Arbitrary<Ask> => {
  const [type, content] = Object.entries(requestBody?.content ?? {})[0] ?? []
  if (!content) return fc.constant({})
  if (type !== 'application/json') return fc.oneof(statements, fc.string({ maxLength: 100 })).map((text) => ({ text }))
  const asJson = ['Content-Type', 'application/json']
  return fc.oneof(
    { weight: 4, arbitrary: valid(content.schema).map((json) => ({ json })) },
    { weight: 4, arbitrary: broken(content.schema).map((json) => ({ json })) },
    { weight: 1, arbitrary: fc.string({ maxLength: 60 }).map((text) => ({ text, headers: asJson })) },
  )
}

/** The credential for one request: what ends a session gets one of its own, and wrong passwords are those of somebody else. */
const credentialFor = async ({ operationId }: DocumentedOperation): Promise<string> => {
  if (operationId === 'logOut') return await logIn(api, person)
  return operationId === 'deleteAccount' ? leaver.token : person.token
}

/** What is wrong with an answer whatever was asked; undefined when nothing is. */
const faultOf = (operation: DocumentedOperation, answer: Answer): string | undefined => {
  // What stands in braces may have been read as a word beside it.
  if (document.operationOf(answer)?.operationId !== operation.operationId) return undefined
  if (answer.status >= 500 && answer.status !== 501) return `${operation.operationId}: ${answer.status} ${answer.text.slice(0, 300)}`
  return document.disagreement(answer)
}

it('answers whatever is sent with a status and a body that the document has, and never with a fault of its own', async () => {
  const succeeded = new Set<string>()
  for (const operation of document.operations) {
    await fc.assert(fc.asyncProperty(pathOf(operation), bodyOf(operation), async (path, body) => {
      const answer = await api(operation.method, path, { token: await credentialFor(operation), ...body })
      expect([operation.operationId, faultOf(operation, answer)]).toEqual([operation.operationId, undefined])
      if (answer.status < 300) succeeded.add(operation.operationId)
      if (answer.status >= 400) expectRefusal(answer.status, answer, system.dataDir)
    }), { numRuns: runs, seed, interruptAfterTimeLimit: 60_000, markInterruptAsFailure: false })
  }
  // Requests that are all refused would prove little.
  expect(succeeded.size).toBeGreaterThan(document.operations.length / 2)
}, 60_000 * (isLong ? 20 : 2))

const someMethods = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'TRACE'] as const
const somewhere = (path: string): string => path.replaceAll(/\{\w+\}/g, () => randomUUID())

it('refuses every method that a path does not have, and names those it has', async () => {
  const paths = Map.groupBy(document.operations, ({ path }) => path)
  for (const [path, operations] of paths) {
    const has = new Set(operations.map(({ method }) => method))
    // A word in the place of an id may have methods of its own.
    for (const method of someMethods.filter((one) => !has.has(one))) {
      const answer = await api(method, somewhere(path), { token: person.token })
      expectRefusal(405, answer, system.dataDir)
      const allowed = [...has, ...(has.has('GET') ? ['HEAD'] : [])].sort().join(', ')
      expect([method, path, answer.headers.allow]).toEqual([method, path, allowed])
    }
  }
}, 60_000)

it('refuses who shows no credential or a wrong one, in the words of the document', async () => {
  for (const operation of document.operations.filter(({ security }) => security === undefined)) {
    for (const ask of [{}, { token: 'nonsense' }, { key: 'tnt_0_nonsense' }, { headers: ['Authorization', 'Basic YTpi'] }] as const satisfies readonly Ask[]) {
      const answer = await api(operation.method, somewhere(operation.path), { ...(operation.method !== 'GET' && { json: {} }), ...ask })
      expectRefusal(401, answer, system.dataDir)
      expect(document.disagreement(answer)).toBeUndefined()
      expect(answer.headers['www-authenticate']).toBe('Bearer')
    }
  }
}, 60_000)

it('refuses a body of another kind, and a packed one, and minds no wish for another kind of answer', async () => {
  for (const operation of document.operations) {
    const where = somewhere(operation.path)
    const isJson = operation.requestBody?.content['application/json'] !== undefined
    const token = await credentialFor(operation)
    for (const type of isJson ? ['application/xml', 'multipart/form-data; boundary=x', 'application/x-www-form-urlencoded', 'application/yaml', 'text/html', 'nonsense'] : []) {
      const answer = await api(operation.method, where, { token, text: '<name>x</name>', headers: ['Content-Type', type] })
      expectRefusal([400, 401, 404, 422], answer, system.dataDir)
      expect(document.disagreement(answer)).toBeUndefined()
    }
    if (operation.requestBody) expectRefusal(415, await api(operation.method, where, { token, text: '{}', headers: ['Content-Type', 'application/json', 'Content-Encoding', 'gzip'] }), system.dataDir)
    const answer = await api(operation.method, where, { token, ...(isJson && { json: {} }), headers: ['Accept', 'application/xml', 'Content-Type', 'application/json'] })
    expect([operation.operationId, answer.status === 406, document.disagreement(answer)]).toEqual([operation.operationId, false, undefined])
  }
}, 60_000)

it('has logged no fault of its own over all that, and stops in peace', async () => {
  expect(system.output()).not.toMatch(/"level":"(?:error|fatal)"/)
  await stopSystem(system)
}, 30_000)
