import { createHash } from 'node:crypto'
import { type DatabaseId, type OrgId, Problem, newId } from '@tenantry/contracts'
import { jetstream } from '@nats-io/jetstream'
import { until } from '@tenantry/testing'
import { type Gateway, answering, startGateway } from './testing/gateway.js'

let gateway: Gateway
beforeAll(async () => { gateway = await startGateway() })
afterAll(() => gateway.close())
beforeEach(() => {
  gateway.said.permissions = ['data:read', 'data:write']
  gateway.said.documents = undefined
  gateway.ports.graphql = async () => answering('{"data":{"a":"ü"}}', 1)
})

const request = '{"query":"{ a }","variables":{"n":9223372036854775807}}'

interface Sent {
  readonly body?: string
  readonly type?: string
  readonly accept?: string
  readonly database?: string
  /** Anything after the path makes a request go the long way. */
  readonly way?: string
}

const send = async (token: string, { body = request, type = 'application/json', accept, database = newId<DatabaseId>(), way = '' }: Sent = {}) => {
  const response = await fetch(`${gateway.url}/v2/databases/${database}/query/graphql${way}`, {
    method: 'POST', body, headers: { authorization: `Bearer ${token}`, 'content-type': type, 'x-request-id': 'the-same', ...(accept !== undefined && { accept }) },
  })
  const { date: _, connection: __, 'keep-alive': ___, ...headers } = Object.fromEntries(response.headers)
  return { status: response.status, headers, text: await response.text() }
}

/** Both ways, which answer alike. */
const both = async (token: string, sent: Sent = {}) => {
  const database = sent.database ?? newId<DatabaseId>()
  await send(token, { database })
  const [short, long] = [await send(token, { ...sent, database }), await send(token, { ...sent, database, way: '?long' })]
  expect(short).toEqual(long)
  return short
}

it('hands a request to the engine digit by digit, and its answer back as it is', async () => {
  const seen: unknown[] = []
  gateway.ports.graphql = async (_target, { text, access, params }) => { seen.push([text, access, params]); return answering('{"data":{"a":"ü"}}') }
  const answer = await both(await gateway.tokenOf())
  expect([answer.status, answer.text, answer.headers['content-type']]).toEqual([200, '{"data":{"a":"ü"}}', 'application/json; charset=utf-8'])
  expect(seen).toEqual(Array(3).fill([request, 'write', undefined]))
})

it('answers a document that is at fault in status 200, as clients expect of JSON', async () => {
  gateway.ports.graphql = async () => answering('{"data":null,"errors":[{"message":"Syntax Error"}]}')
  expect(await both(await gateway.tokenOf())).toMatchObject({ status: 200, text: '{"data":null,"errors":[{"message":"Syntax Error"}]}' })
})

it('tells by the status what was run, to those who ask for the type that says so', async () => {
  const token = await gateway.tokenOf()
  const cases = [
    ['{"data":{"a":1}}', 200, '{"data":{"a":1}}'],
    ['{"data":null,"errors":[{"message":"no such field"}]}', 400, '{"errors":[{"message":"no such field"}]}'],
    ['{"data":null,"errors":[{"message":"UNIQUE","path":["insert_t"]}]}', 200, '{"data":null,"errors":[{"message":"UNIQUE","path":["insert_t"]}]}'],
    ['{"data":{"a":null},"errors":[{"message":"too long","path":["a"]}]}', 200, '{"data":{"a":null},"errors":[{"message":"too long","path":["a"]}]}'],
  ] as const
  for (const [data, status, text] of cases) {
    gateway.ports.graphql = async () => answering(data)
    for (const accept of ['application/graphql-response+json', 'application/graphql-response+json; charset=utf-8, application/json;q=0.9']) {
      const answer = await both(token, { accept })
      expect([data, answer.status, answer.text, answer.headers['content-type']]).toEqual([data, status, text, 'application/graphql-response+json; charset=utf-8'])
    }
    for (const accept of ['*/*', 'application/json', 'text/html']) {
      expect(await both(token, { accept })).toMatchObject({ status: 200, text: data, headers: { 'content-type': 'application/json; charset=utf-8' } })
    }
  }
})

it('lets those who may only read read, and those who may not even do that do nothing', async () => {
  const seen: string[] = []
  gateway.ports.graphql = async (_target, { access }) => { seen.push(access); return answering('{}') }
  gateway.said.permissions = ['data:read']
  await both(await gateway.tokenOf())
  expect(seen).toEqual(['read', 'read', 'read'])
  gateway.said.permissions = ['org:read']
  expect(await both(await gateway.tokenOf())).toMatchObject({ status: 403, text: expect.stringContaining('"code":"Forbidden"') })
})

it('says each refusal where clients of GraphQL look for it, and where all others do', async () => {
  const token = await gateway.tokenOf()
  const cases = [
    ['QueryTimeout', 408, 'QueryTimeout'], ['AnswerTooLarge', 422, 'AnswerTooLarge'], ['TooManyQueries', 429, 'TooManyRequests'], ['TooManyQueriesOfOrg', 429, 'TooManyRequests'],
    ['EngineUnavailable', 503, 'ServiceUnavailable'], ['StorageFull', 503, 'StorageFull'], ['LanguageNotSupported', 501, 'NotImplemented'],
  ] as const
  for (const [problem, status, code] of cases) {
    gateway.ports.graphql = async () => { throw new Problem(problem, 'the reason') }
    const answer = await both(token)
    expect([answer.status, JSON.parse(answer.text)]).toEqual([status, { code, message: 'the reason', errors: [{ message: 'the reason', extensions: { code } }], data: null }])
  }
  expect(await both(token, { database: gateway.unknown })).toMatchObject({ status: 404, text: expect.stringContaining('"errors":[{"message":"There is no such database.","extensions":{"code":"ResourceNotFound"}}]') })
  expect(await both('nonsense')).toMatchObject({ status: 401, text: expect.stringContaining('"errors":[{') })
})

it.each([
  ['that is empty', ' ', 'InvalidBody', 'query'],
  ['that is no JSON', '{"query":', 'InvalidBody', 'not JSON'],
  ['that is a text', '"{ a }"', 'InvalidBody', 'object'],
  ['that is a list of requests', `[${request}]`, 'InvalidBody', 'one request at a time'],
  ['without a document', '{"variables":{}}', 'MissingParameter', 'query is required'],
  ['with an empty document', '{"query":" "}', 'MissingParameter', 'query is required'],
  ['whose document is none', '{"query":7}', 'InvalidParameter', 'query: must be a text'],
  ['whose variables are a list', '{"query":"{ a }","variables":[1]}', 'InvalidParameter', 'variables: must be an object or null'],
  ['whose operation has a number for a name', '{"query":"{ a }","operationName":1}', 'InvalidParameter', 'operationName: must be a text or null'],
  ['whose extensions are a text', '{"query":"{ a }","extensions":"x"}', 'InvalidParameter', 'extensions: must be an object or null'],
  ['that nests without end', `{"query":"{ a }","variables":${'{"a":'.repeat(40)}1${'}'.repeat(40)}}`, 'InvalidBody', 'nests deeper'],
  ['with a list without end', `{"query":"{ a }","variables":{"a":[${'1,'.repeat(10_001)}1]}}`, 'InvalidBody', 'more than'],
])('refuses a body %s, and asks no engine', async (_what, body, code, words) => {
  const token = await gateway.tokenOf()
  const database = newId<DatabaseId>()
  await send(token, { database })
  let asked = 0
  gateway.ports.graphql = async () => { asked += 1; return answering('{}') }
  // The framework ends a connection whose body it refuses while it reads it.
  const [short, long] = [await send(token, { body, database }), await send(token, { body, database, way: '?long' })]
  expect([short.status, short.text]).toEqual([long.status, long.text])
  const told = JSON.parse(short.text) as { readonly code: string; readonly message: string; readonly errors: unknown }
  expect([short.status, told.code, told.message]).toEqual([400, code, expect.stringContaining(words)])
  expect(told.errors).toEqual([{ message: told.message, extensions: { code } }])
  expect(asked).toBe(0)
})

it('takes null for what a client leaves open, and members that it does not know', async () => {
  expect(await both(await gateway.tokenOf(), { body: '{"query":"{ a }","variables":null,"operationName":null,"extensions":null,"doc_id":7}' })).toMatchObject({ status: 200 })
})

it('takes JSON and nothing else, of at most a megabyte', async () => {
  const token = await gateway.tokenOf()
  for (const type of ['text/plain', 'application/graphql', 'application/json5', 'application/x-www-form-urlencoded']) {
    const answer = await both(token, { type })
    expect([type, answer.status, JSON.parse(answer.text)]).toEqual([type, 400, expect.objectContaining({ code: 'InvalidContentType' })])
  }
  expect(await both(token, { type: 'Application/JSON; charset=utf-8' })).toMatchObject({ status: 200 })
  expect(await send(token, { body: `{"query":"{ a }","x":"${'x'.repeat(1024 * 1024)}"}` })).toMatchObject({ status: 413 })
})

describe('a document that is named by its hash', () => {
  const document = '{ a(n: $n) }'
  const sha256Hash = createHash('sha256').update(document).digest('hex')
  const extensions = { persistedQuery: { version: 1, sha256Hash } }
  const notFound = '{"data":null,"errors":[{"message":"PersistedQueryNotFound","extensions":{"code":"PERSISTED_QUERY_NOT_FOUND"}}]}'
  const named = JSON.stringify({ variables: {}, extensions })
  const whole = JSON.stringify({ query: document, extensions })
  const get = async (token: string, database: string, query: Readonly<Record<string, string>>) => {
    const response = await fetch(`${gateway.url}/v2/databases/${database}/query/graphql?${new URLSearchParams(query).toString()}`, { headers: { authorization: `Bearer ${token}` } })
    return { status: response.status, text: await response.text() }
  }

  it('is asked for once, and then known by either way, to every caller of the database and no other', async () => {
    const [token, database] = [await gateway.tokenOf(), newId<DatabaseId>()]
    const seen: { query?: string; variables?: unknown }[] = []
    gateway.ports.graphql = async (_target, { text }) => { seen.push(JSON.parse(text) as object); return answering('{"data":1}') }
    expect(await both(token, { body: named, database })).toMatchObject({ status: 200, text: notFound })
    expect(await send(token, { body: whole, database })).toMatchObject({ status: 200, text: '{"data":1}' })
    seen.length = 0
    expect(await both(token, { body: named.replace(sha256Hash, sha256Hash.toUpperCase()), database })).toMatchObject({ status: 200, text: '{"data":1}' })
    expect(seen.filter(({ variables }) => JSON.stringify(variables) === '{}').map(({ query }) => query)).toEqual([document, document])
    expect(await both(token, { body: named })).toMatchObject({ status: 200, text: notFound })
  })

  it('is run by an address, with variables of every digit, and may only read', async () => {
    const [token, database] = [await gateway.tokenOf(), newId<DatabaseId>()]
    await send(token, { body: whole, database })
    const seen: unknown[] = []
    gateway.ports.graphql = async (_target, { text, access }) => { seen.push([access, text.includes('"variables":{"n":9223372036854775807}'), (JSON.parse(text) as { query: string }).query]); return answering('{"data":1}') }
    const variables = '{"n":9223372036854775807}'
    expect(await get(token, database, { extensions: JSON.stringify(extensions), variables })).toEqual({ status: 200, text: '{"data":1}' })
    expect(await get(token, database, { id: sha256Hash, variables })).toEqual({ status: 200, text: '{"data":1}' })
    expect(seen).toEqual([['read', true, document], ['read', true, document]])
    expect(await get(token, database, { id: sha256Hash.replace(/./, 'g'), variables })).toMatchObject({ status: 400 })
    expect(await get(token, database, { id: 'a'.repeat(64) })).toEqual({ status: 200, text: notFound })
  })

  it.each([
    ['without one', {}, 'MissingParameter'],
    ['with a document', { query: document, id: sha256Hash }, 'InvalidParameter'],
    ['with variables that are more than JSON', { id: sha256Hash, variables: '{},"query":"{ evil }"' }, 'InvalidParameter'],
    ['with variables that are a list', { id: sha256Hash, variables: '[]' }, 'InvalidParameter'],
    ['with extensions that are no JSON', { extensions: '{' }, 'InvalidParameter'],
    ['with extensions of another version', { extensions: '{"persistedQuery":{"version":2,"sha256Hash":"x"}}' }, 'InvalidParameter'],
    ['with a hash that is none', { extensions: '{"persistedQuery":{"version":1,"sha256Hash":7}}' }, 'InvalidParameter'],
  ])('is not asked for by an address %s', async (_what, query, code) => {
    let asked = 0
    gateway.ports.graphql = async () => { asked += 1; return answering('{}') }
    const { status, text } = await get(await gateway.tokenOf(), newId<DatabaseId>(), query as Record<string, string>)
    expect([status, (JSON.parse(text) as { code: string }).code, asked]).toEqual([400, code, 0])
  })

  it('is not kept under a hash that is not its own', async () => {
    const [token, database] = [await gateway.tokenOf(), newId<DatabaseId>()]
    expect(await both(token, { body: JSON.stringify({ query: '{ other }', extensions }), database })).toMatchObject({ status: 400, text: expect.stringContaining('is not the hash of query') })
    expect(await both(token, { body: named, database })).toMatchObject({ text: notFound })
  })

  it('is told of to nobody who may not see the database', async () => {
    const token = await gateway.tokenOf()
    await send(token, { body: whole })
    expect(await both(token, { body: named, database: gateway.unknown })).toMatchObject({ status: 404 })
    expect(await get(token, gateway.unknown, { id: sha256Hash })).toMatchObject({ status: 404 })
    gateway.said.permissions = ['org:read']
    expect(await get(await gateway.tokenOf(), newId<DatabaseId>(), { id: sha256Hash })).toMatchObject({ status: 403 })
  })
})

describe('a document that is registered with a database', () => {
  const document = 'query q { registered }'
  const sha256Hash = createHash('sha256').update(document).digest('hex')
  const named = (hash = sha256Hash) => JSON.stringify({ extensions: { persistedQuery: { version: 1, sha256Hash: hash } } })
  beforeEach(() => {
    gateway.registered.byHash.set(sha256Hash, document)
    gateway.said.documents = { version: 1, only: false }
    gateway.ports.graphql = async (_target, { text }) => answering(JSON.stringify({ data: (JSON.parse(text) as { query: string }).query }))
  })

  it('is known by its hash without ever having been sent, and asked for once', async () => {
    const [token, database] = [await gateway.tokenOf(), newId<DatabaseId>()]
    gateway.registered.asked = 0
    for (let time = 0; time < 2; time++) expect(await both(token, { body: named(), database })).toMatchObject({ status: 200, text: JSON.stringify({ data: document }) })
    for (let time = 0; time < 2; time++) expect(await both(token, { body: named('a'.repeat(64)), database })).toMatchObject({ status: 200, text: expect.stringContaining('PersistedQueryNotFound') })
    expect(gateway.registered.asked).toBe(2)
  })

  it('is the only one that is run where no others are, by its hash or by its text', async () => {
    gateway.said.documents = { version: 2, only: true }
    const [token, database] = [await gateway.tokenOf(), newId<DatabaseId>()]
    for (const body of [named(), JSON.stringify({ query: document }), JSON.stringify({ query: document, extensions: { persistedQuery: { version: 1, sha256Hash } } })]) {
      expect(await both(token, { body, database })).toMatchObject({ status: 200, text: JSON.stringify({ data: document }) })
    }
    const other = 'query q { registered  }'
    const otherHash = createHash('sha256').update(other).digest('hex')
    for (const body of [JSON.stringify({ query: other }), named(otherHash), JSON.stringify({ query: other, extensions: { persistedQuery: { version: 1, sha256Hash: otherHash } } })]) {
      expect(await both(token, { body, database })).toMatchObject({ status: 200, text: expect.stringContaining('"code":"PERSISTED_QUERY_ONLY"') })
    }
    expect(await both(token, { body: JSON.stringify({ query: other, extensions: { persistedQuery: { version: 1, sha256Hash } } }), database })).toMatchObject({ status: 400 })
  })

  it('is one no more as soon as another set is registered', async () => {
    gateway.said.documents = { version: 3, only: true }
    const [orgId, database] = [newId<OrgId>(), newId<DatabaseId>()]
    const token = await gateway.tokenOf(orgId)
    expect(await both(token, { body: named(), database })).toMatchObject({ status: 200 })
    gateway.registered.byHash.delete(sha256Hash)
    gateway.said.documents = { version: 4, only: true }
    await until('the event is in the stream', () => jetstream(gateway.connection).publish('control.documents.set', JSON.stringify({ id: newId<string>(), at: new Date().toISOString(), databaseId: database, orgId, version: 4 })))
    await until('it is refused', async () => (await send(token, { body: named(), database })).text.includes('PERSISTED_QUERY_ONLY'))
  })
})
