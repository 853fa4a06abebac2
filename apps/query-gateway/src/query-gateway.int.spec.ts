import { once as onceEvent } from 'node:events'
import http from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { type DatabaseId, type DatabaseState, type OrgId, type Permission, Problem, type UserId, internalSubject, newId } from '@tenantry/contracts'
import type { Engine, QueryPort } from '@tenantry/engines-contract'
import { type NatsConnection, connectNats } from '@tenantry/events'
import { type RunningService, createLogger } from '@tenantry/service'
import { type TestNats, type TestSigner, testNats, testSigner, until } from '@tenantry/testing'
import { jetstream } from '@nats-io/jetstream'
import { parseQueryGatewayConfig } from './config.js'
import { gatewayTo } from './create.js'

const logger = createLogger('test', 'silent')
const issuer = 'http://tenantry.test'
const ok = { fields: Buffer.from('[]'), data: Buffer.from('[]'), rows: 0, micros: 1 }

describe('the query gateway', () => {
  let nats: TestNats
  let signer: TestSigner
  let connection: NatsConnection
  let service: RunningService
  let limited: RunningService
  let base: string
  let limitedBase: string
  const servers: http.Server[] = []
  const asked: string[] = []
  let state: DatabaseState = 'RUNNING'
  let permissions: Permission[] = ['data:read', 'data:write']
  let run: QueryPort['run'] = async () => ok

  const open = async (listener: http.RequestListener): Promise<string> => {
    const server = http.createServer(listener).listen(0, '127.0.0.1')
    await onceEvent(server, 'listening')
    servers.push(server)
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  }

  // What identity and the control plane would answer.
  const answers = (name: 'control.target.find' | 'control.rights.find' | 'identity.revocations.since', answer: (ask: Record<string, string>) => unknown) =>
    connection.subscribe(internalSubject(name), { callback: (_error, message) => {
      if (name.startsWith('control')) asked.push(name)
      message.respond(JSON.stringify(answer(message.json())))
    } })

  beforeAll(async () => {
    [nats, signer] = await Promise.all([testNats(), testSigner(issuer)])
    connection = await connectNats({ ...nats, name: 'test' }, logger)
    answers('identity.revocations.since', () => ({ answer: { seq: 0, entries: [] } }))
    answers('control.rights.find', () => ({ answer: { status: 'Active', permissions, version: 1 } }))
    answers('control.target.find', (ask) => ask['databaseId'] === unknown ? { problem: { code: 'DatabaseNotFound', message: 'There is no such database.' } }
      : { answer: { ...ask, state, engine: 'sqlite', generation: 1, version: 3, limits: { storageBytes: 1000 }, node: 'local' } })
    await connection.flush()
    const identityUrl = await open((_request, response) => { response.setHeader('content-type', 'application/json').end(JSON.stringify(signer.jwks)) })
    const variables = {
      NATS_URL: nats.url, NATS_TOKEN: nats.token, PUBLIC_URL: issuer, IDENTITY_URL: identityUrl, CONTROL_PLANE_URL: 'http://127.0.0.1:1', ENGINE_SOCKET: '/nowhere',
      INTERNAL_TOKEN: 'an-internal-token-of-tests', ANSWERS_UNREAD_BYTES: String(45 * 1024 * 1024), ANSWER_READ_SECONDS: '2',
    }
    const engine = { name: 'sqlite', sql: { run: (...ask) => run(...ask) }, pql: { run: (...ask) => run(...ask) } } as Pick<Engine, 'name' | 'sql' | 'pql'> as Engine
    const start = (more: Record<string, string>): Promise<RunningService> =>
      gatewayTo({ sqlite: engine, bitmap: engine }, parseQueryGatewayConfig({ ...variables, ...more }), logger, { ready: async () => undefined, close: async () => undefined })
    service = await start({})
    limited = await start({ QUERY_REQUESTS_PER_USER: '40' })
    base = await open((request, response) => service.handle(request, response))
    limitedBase = await open((request, response) => limited.handle(request, response))
  })

  afterAll(async () => {
    await service.close()
    await limited.close()
    await connection.close()
    for (const server of servers) { server.closeAllConnections(); server.close() }
    await nats.stop()
  })

  beforeEach(() => { asked.length = 0; state = 'RUNNING'; permissions = ['data:read', 'data:write']; run = async () => ok })

  const unknown = newId<DatabaseId>()
  const tokenOf = (orgId: OrgId, userId = newId<UserId>()): Promise<string> => signer.sign({
    sub: userId, org_id: orgId, sid: newId<string>(), epoch: 0, token_use: 'id', jti: newId<string>(), email: 'a@b.test', given_name: 'A', family_name: 'B', founder: true,
    org_name: 'Org', server_admin: false,
  })
  const ask = async (token: string, id: string, text = 'select 1', init: RequestInit = {}) => {
    const response = await fetch(`${base}/v2/databases/${id}/query/sql`, { method: 'POST', headers: { authorization: `Bearer ${token}`, 'content-type': 'text/plain' }, body: text, ...init })
    return { status: response.status, json: await response.json() as Record<string, unknown>, retryAfter: response.headers.get('retry-after') }
  }

  const statement = (at: string, token: string, id: string, way = ''): Promise<Response> =>
    fetch(`${at}/v2/databases/${id}/query/sql${way}`, { method: 'POST', headers: { authorization: `Bearer ${token}`, 'content-type': 'text/plain' }, body: 'select 1' })

  it('asks for rights and target, and then for nothing more', async () => {
    const [token, id] = [await tokenOf(newId<OrgId>()), newId<DatabaseId>()]
    expect((await ask(token, id)).status).toBe(200)
    expect([...new Set(asked)].sort()).toEqual(['control.rights.find', 'control.target.find'])
    // Whenever the news of one more stream begins to be heard, what was learned before is doubted once.
    await until('twenty statements ask nobody', async () => {
      asked.length = 0
      for (let i = 0; i < 20; i++) expect((await ask(token, id)).status).toBe(200)
      return asked.length === 0
    })
  })

  it('says nothing of rates to a caller on this machine for whom none was set', async () => {
    const [token, id] = [await tokenOf(newId<OrgId>()), newId<DatabaseId>()]
    for (let round = 0; round < 3; round++) expect((await statement(base, token, id)).headers.get('ratelimit')).toBeNull()
  })

  it('lets a user send as many statements as was set, by whichever way, and says on each answer what is left', async () => {
    const [token, other, id] = [await tokenOf(newId<OrgId>()), await tokenOf(newId<OrgId>()), newId<DatabaseId>()]
    const began = performance.now()
    const [cold, warm] = [await statement(limitedBase, token, id), await statement(limitedBase, token, id)]
    expect(cold.headers.get('ratelimit')).toBe('"user";r=39;t=1')
    for (const { headers } of [cold, warm]) expect(headers.get('ratelimit-policy')).toBe('"user";q=40;w=10')
    expect(warm.headers.get('ratelimit')).toMatch(/^"user";r=3[89];t=1$/)
    const rest = await Promise.all(Array.from({ length: 78 }, (_, at) => statement(limitedBase, token, id, at % 2 === 0 ? '' : '?plan=false')))
    const letIn = rest.filter(({ status }) => status === 200).length
    expect(letIn).toBeGreaterThanOrEqual(38)
    expect(letIn).toBeLessThanOrEqual(38 + Math.ceil((performance.now() - began) / 250))
    for (const { status, headers } of rest.filter((answer) => answer.status !== 200)) {
      expect([status, headers.get('retry-after'), headers.get('ratelimit')]).toEqual([429, '1', '"user";r=0;t=10'])
    }
    for (const way of ['', '?plan=false']) {
      const refused = await until('one is too many', async () => (await Promise.all(Array.from({ length: 50 }, () => statement(limitedBase, token, id, way)))).find(({ status }) => status === 429))
      expect([way, await refused.json()]).toEqual([way, { code: 'TooManyRequests', message: expect.stringContaining('40 are let in within 10 seconds') }])
    }
    expect((await statement(limitedBase, other, id)).status).toBe(200)
  })

  const tellOfMove = (orgId: OrgId, databaseId: DatabaseId) => until('the event is in the stream', () => jetstream(connection).publish('control.database.moved', JSON.stringify({
    id: newId<string>(), at: new Date().toISOString(), databaseId, orgId, generation: 1, version: 4, state,
  })))

  it('asks again once an event says that the database moved', async () => {
    const orgId = newId<OrgId>()
    const [token, id] = [await tokenOf(orgId), newId<DatabaseId>()]
    await ask(token, id)
    state = 'RESTORING'
    await tellOfMove(orgId, id)
    await until('the query is refused', async () => (await ask(token, id)).status === 409)
    expect(await ask(token, id)).toMatchObject({ status: 409, retryAfter: '1', json: { code: 'IncorrectState' } })
    // Who is stopped does not come back by being asked again.
    state = 'STOPPED'
    expect(await ask(token, id)).toMatchObject({ status: 409, retryAfter: null, json: { code: 'IncorrectState' } })
  })

  it('reads a statement that comes in pieces, and looks for its database by the last of them', async () => {
    const [orgId, id] = [newId<OrgId>(), newId<DatabaseId>()]
    const token = await tokenOf(orgId)
    await ask(token, id)
    const texts: string[] = []
    run = async (_target, { text }) => { texts.push(text); return ok }
    const body = Buffer.from('select \'ü\', 1')
    const sending = async () => {
      const socket = connect(Number(new URL(base).port), '127.0.0.1')
      const said = onceEvent(socket, 'data').finally(() => socket.destroy())
      socket.write(`POST /v2/databases/${id}/query/sql HTTP/1.1\r\nHost: x\r\nContent-Type: text/plain\r\nAuthorization: Bearer ${token}\r\nContent-Length: ${body.length}\r\n\r\n`)
      // In the middle of a character.
      socket.write(body.subarray(0, 9))
      // Who asks on another connection and is answered has been heard after it.
      for (let round = 0; round < 3; round++) await ask(token, id, 'between')
      return { rest: async () => { socket.write(body.subarray(9)); return String((await said)[0]) } }
    }
    expect(await (await sending()).rest()).toMatch(/^HTTP\/1.1 200 /)
    expect(texts.filter((text) => text !== 'between')).toEqual(['select \'ü\', 1'])
    const late = await sending()
    state = 'RESTORING'
    await tellOfMove(orgId, id)
    await until('the move was heard of', async () => (await ask(token, id, 'between')).status === 409)
    expect(await late.rest()).toMatch(/^HTTP\/1.1 409 /)
    expect(texts.filter((text) => text !== 'between').length).toBe(1)
  })

  it('sees a database become RUNNING without an event: what cannot answer is never remembered', async () => {
    const [token, id] = [await tokenOf(newId<OrgId>()), newId<DatabaseId>()]
    state = 'CREATING'
    expect((await ask(token, id)).status).toBe(409)
    state = 'RUNNING'
    expect((await ask(token, id)).status).toBe(200)
  })

  it('lets the engine know that one who may only read may only read', async () => {
    const access: string[] = []
    run = async (_target, { access: given }) => { access.push(given); return ok }
    await ask(await tokenOf(newId<OrgId>()), newId<DatabaseId>())
    permissions = ['data:read']
    await ask(await tokenOf(newId<OrgId>()), newId<DatabaseId>())
    expect(access).toEqual(['write', 'read'])
    permissions = ['org:read']
    expect(await ask(await tokenOf(newId<OrgId>()), newId<DatabaseId>())).toMatchObject({ status: 403, json: { code: 'Forbidden' } })
  })

  it('answers 404 for what is not there and for what is no id', async () => {
    const token = await tokenOf(newId<OrgId>())
    const [missing, nonsense] = [await ask(token, unknown), await ask(token, 'nonsense')]
    expect(missing).toMatchObject({ status: 404, json: { code: 'ResourceNotFound' } })
    expect(nonsense).toEqual(missing)
  })

  it('gives each refusal of the engine its status and words', async () => {
    const token = await tokenOf(newId<OrgId>())
    const id = newId<DatabaseId>()
    const cases = [
      ['EngineRejectedQuery', 400, 'Bad Request'], ['QueryTimeout', 408, 'QueryTimeout'], ['AnswerTooLarge', 422, 'AnswerTooLarge'],
      ['TooManyQueries', 429, 'TooManyRequests'], ['StorageFull', 503, 'StorageFull'], ['EngineUnavailable', 503, 'ServiceUnavailable'],
    ] as const
    for (const [code, status, wire] of cases) {
      run = async () => { throw new Problem(code, 'the reason') }
      expect(await ask(token, id)).toMatchObject({ status, json: { code: wire, message: 'the reason' } })
    }
    run = async () => { throw new Error('a fault with /a/path in it') }
    const fault = await ask(token, id)
    expect(fault).toMatchObject({ status: 500, json: { code: 'InternalError' } })
    expect(JSON.stringify(fault)).not.toContain('/a/path')
  })

  it('asks the owner of the record again when the engine does not have the database', async () => {
    const [token, id] = [await tokenOf(newId<OrgId>()), newId<DatabaseId>()]
    await ask(token, id)
    run = async () => { throw new Problem('DatabaseNotFound', 'not here') }
    expect(await ask(token, id)).toMatchObject({ status: 503 })
    state = 'DELETING'
    expect(await ask(token, id)).toMatchObject({ status: 409 })
  })

  it('answers a warm caller on the short way exactly as on the long one', async () => {
    const [token, id] = [await tokenOf(newId<OrgId>()), newId<DatabaseId>()]
    const send = async (query: string, text: string, type = 'text/plain') => {
      const response = await fetch(`${base}/v2/databases/${id}/query/sql${query}`, {
        method: 'POST', headers: { authorization: `Bearer ${token}`, 'content-type': type, 'x-request-id': 'the-same' }, body: text,
      })
      const headers = Object.fromEntries([...response.headers].filter(([name]) => name !== 'date'))
      return { status: response.status, headers, body: await response.text() }
    }
    await ask(token, id)
    const cases: [string, QueryPort['run']][] = [
      ['select 1', async () => ({ fields: Buffer.from('[{"name":"é","type":"int"}]'), data: Buffer.from('[["ü"]]'), rows: 1, micros: 7 })],
      ['delete from t', async () => ({ ...ok, rows: 3 })],
      [' ', async () => ok],
      ['select', async () => { throw new Problem('EngineRejectedQuery', 'incomplete input') }],
      ['select 2', async () => { throw new Problem('QueryTimeout', 'too long') }],
      ['select 3', async () => { throw new Problem('TooManyQueries', 'too many') }],
      ['select 4', async () => { throw new Problem('EngineUnavailable', 'away', { retryAfterSeconds: 3 }) }],
      ['select 6', async () => { throw new Problem('AnswerTooLarge', 'too large') }],
      ['select 7', async () => { throw new Problem('StorageFull', 'full') }],
      ['select 8', async () => { throw new Problem('TooManyQueriesOfOrg', 'too many of yours') }],
      ['select 5', async () => { throw new Error('a fault') }],
    ]
    for (const [text, answer] of cases) {
      run = answer
      expect(await send('', text)).toEqual(await send('?plan=false', text))
    }
    const seen: unknown[] = []
    run = async (_target, { text, params, plan }) => { seen.push([text, params, plan]); return ok }
    for (const body of ['{"sql":"select ?","params":[9223372036854775807,"x"]}', ' {"sql":"select 1"}', 'select 1', ' ', '{"sql":" "}', '{"sql":', '{"a":1}', '{"sql":"select ?","params":[[]]}', `{"sql":${'['.repeat(99)}`,
      `{"sql":"select ?","params":[${'1,'.repeat(10_001)}1]}`]) {
      for (const type of ['application/json', 'Application/JSON; charset=utf-8', 'application/json5', 'text/plain']) {
        seen.length = 0
        // The framework ends a connection whose body it refuses while it reads it.
        const [short, long] = (await Promise.all([send('', body, type), send('?plan=false', body, type)])).map(({ headers: { connection: _, 'keep-alive': __, ...headers }, ...answer }) => ({ headers, ...answer }))
        expect([body, type, short]).toEqual([body, type, long])
        expect(seen[0]).toEqual(seen[1])
      }
    }
  })

  const shaped = async (token: string, path: string, type: string, body: string) => {
    const response = await fetch(`${base}${path}`, { method: 'POST', headers: { authorization: token, 'content-type': type }, body })
    return { status: response.status, json: await response.json() as Record<string, unknown> }
  }

  it('hands a statement as JSON to the engine with its values, every digit of them, by each of its paths', async () => {
    const [token, id] = [await tokenOf(newId<OrgId>()), newId<DatabaseId>()]
    const seen: unknown[] = []
    run = async (_target, { text, params, plan }) => { seen.push([text, params, plan]); return ok }
    const body = '{"sql":"select ?, ?","params":[9223372036854775807,"{"]}'
    for (const path of [`/v2/databases/${id}/query/sql`, `/v2/databases/${id}/sql`, `/databases/${id}/query/sql`, `/databases/${id}/sql`]) {
      expect((await shaped(`Bearer ${token}`, `${path}?plan=T`, 'application/json; charset=utf-8', body)).status).toBe(200)
    }
    expect(seen).toEqual(Array(4).fill(['select ?, ?', [9223372036854775807n, '{'], true]))
  })

  it('runs SQL that was called JSON as SQL, for a caller it knows or a new one', async () => {
    const [token, id] = [await tokenOf(newId<OrgId>()), newId<DatabaseId>()]
    const seen: unknown[] = []
    run = async (_target, { text, params }) => { seen.push([text, params]); return ok }
    for (let time = 0; time < 2; time++) expect((await shaped(token, `/v2/databases/${id}/query/sql`, 'application/json', 'select \'{"sql":1}\'')).status).toBe(200)
    expect(seen).toEqual(Array(2).fill(['select \'{"sql":1}\'', undefined]))
  })

  it('hands several statements in one text to the engine as they are', async () => {
    const [token, id] = [await tokenOf(newId<OrgId>()), newId<DatabaseId>()]
    const seen: string[] = []
    run = async (_target, { text }) => { seen.push(text); return ok }
    const several = 'create table a (_id id, n int); insert into a values (1, 2);'
    for (let time = 0; time < 2; time++) expect((await ask(token, id, several)).status).toBe(200)
    expect((await shaped(`Bearer ${token}`, `/v2/databases/${id}/query/sql`, 'application/json', JSON.stringify({ sql: several }))).status).toBe(200)
    expect(seen).toEqual(Array(3).fill(several))
  })

  it('refuses a statement as JSON that is none, one that is empty, and one that nests without end', async () => {
    const [token, id] = [await tokenOf(newId<OrgId>()), newId<DatabaseId>()]
    const refused = async (body: string) => {
      const { status, json } = await shaped(`Bearer ${token}`, `/v2/databases/${id}/query/sql`, 'application/json', body)
      return [status, json['code']]
    }
    expect(await refused('{"sql":')).toEqual([400, 'InvalidBody'])
    expect(await refused('{}')).toEqual([400, 'MissingParameter'])
    expect(await refused('{"sql":" "}')).toEqual([400, 'Bad Request'])
    expect(await refused('{"sql":"select ?","params":[[1]]}')).toEqual([400, 'InvalidParameter'])
    expect(await refused(`{"sql":"select ?","params":${'['.repeat(200_000)}`)).toEqual([400, 'InvalidBody'])
    expect(await refused('')).toEqual([400, 'Bad Request'])
  })

  it('tells warnings and the plan where there are any, and says neither word where there are none', async () => {
    const [token, id] = [await tokenOf(newId<OrgId>()), newId<DatabaseId>()]
    run = async (_target, { plan }) => ({ ...ok, warnings: Buffer.from('["🐉 here"]'), ...(plan === true && { plan: Buffer.from('{"_op":"scan"}') }) })
    expect((await ask(token, id)).json).toMatchObject({ warnings: ['🐉 here'] })
    const warm = await ask(token, id)
    expect(warm.json).toMatchObject({ warnings: ['🐉 here'] })
    expect(warm.json).not.toHaveProperty('query-plan')
    expect((await shaped(`Bearer ${token}`, `/v2/databases/${id}/query/sql?plan=true`, 'text/plain', 'select 1')).json).toMatchObject({ warnings: ['🐉 here'], 'query-plan': { _op: 'scan' } })
    run = async () => ok
    expect((await ask(token, id)).json).not.toHaveProperty('warnings')
  })

  it('says in each refusal of PQL what it is for in the member error too, by either way', async () => {
    const [token, reader, id, path] = [await tokenOf(newId<OrgId>()), await tokenOf(newId<OrgId>()), newId<DatabaseId>(), '/v2/databases/ID/query/pql']
    const refused = async (problem: Problem | undefined, body = '[t]Count(All())', who = token, database: string = id) => {
      run = async () => { if (problem) throw problem; return ok }
      const answers = await Promise.all(['', '?table=t'].map((query) => shaped(`Bearer ${who}`, path.replace('ID', database) + query, 'text/plain', body)))
      for (const { status, json } of answers) expect([status, json]).toEqual([status, { code: expect.any(String), message: expect.any(String), error: json['message'] }])
      return [...new Set(answers.map(({ status }) => status))]
    }
    expect((await shaped(`Bearer ${token}`, path.replace('ID', id), 'text/plain', 'All()')).status).toBe(200)
    const cases = [
      ['EngineRejectedQuery', 400], ['Forbidden', 403], ['TableNotFound', 404], ['RequestTooLarge', 413], ['QueryTimeout', 408], ['AnswerTooLarge', 422], ['TooManyQueries', 429],
      ['TooManyQueriesOfOrg', 429], ['EngineUnavailable', 503], ['StorageFull', 503], ['LanguageNotSupported', 501],
    ] as const
    for (const [code, status] of cases) expect([code, await refused(new Problem(code, 'the reason'))]).toEqual([code, [status]])
    expect([await refused(undefined, 'x'.repeat(1024 * 1024 + 1)), await refused(undefined, 'x'.repeat(3 * 1024 * 1024))]).toEqual([[413], [413]])
    expect([await refused(undefined, 'x', 'none'), await refused(undefined, 'x', token, unknown), await refused(undefined, 'x', token, 'nonsense')]).toEqual([[401], [404], [404]])
    permissions = ['org:read']
    expect(await refused(undefined, 'x', reader)).toEqual([403])
  })

  it('refuses a word for the plan that is none in the words of FeatureBase', async () => {
    const [token, id] = [await tokenOf(newId<OrgId>()), newId<DatabaseId>()]
    const message = 'strconv.ParseBool: parsing "maybe": invalid syntax'
    expect(await shaped(`Bearer ${token}`, `/v2/databases/${id}/query/sql?plan=maybe`, 'text/plain', 'select 1')).toEqual({ status: 400, json: { code: 'Bad Request', message, error: message } })
  })

  it('takes no key to repeat a statement by, from a caller it knows or a new one', async () => {
    const [token, id] = [await tokenOf(newId<OrgId>()), newId<DatabaseId>()]
    const keyed = { headers: { authorization: `Bearer ${token}`, 'content-type': 'text/plain', 'idempotency-key': 'one' } }
    const cold = await ask(token, id, 'select 1', keyed)
    expect((await ask(token, id)).status).toBe(200)
    const warm = await ask(token, id, 'select 1', keyed)
    expect([cold, warm]).toMatchObject(Array(2).fill({ status: 400, json: { code: 'InvalidParameter' } }))
  })

  it('refuses empty text, and text past a megabyte', async () => {
    const [token, id] = [await tokenOf(newId<OrgId>()), newId<DatabaseId>()]
    expect((await ask(token, id, '  \n ')).status).toBe(400)
    expect((await ask(token, id, ' '.repeat(1024 * 1024 + 1))).status).toBe(413)
  })

  it('holds no more unread answers than it may, and cuts off who never reads', async () => {
    const [token, id, other] = [await tokenOf(newId<OrgId>()), newId<DatabaseId>(), newId<DatabaseId>()]
    await Promise.all([ask(token, id), ask(token, other)])
    const large = { ...ok, data: Buffer.from(`["${'x'.repeat(10 * 1024 * 1024 - 10)}"]`) }
    let begun = 0
    run = async () => { begun += 1; return large }
    const port = Number(new URL(base).port)
    for (const database of [id, id, other, other]) {
      const socket = connect(port, '127.0.0.1').pause()
      socket.on('error', () => undefined)
      socket.write(`POST /v2/databases/${database}/query/sql HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${token}\r\nContent-Type: text/plain\r\nContent-Length: 8\r\n\r\nselect 1`)
    }
    await until('all four are answered', async () => begun === 4)
    await until('there is no room for a fifth', async () => (await ask(token, id)).status === 429)
    run = async () => ok
    expect((await ask(token, id)).status).toBe(200)
    run = async () => large
    await until('there is room again', async () => (await ask(token, id)).status === 200)
  })

  it('tells the engine when the client has gone', async () => {
    const [token, id] = [await tokenOf(newId<OrgId>()), newId<DatabaseId>()]
    const began = Promise.withResolvers<void>()
    const aborted = Promise.withResolvers<void>()
    run = async (_target, _ask, gone) => {
      began.resolve()
      await until('the engine sees it', async () => gone.aborted)
      aborted.resolve()
      throw new Problem('QueryCancelled', 'gone')
    }
    const leaving = new AbortController()
    const request = ask(token, id, 'select 1', { signal: leaving.signal }).catch(() => undefined)
    await began.promise
    leaving.abort()
    await aborted.promise
    await request
  })

  it('ends the statement of a user who is ended, on the short way and on the long one, and of nobody else', async () => {
    const [userId, orgId, id] = [newId<UserId>(), newId<OrgId>(), newId<DatabaseId>()]
    const [token, other] = [await tokenOf(orgId, userId), await tokenOf(orgId)]
    await Promise.all([ask(token, id), ask(other, id)])
    const begun: string[] = []
    const free = Promise.withResolvers<void>()
    run = async (_target, { text }, gone) => {
      begun.push(text)
      if (text === 'other') await free.promise
      else await until('the engine sees it', async () => gone.aborted)
      if (gone.aborted) throw new Problem('QueryCancelled', 'gone')
      return ok
    }
    const long = fetch(`${base}/v2/databases/${id}/query/sql?plan=false`, { method: 'POST', headers: { authorization: `Bearer ${token}`, 'content-type': 'text/plain' }, body: 'long' })
    const [short, others] = [ask(token, id, 'short'), ask(other, id, 'other')]
    await until('all have begun', async () => begun.length === 3)
    await until('the stream of identity is there', () => jetstream(connection).publish('identity.user.epoch-raised', JSON.stringify({ id: newId<string>(), at: new Date().toISOString(), userId, epoch: 1 })))
    expect([(await long).status, (await short).status, (await short).json['code']]).toEqual([401, 401, 'Unauthorized'])
    free.resolve()
    expect((await others).status).toBe(200)
  })

  it('goes on answering those it knows when everything else is away', async () => {
    const [token, id] = [await tokenOf(newId<OrgId>()), newId<DatabaseId>()]
    expect((await ask(token, id)).status).toBe(200)
    await nats.stop()
    for (let i = 0; i < 20; i++) expect((await ask(token, id)).status).toBe(200)
    expect((await ask(token, newId<DatabaseId>())).status).toBe(503)
  }, 30_000)
})
