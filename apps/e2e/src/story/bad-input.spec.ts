import { randomUUID } from 'node:crypto'
import path from 'node:path'
import { joinOrg } from '../contract/members.js'
import { recordsIn } from '../faults/records.js'
import { type Answer, type Api, type Ask, expectStatus, speakTo } from './api.js'
import { createBitmaps, runPql, teaching } from './bitmaps.js'
import { becomes, createDatabase, getDatabase, listDatabases, rowsOf, runSql } from './databases.js'
import { forgedTokens } from './forge.js'
import { freePorts } from './free-ports.js'
import { type Person, createKey, signUp } from './people.js'
import { expectRefusal } from './refusal.js'
import { type System, clearUp, startSystem, stopSystem } from './system.js'

const clockBehind = { NODE_OPTIONS: `--import=${path.join(import.meta.dirname, 'earlier.mjs')}` }

let system: System
let api: Api
let person: Person
let stranger: Person
let databaseId: string
let expired: string

beforeAll(async () => {
  // Both starts are the same issuer to tokens, which the port is a part of.
  const [port] = await freePorts(1)
  const installation = { PORT: String(port) }
  const earlier = await startSystem({ ...installation, ...clockBehind })
  expired = (await signUp(speakTo(earlier.url))).token
  await stopSystem(earlier)
  system = await startSystem(installation, earlier.folder)
  api = speakTo(system.url)
  person = await signUp(api)
  stranger = await signUp(api)
  databaseId = await createDatabase(api, person, 'target')
  await becomes(api, person, databaseId, 'RUNNING')
  await rowsOf(api, person, databaseId, 'create table t (id integer primary key, name text)')
}, 90_000)
afterAll(clearUp, 30_000)

const refused = async (status: number | readonly number[], method: string, where: string, ask: Ask = {}): Promise<{ code: string; message: string }> =>
  expectRefusal(status, await api(method, where, { token: person.token, ...ask }), system.dataDir)
const refusedSql = async (status: number, text: string): Promise<{ code: string; message: string }> =>
  expectRefusal(status, await runSql(api, person, databaseId, text), system.dataDir)
const create = (name: unknown): Promise<Answer> => api('POST', '/v2/databases', { token: person.token, json: { name } })

describe('a body', () => {
  it.each([
    ['half of one', '{"name":'], ['nothing', ''], ['a list', '[]'], ['a text', '"name"'], ['null', 'null'], ['one and a half', '{"name":"a"}}'], ['NUL', '\u0000'],
    ['a prototype', '{"__proto__":{"name":"a"}}'], ['deep', `${'{"a":'.repeat(40)}1${'}'.repeat(40)}`],
  ])('that is not the JSON it should be is refused: %s', async (_, text) => {
    await refused(400, 'POST', '/v2/databases', { text, headers: ['Content-Type', 'application/json'] })
    await refused(400, 'PUT', `/v2/databases/${databaseId}`, { text, headers: ['Content-Type', 'application/json'] })
    await refused(400, 'POST', '/id/signup', { text, headers: ['Content-Type', 'application/json'] })
  })

  it.each(['text/plain', 'application/xml', 'application/x-www-form-urlencoded', 'nonsense', ''])('with the content type %j is refused where JSON is asked for', async (type) => {
    await refused(400, 'POST', '/v2/databases', { text: '{"name":"typed"}', headers: ['Content-Type', type] })
  })

  it('that is too large is refused with 413', async () => {
    await refused(413, 'POST', '/v2/databases', { json: { name: 'large', more: 'x'.repeat(1024 * 1024) } })
    await refused(413, 'POST', '/id/signup', { json: { email: 'x'.repeat(1024 * 1024) } })
  })
})

describe('a packed body', () => {
  it.each(['gzip', 'deflate', 'br', 'zstd', 'x-own', 'identity, gzip'])('is refused before it is unpacked: %s', async (encoding) => {
    const packed = ['Content-Encoding', encoding, 'Content-Type', 'application/json']
    expect(await refused(415, 'POST', '/v2/databases', { text: '{"name":"packed"}', headers: packed })).toMatchObject({ code: 'UnsupportedMediaType' })
    expect(await refused(415, 'POST', '/id/signup', { text: '{}', headers: packed })).toMatchObject({ code: 'UnsupportedMediaType' })
    expect(await refused(415, 'POST', `/v2/databases/${databaseId}/query/sql`, { text: 'select 1', headers: ['Content-Encoding', encoding] })).toMatchObject({ code: 'UnsupportedMediaType' })
  })
})

describe('a name', () => {
  it.each([['of no character', ''], ['of 301 characters', 'x'.repeat(301)], ['with NUL', 'a\0b'], ['with a line break', 'a\nb'], ['with half a character', '\ud800'],
    ['of spaces', '   '], ['that is a number', 5], ['that is null', null], ['that is a list', ['a']], ['that is absent', undefined]])('%s is refused', async (_, name) => {
    expectRefusal(400, await create(name), system.dataDir)
    await refused(400, 'PUT', `/v2/databases/${databaseId}`, { json: { name } })
  })

  it('of 300 characters, or of odd ones, is kept as it is', async () => {
    for (const name of ['x'.repeat(300), '🦆'.repeat(300), `'; drop table databases; --`, '../../etc/passwd', '%s%n', 'constructor']) {
      const id = await createDatabase(api, person, name)
      expect((await getDatabase(api, person, id)).name).toBe(name)
    }
  })

  it('is taken by one of 50 that ask for it at the same time', async () => {
    const answers = await Promise.all(Array.from({ length: 50 }, () => create('wanted by all')))
    expect(answers.filter(({ status }) => status === 201).length).toBe(1)
    for (const answer of answers.filter(({ status }) => status !== 201)) expectRefusal(409, answer, system.dataDir)
    expect((await listDatabases(api, person)).filter(({ name }) => name === 'wanted by all').length).toBe(1)
  })
})

describe('an id', () => {
  const description = { json: { description: 'x', name: 'x', status: 'ACTIVE' } }
  it.each([
    ['GET', '/v2/databases/ID', {}, 404], ['PUT', '/v2/databases/ID', description, 404], ['DELETE', '/v2/databases/ID', {}, 422],
    ['POST', '/v2/databases/ID/query/sql', { text: 'select 1' }, 404], ['POST', '/databases/ID/sql', { text: 'select 1' }, 404],
    ['GET', '/v2/orgs/ID', {}, 422], ['PUT', '/v2/orgs/ID', description, 422], ['GET', '/v2/orgs/ID/keys', {}, 404],
    ['GET', '/v2/users/ID', {}, 404], ['GET', '/v2/users/ID/keys', {}, 422], ['POST', '/v2/users/ID/keys', description, 404],
    ['GET', '/v2/users/ID/keys/ID', {}, 422], ['PUT', '/v2/users/ID/keys/ID', description, 404], ['GET', '/v2/shapes/ID', {}, 404],
  ] as const)('that is no UUID is refused: %s %s', async (method, where, ask, status) => {
    for (const id of ['5', 'nope', `${randomUUID()}x`, `'%20or%201=1`, 'x'.repeat(100)]) await refused(status, method, where.replaceAll('ID', id), ask)
  })

  it('of somebody else is the 404 of an id that nobody has', async () => {
    for (const id of [databaseId, randomUUID()]) {
      expectRefusal(404, await runSql(api, stranger, id, 'select 1'), system.dataDir)
      for (const method of ['GET', 'DELETE']) expectRefusal(404, await api(method, `/v2/databases/${id}`, { token: stranger.token }), system.dataDir)
    }
    const gift = await Promise.all([person.userId, randomUUID()].map((owner) => api('PUT', `/v2/databases/${databaseId}`, { token: person.token, json: { name: 'target', owned_by: owner === person.userId ? stranger.userId : owner } })))
    expect(gift.map((answer) => [answer.status, answer.text])).toEqual([[400, gift[1]?.text], [400, gift[0]?.text]])
  })

  it('of a page that no list has given out is refused, and so is a length that no page has', async () => {
    for (const query of ['limit=0', 'limit=1001', 'limit=x', 'limit=1&limit=2', 'next=nonsense', `next=${'A'.repeat(300)}`]) await refused(400, 'GET', `/v2/databases?${query}`)
  })
})

describe('a credential', () => {
  const everywhere = async (status: number, ask: Ask): Promise<readonly string[]> => {
    const answers = [await api('GET', '/v2/users/current', ask), await api('GET', '/v2/databases', ask),
      await api('GET', `/v2/users/${person.userId}/keys`, ask), await api('POST', `/v2/databases/${databaseId}/query/sql`, { ...ask, text: 'select 1' })]
    return answers.map((answer) => expectRefusal(status, answer, system.dataDir).message)
  }

  it('that is forged is refused by every service in the same words, whatever the trick', async () => {
    const { text } = await api('GET', '/.well-known/jwks.json')
    const said = new Set<string>()
    for (const token of Object.values(forgedTokens(person.token, text))) for (const message of await everywhere(401, { token })) said.add(message)
    expect(said.size).toBe(1)
    expectStatus(200, await api('GET', '/v2/users/current', { token: person.token }))
  })

  it('that has expired is refused by every service', async () => {
    const claims = JSON.parse(Buffer.from(expired.split('.')[1] ?? '', 'base64url').toString()) as { exp: number }
    expect(claims.exp).toBeLessThan(Date.now() / 1_000)
    await everywhere(401, { token: expired })
  })

  it('of which there are two is refused, and so is one header sent twice', async () => {
    const key = await createKey(api, person)
    await everywhere(400, { token: person.token, key: key.secret })
    await everywhere(400, { token: person.token, headers: ['Authorization', `Bearer ${stranger.token}`] })
  })

  it('in the query string or in a cookie is no credential', async () => {
    const { secret } = await createKey(api, person)
    for (const query of [`api_key=${secret}`, `X-API-Key=${secret}`, `access_token=${person.token}`, `token=${person.token}`]) {
      expectRefusal(401, await api('GET', `/v2/databases?${query}`), system.dataDir)
    }
    await everywhere(401, { headers: ['Cookie', `token=${person.token}; IdToken=${person.token}`] })
    await everywhere(401, {})
  })

  it('of a login that is wrong says the same for an account that is there and one that is not', async () => {
    const logIn = async (email: string): Promise<Answer> => api('POST', '/id', { json: { USERNAME: email, PASSWORD: 'a wrong password' } })
    const [there, notThere] = [await logIn(person.email), await logIn('nobody@example.com')]
    expectRefusal(401, there, system.dataDir)
    expect([there.status, there.text]).toEqual([notThere.status, notThere.text])
  })
})

describe('a statement', () => {
  it.each(['', '   \n', 'select 1; select 2', 'select 1;; drop table t', 'select 1 \0, 2', 'selec 1', 'select * from nothing', 'select (', '-- nothing', 'begin', 'commit',
    `attach database '/tmp/x.db' as x`, `attach database 'file:/etc/passwd?mode=ro' as x`, 'detach database main', 'pragma writable_schema = 1', 'pragma journal_mode = off', 'pragma synchronous = off',
    'pragma database_list', `select load_extension('x')`, `vacuum into '/tmp/x.db'`, `select readfile('/etc/passwd')`, `select writefile('/tmp/x', 'y')`, `create virtual table v using csv(filename='/etc/passwd')`,
    'select * from pragma_database_list', `update sqlite_schema set sql = 'x'`,
  ])('that cannot or must not be run is refused: %j', async (text) => {
    const { code, message } = await refusedSql(400, text)
    expect([code, message.length < 500]).toEqual(['Bad Request', true])
  })

  it('of one megabyte is run, and of one byte more refused', async () => {
    const start = 'select length(\'\') --'
    expectStatus(200, await runSql(api, person, databaseId, start.padEnd(1024 * 1024, 'x')))
    await refusedSql(413, start.padEnd(1024 * 1024 + 1, 'x'))
    expectRefusal(413, await api('POST', `/v2/databases/${databaseId}/query/sql`, { token: person.token, text: start.padEnd(3 * 1024 * 1024, 'x') }), system.dataDir)
  })

  it('that was refused has changed nothing', async () => {
    expect(await rowsOf(api, person, databaseId, `select name from sqlite_schema where type = 'table'`)).toEqual([['t']])
  })
})

describe('PQL', () => {
  let bitmaps: string
  beforeAll(async () => {
    bitmaps = await createBitmaps(api, person, 'bitmaps', { indexes: [...teaching.indexes, { name: 'numbers', fields: [{ name: 'n', options: { type: 'int', max: 10 } }, { name: 'hobbies', options: { type: 'set', keys: true } }] }] })
  })

  /** What PQL cannot do is told also where FeatureBase's clients look for it. */
  const refusedPql = async (status: number, text: string, table = '', who = person): Promise<{ code: string; message: string }> => {
    const answer = await api('POST', `/v2/databases/${bitmaps}/query/pql${table}`, { token: who.token, text })
    const said = expectRefusal(status, answer, system.dataDir)
    if (status === 400 || status === 404) expect((JSON.parse(answer.text) as { error?: unknown }).error).toBe(said.message)
    return said
  }

  it('answers the example of the document by what was loaded, over tables whose records are numbers and over ones whose records are words', async () => {
    const example = '[cseg]Count(Intersect(Row(hobbies="Teaching"),Distinct(Row(bools=\'available_for_hire\'), field= id, index=skills)))'
    await runPql(api, person, bitmaps, '[cseg]Set(1, hobbies="Teaching") Set(2, hobbies="Teaching") Set(3, hobbies="Chess")')
    await runPql(api, person, bitmaps, '[skills]Set(7, id=1) Set(7, bools="available_for_hire") Set(8, id=2) Set(9, id=3) Set(9, bools="available_for_hire")')
    expect(await runPql(api, person, bitmaps, example)).toEqual([1])
    const [cseg, skills] = teaching.indexes
    const words = await createBitmaps(api, person, 'bitmaps of words', {
      indexes: [{ ...cseg, options: { keys: true } }, { ...skills, options: { keys: true }, fields: [{ name: 'id', options: { type: 'int', foreignIndex: 'cseg' } }, ...skills?.fields.slice(1) ?? []] }],
    })
    await runPql(api, person, words, '[cseg]Set("ann", hobbies="Teaching") Set("bob", hobbies="Teaching") Set("cy", hobbies="Chess")')
    await runPql(api, person, words, '[skills]Set("a", id="ann") Set("a", bools="available_for_hire") Set("b", id="bob") Set("c", id="cy") Set("c", bools="available_for_hire")')
    expect(await runPql(api, person, words, `${example} Intersect(Row(hobbies="Teaching"),Distinct(Row(bools='available_for_hire'), field=id, index=skills))`)).toEqual([1, { columns: [], keys: ['ann'] }])
  })

  it('about a table that there is not is 404, before the brackets or beside them', async () => {
    expect(await refusedPql(404, '[nope]Count(All())')).toMatchObject({ code: 'ResourceNotFound', message: expect.stringContaining('nope: index not found') as unknown })
    await refusedPql(404, 'Count(All())', '?table=nope')
    await refusedPql(404, '[cseg]Count(Row(id=1, index=nope))')
    await refusedPql(404, '[sqlite_master]Count(All())')
  })

  it.each([
    ['no PQL', '[cseg]Count(All()', /^parsing: /], ['a call that there is not', '[cseg]Foo()', /Foo/], ['no table', 'Count(All())', /table/], ['a field that there is not', '[cseg]Row(nope=1)', /nope: field not found/],
    ['a value that the field cannot have', '[numbers]Set(1, n=11)', /too high/], ['a word where there are none', '[cseg]Set("key", hobbies="x")', /cannot create keys/], ['two conditions', '[numbers]Row(n=1, hobbies="x")', /too many arguments/],
    ['nests past all reason', `[cseg]${'Not('.repeat(2_000)}All()${')'.repeat(2_000)}`, /./],
  ])('that is %s is 400, with the sentence also as error', async (_, text, message) => {
    expect((await refusedPql(400, text)).message).toMatch(message)
  })

  it('with more writes than a request may have is 413, and so is a text that is too long', async () => {
    expect((await refusedPql(413, `[numbers]${'Set(1, n=1)'.repeat(5_001)}`)).message).toBe('too many write commands')
    await refusedPql(413, '[numbers]Count(All())'.padEnd(1024 * 1024 + 1))
    expect(await runPql(api, person, bitmaps, '[numbers]Count(All())')).toEqual([0])
  })

  it('that names its table beside it has none in brackets, and is refused with another or the same one', async () => {
    for (const table of ['cseg', 'skills']) expect((await refusedPql(400, '[cseg]Count(All())', `?table=${table}`)).message).toMatch(/^parsing: /)
    expectStatus(200, await api('POST', `/v2/databases/${bitmaps}/query/pql?table=numbers`, { token: person.token, text: 'Count(All())' }))
  })

  it('that writes is 403 for who may only read, wherever the write stands, and reading is not', async () => {
    const reader = await joinOrg(api, recordsIn(system.dataDir), person.orgId, 'viewer')
    for (const text of ['Set(1, n=1)', 'Count(All()) Delete(All())', 'Options(Set(1, n=1), shards=[0])', 'Store(All(), more=1)']) await refusedPql(403, `[numbers]${text}`, '', reader)
    expectRefusal(403, await api('POST', `/v2/databases/${bitmaps}/schema`, { token: reader.token, json: { indexes: [] } }), system.dataDir)
    expect(await runPql(api, reader, bitmaps, '[numbers]Count(All())')).toEqual([0])
  })

  it('is not spoken by a database of SQL alone, and one of bitmaps speaks both', async () => {
    await refused(501, 'POST', `/v2/databases/${databaseId}/query/pql`, { text: '[t]Count(All())' })
    expect((await runSql(api, person, bitmaps, 'select 1')).status).toBe(200)
  })

  it('of two who write the same at once is done for both, and the change told to one of them', async () => {
    const one = (text: string): Promise<unknown> => runPql(api, person, bitmaps, `[numbers]${text}`)
    const answers = await Promise.all(Array.from({ length: 20 }, (_, at) => one(`Set(${at >> 1}, hobbies="both") Set(${at >> 1}, n=${at >> 1})`)))
    expect((answers.flat() as boolean[]).filter((isChange) => isChange).length).toBe(20)
    expect(await one('Count(Row(hobbies="both")) Sum(field=n)')).toMatchObject([10, { value: 45, count: 10 }])
  })

  it('leaves what a request wrote before the call that was refused', async () => {
    await refusedPql(400, '[numbers]Set(100, n=5) Row(nope=1) Set(101, n=5)')
    expect(await runPql(api, person, bitmaps, '[numbers]ConstRow(columns=[100, 101])')).toEqual([{ columns: [100] }])
  })

  it('makes no table of more than 1,000 fields', async () => {
    const fields = Array.from({ length: 1_001 }, (_, at) => ({ name: `f${at}`, options: { type: 'int' } }))
    expect((await refused(400, 'POST', `/v2/databases/${bitmaps}/schema`, { json: { indexes: [{ name: 'wide', fields }] } })).message).toMatch(/1000 fields/)
    await refusedPql(404, '[wide]Count(All())')
  })
})

describe('a deletion', () => {
  it('while the database is made is accepted, and a second one is a conflict, however many come', async () => {
    const id = await createDatabase(api, person, 'gone soon')
    const answers = await Promise.all(Array.from({ length: 5 }, () => api('DELETE', `/v2/databases/${id}`, { token: person.token })))
    expect(answers.filter(({ status }) => status === 202).length).toBe(1)
    for (const answer of answers.filter(({ status }) => status !== 202)) expectRefusal(409, answer, system.dataDir)
    await becomes(api, person, id, 'DELETED')
    await refused(409, 'DELETE', `/v2/databases/${id}`)
    await refused(404, 'POST', `/v2/databases/${id}/query/sql`, { text: 'select 1' })
  })
})

describe('a path', () => {
  const nowhere = async (where: string): Promise<void> => {
    for (const method of ['GET', 'POST']) expectRefusal([400, 404], await api(method, where, { token: person.token }), system.dataDir)
  }

  it.each(['/nope', '/v2', '/v2/', '/v2/nope', '/v2/databases/', '/v1/databases', '/internal/identity.key.verify', '/internal/control.target.find', '/metrics', '/.env',
    '/v2/databases/../../metrics'])('that is nothing, or nobody\'s from outside, is refused: %s', nowhere)

  it.each(['//v2/databases', '/v2//databases', '/v2/./databases', '/v2/%2e%2e/v2/databases', '/v2/databases%2f', '/v2%5cdatabases', '/v2/databases/%00', '/v2/databases/%', '/v2/databases/%zz',
    '/%2e%2e/%2e%2e/etc/passwd', '/v2/users/current/..;/databases', 'http://elsewhere.example/v2/databases', '/v2/databases#x'])('that can be read in two ways is refused: %s', nowhere)

  it('that is longer than anybody needs is refused', async () => {
    for (const where of [`/v2/databases/${'x'.repeat(9_000)}`, `/v2/databases?next=${'x'.repeat(9_000)}`]) expect(await refused(414, 'GET', where)).toMatchObject({ code: 'UrlTooLong' })
  })

  it.each([['PATCH', '/v2/databases', /GET/], ['DELETE', '/v2/databases', /POST/], ['POST', '/v2/users/current', /GET/], ['GET', '/v2/databases/ID/query/sql', /POST/], ['DELETE', '/id/signup', /POST/],
    ['PUT', '/', /GET/], ['TRACE', '/v2/databases', /GET/], ['POST', '/docs/openapi.json', /GET/]] as const)('does not know every method: %s %s', async (method, where, allowed) => {
    const answer = await api(method, where.replace('ID', databaseId), { token: person.token })
    expectRefusal(405, answer, system.dataDir)
    expect(answer.headers.allow).toMatch(allowed)
  })

  it('with a very long id is refused like one with a short id', async () => {
    await refused(404, 'GET', `/v2/databases/${'x'.repeat(500)}`)
  })
})

it('is still well after all of it, and has logged no fault of its own', async () => {
  expect(await rowsOf(api, person, databaseId, 'select 1')).toEqual([[1]])
  expectStatus(200, await api('GET', '/readyz'))
  expect(system.output()).not.toMatch(/"level":"(?:error|fatal)"/)
  await stopSystem(system)
}, 30_000)
