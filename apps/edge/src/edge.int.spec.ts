import { once } from 'node:events'
import { type IncomingMessage, type Server, type ServerResponse, createServer, request as send } from 'node:http'
import { type Socket, connect, createServer as createTcpServer } from 'node:net'
import { text } from 'node:stream/consumers'
import { openServer, usualLimits } from '@tenantry/service'
import { type Backend, createEdge } from './edge.js'
import { operations } from './operations.js'
import { createProxy } from './proxy.js'

type Listener = (request: IncomingMessage, response: ServerResponse) => void
interface Answer { readonly status: number; readonly headers: IncomingMessage['headers']; readonly body: string }

const opened: { close(): unknown }[] = []
const sockets: Socket[] = []

const open = async (listener: Listener): Promise<number> => {
  const server: Server = createServer(listener).listen(0, '127.0.0.1')
  await once(server, 'listening')
  opened.push({ close: () => { server.closeAllConnections(); server.close() } })
  const address = server.address()
  return typeof address === 'object' && address ? address.port : 0
}

const ask = async (port: number, method: string, path: string, options: { headers?: Record<string, string>; body?: string; signal?: AbortSignal } = {}): Promise<Answer> => {
  const asking = send({ host: '127.0.0.1', port, method, path, headers: options.headers, agent: false, ...(options.signal && { signal: options.signal }) })
  asking.end(options.body)
  const [answer] = await once(asking, 'response') as [IncomingMessage]
  return { status: answer.statusCode ?? 0, headers: answer.headers, body: await text(answer) }
}

const saying = (name: string, isReady = true): Backend => ({
  handle: (request, response) => { response.end(`${name} ${request.method} ${request.url} ${String(request.headers['x-forwarded-for'])}`) },
  ready: async () => ({ ok: isReady }),
})

const waiting: Listener = (request, response) => { request.resume().once('end', () => response.end('well')) }

const openEdge = (backends: Partial<Record<'identity' | 'control-plane' | 'query-gateway', Backend>> = {}): Promise<number> => {
  const edge = createEdge({
    backends: { identity: saying('identity'), 'control-plane': saying('control-plane'), 'query-gateway': saying('query-gateway'), ...backends },
    operations, document: () => ({ openapi: '3.1.0', info: { title: 'T' }, paths: {} }),
  })
  return open(edge.handle)
}

/** A backend elsewhere, served by `listener` behind a real connection. */
const elsewhere = async (listener: Listener, limits: { connectMs?: number; silenceMs?: number } = {}): Promise<Backend> => {
  const proxy = createProxy({ name: 'control-plane', urls: [`http://127.0.0.1:${await open(listener)}`], ...limits })
  opened.push(proxy)
  return proxy
}

afterEach(() => {
  for (const thing of opened.splice(0)) thing.close()
  for (const socket of sockets.splice(0)) socket.destroy()
})

describe('the edge', () => {
  it('hands each request to its owner with its path as it came', async () => {
    const port = await openEdge()
    expect((await ask(port, 'GET', '/v2/databases?limit=1')).body).toBe('control-plane GET /v2/databases?limit=1 undefined')
    expect((await ask(port, 'POST', '/databases/7/sql', { headers: { 'x-forwarded-for': '9.9.9.9' } })).body).toBe('query-gateway POST /databases/7/sql 127.0.0.1')
    expect((await ask(port, 'GET', '/.well-known/jwks.json')).body).toMatch(/^identity/)
  })

  it('lets the body of an operation that streams take longer than others, and of nothing else', async () => {
    const edge = createEdge({ backends: { identity: saying('identity'), 'control-plane': saying('control-plane'), 'query-gateway': { handle: waiting, ready: async () => ({ ok: true }) } }, operations, document: () => ({}) })
    const server = await openServer('127.0.0.1', 0, edge.handle, { limits: { ...usualLimits, REQUEST_SECONDS: 1 }, isProxy: () => true })
    opened.push({ close: () => server.drain(100) })
    const streaming = operations.filter(({ streams }) => streams)
    expect(streaming.map(({ id }) => id)).toEqual(['importTable'])
    const paths = [...streaming.map(({ path }) => path), '/v2/databases/{id}/query/sql']
    const clients = paths.map(() => connect({ port: server.port, host: '127.0.0.1' }).on('error', () => undefined))
    sockets.push(...clients)
    const said = clients.map((client) => text(client))
    clients.forEach((client, at) => client.write(`POST ${(paths[at] ?? '').replaceAll(/\{\w+\}/g, '7')} HTTP/1.1\r\nHost: x\r\nContent-Length: 8\r\nConnection: close\r\n\r\nhalf`))
    expect(await said.at(-1)).toMatch(/^HTTP\/1.1 408 /)
    for (const client of clients.slice(0, -1)) client.write('half')
    for (const one of said.slice(0, -1)) expect(await one).toMatch(/^HTTP\/1.1 200 /)
  })

  it('words its own refusals as the native API does', async () => {
    const port = await openEdge()
    const unknown = await ask(port, 'GET', '/internal/identity.key.verify')
    expect(unknown.status).toBe(404)
    expect(JSON.parse(unknown.body)).toEqual({ code: 'ResourceNotFound', message: 'There is nothing at this path; /docs lists what there is.' })
    const wrong = await ask(port, 'PATCH', '/v2/databases')
    expect([wrong.status, wrong.headers.allow]).toEqual([405, 'GET, HEAD, POST'])
    expect(JSON.parse(wrong.body)).toMatchObject({ code: 'MethodNotAllowed' })
    expect((await ask(port, 'GET', '/v2/../internal')).status).toBe(400)
    expect((await ask(port, 'GET', '/v2//databases')).status).toBe(400)
  })

  it('passes a stream on piece by piece, and ends it in peace when it leaves itself', async () => {
    let said: ServerResponse | undefined
    const backend = createProxy({ name: 'control-plane', urls: [`http://127.0.0.1:${await open((_request, response) => {
      said = response
      response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8' }).write('retry: 1000\nid: 1\n\n')
    })}`] })
    opened.push(backend)
    const asking = send({ host: '127.0.0.1', port: await openEdge({ 'control-plane': backend }), path: '/v2/events', agent: false }).end()
    const [answer] = await once(asking, 'response') as [IncomingMessage]
    const pieces: string[] = []
    answer.setEncoding('utf8').on('data', (piece: string) => pieces.push(piece))
    await once(answer, 'data')
    said?.write('id: 2\ndata: {}\n\n')
    await once(answer, 'data')
    const left = said && once(said, 'close')
    backend.drain()
    await once(answer, 'end')
    expect([answer.complete, pieces]).toEqual([true, ['retry: 1000\nid: 1\n\n', 'id: 2\ndata: {}\n\n']])
    await left
  })

  it('is ready only when every service is', async () => {
    expect((await ask(await openEdge(), 'GET', '/readyz')).status).toBe(200)
    const waiting = await ask(await openEdge({ identity: saying('identity', false) }), 'GET', '/readyz')
    expect([waiting.status, waiting.body]).toEqual([503, '{"ok":false}'])
    expect((await ask(await openEdge({ identity: saying('identity', false) }), 'GET', '/healthz')).status).toBe(200)
    const backends = { identity: saying('identity'), 'control-plane': saying('control-plane'), 'query-gateway': saying('query-gateway') }
    const edge = createEdge({ backends, alsoReady: { provisioner: saying('provisioner', false) }, operations, document: () => ({}) })
    expect(await edge.ready()).toMatchObject({ ok: false, checks: { provisioner: 'not ready', identity: 'ok' } })
  })

  it('serves the description and a page of it', async () => {
    const port = await openEdge()
    expect(JSON.parse((await ask(port, 'GET', '/docs/openapi.json')).body)).toMatchObject({ openapi: '3.1.0' })
    const page = await ask(port, 'GET', '/docs')
    expect([page.headers['content-type'], page.headers['content-security-policy']]).toEqual(['text/html; charset=utf-8', expect.stringContaining('default-src \'none\'')])
  })
})

describe('a service elsewhere', () => {
  it('gets method, path, body and headers, and answers with its own', async () => {
    const port = await openEdge({
      'control-plane': await elsewhere((request, response) => void text(request).then((body) => {
        response.writeHead(201, { 'x-own': 'yes', 'x-hop': 'no', connection: 'x-hop, keep-alive' }).end(JSON.stringify({ body, headers: request.headers, url: request.url }))
      })),
    })
    const answer = await ask(port, 'POST', '/v2/databases?x=1', {
      body: 'hello', headers: { authorization: 'Bearer x', 'x-secret-hop': '1', connection: 'x-secret-hop', 'x-request-id': 'given-1', te: 'trailers' },
    })
    const seen = JSON.parse(answer.body) as { body: string; url: string; headers: Record<string, string> }
    expect([answer.status, answer.headers['x-own'], answer.headers['x-hop'], answer.headers['x-request-id']]).toEqual([201, 'yes', undefined, 'given-1'])
    expect([seen.body, seen.url, seen.headers['authorization'], seen.headers['host']]).toEqual(['hello', '/v2/databases?x=1', 'Bearer x', `127.0.0.1:${port}`])
    expect([seen.headers['x-secret-hop'], seen.headers['te'], seen.headers['x-forwarded-for'], seen.headers['x-request-id']]).toEqual([undefined, undefined, '127.0.0.1', 'given-1'])
  })

  it.each([
    ['chunked', (inner: string) => `Transfer-Encoding: chunked\r\n\r\n${inner.length.toString(16)}\r\n${inner}\r\n0\r\n\r\n`],
    ['a length that Connection names', (inner: string) => `Connection: keep-alive, content-length\r\nContent-Length: ${inner.length}\r\n\r\n${inner}`],
  ])('takes a body under a GET for a body and never for the next request: %s', async (_what, framing) => {
    const seen: string[] = []
    const port = await openEdge({
      'control-plane': await elsewhere((request, response) => void text(request).then((body) => { seen.push(`${request.method} ${request.url} ${body.length}`); response.end('{}') })),
    })
    const inner = 'GET /internal/evil HTTP/1.1\r\nHost: inner\r\n\r\n'
    const socket = connect(port, '127.0.0.1')
    sockets.push(socket)
    socket.write(`GET /v2/databases HTTP/1.1\r\nHost: x\r\n${framing(inner)}`)
    await once(socket, 'data')
    expect((await ask(port, 'GET', '/v2/shapes')).status).toBe(200)
    expect(seen).toEqual([`GET /v2/databases ${inner.length}`, 'GET /v2/shapes 0'])
  })

  it('is given a request id when the caller has none', async () => {
    const port = await openEdge({ 'control-plane': await elsewhere((request, response) => { response.end(String(request.headers['x-request-id'])) }) })
    const answer = await ask(port, 'GET', '/v2/shapes')
    expect(answer.body).toMatch(/^[\da-f-]{36}$/)
    expect(answer.headers['x-request-id']).toBe(answer.body)
  })

  it('passes an answer on piece by piece', async () => {
    const held = Promise.withResolvers<ServerResponse>()
    const port = await openEdge({ 'control-plane': await elsewhere((_request, response) => { response.write('first'); held.resolve(response) }) })
    const asking = send({ host: '127.0.0.1', port, path: '/v2/shapes', agent: false }).end()
    const [answer] = await once(asking, 'response') as [IncomingMessage]
    const [piece] = await once(answer, 'data') as [Buffer]
    expect(piece.toString()).toBe('first')
    const other = await held.promise
    other.end('last')
    expect(await text(answer)).toBe('last')
  })

  it('is asked in each of its processes in turn, and in another one when one takes no connection', async () => {
    const named = (name: string): Promise<number> => open((_request, response) => response.end(name))
    const urls = [`http://127.0.0.1:${await named('one')}`, 'http://127.0.0.1:1', `http://127.0.0.1:${await named('other')}`]
    const several = createProxy({ name: 'control-plane', urls })
    opened.push(several)
    const port = await openEdge({ 'control-plane': several })
    const answers: string[] = []
    for (let n = 0; n < 12; n += 1) answers.push((await ask(port, 'POST', '/v2/databases', { body: 'x' })).body)
    expect(new Set(answers)).toEqual(new Set(['one', 'other']))
  })

  it('loses nothing when it ends while requests keep coming over connections that are kept', async () => {
    // As many requests as answers, and none twice: what ends has run each that it took, and nobody asks twice.
    const ran: string[] = []
    const slowly = (name: string) => (request: IncomingMessage, response: ServerResponse): void =>
      void text(request).then((body) => { ran.push(body); setTimeout(() => response.end(name), 2) })
    const ending = await openServer('127.0.0.1', 0, slowly('ending'))
    const staying = await openServer('127.0.0.1', 0, slowly('staying'))
    const both = createProxy({ name: 'control-plane', urls: [ending, staying].map(({ port }) => `http://127.0.0.1:${port}`) })
    opened.push(both, { close: () => staying.drain(0, 0) })
    const port = await openEdge({ 'control-plane': both })
    let goOn = true
    const statuses: number[] = []
    const caller = async (who: number): Promise<void> => {
      for (let n = 0; goOn; n += 1) statuses.push((await ask(port, 'POST', '/v2/databases', { body: `${who}-${n}` })).status)
    }
    const callers = Promise.all([1, 2, 3, 4].map(caller))
    while (statuses.length < 50) await new Promise((resolve) => setTimeout(resolve, 5))
    await ending.drain(10_000)
    const before = statuses.length
    while (statuses.length < before + 50) await new Promise((resolve) => setTimeout(resolve, 5))
    goOn = false
    await callers
    expect(statuses.filter((status) => status !== 200)).toEqual([])
    expect([ran.length, new Set(ran).size]).toEqual([statuses.length, statuses.length])
  })

  it('is answered for with 503 when it is away, soon', async () => {
    const gone = createProxy({ name: 'control-plane', urls: ['http://127.0.0.1:1'] })
    opened.push(gone)
    const port = await openEdge({ 'control-plane': gone })
    const answer = await ask(port, 'POST', '/v2/databases', { body: 'x' })
    expect([answer.status, answer.headers['retry-after'], JSON.parse(answer.body)]).toEqual([
      503, '1', { code: 'ServiceUnavailable', message: 'The control-plane service does not answer now; try again.' },
    ])
    expect(await gone.ready()).toEqual({ ok: false })
    // In the words of the operation, which for PQL have one more.
    const querying = await openEdge({ 'query-gateway': gone })
    const [pql, sql] = await Promise.all(['pql', 'sql'].map((language) => ask(querying, 'POST', `/v2/databases/7/query/${language}`, { body: 'x' })))
    expect(JSON.parse(pql?.body ?? '')).toMatchObject({ code: 'ServiceUnavailable', error: expect.stringContaining('does not answer') })
    expect(JSON.parse(sql?.body ?? '')).not.toHaveProperty('error')
  })

  it('never gets a request twice that it may have seen', async () => {
    let seen = 0
    const port = await openEdge({ 'control-plane': await elsewhere((request) => { seen += 1; request.socket.destroy() }) })
    expect((await ask(port, 'POST', '/v2/databases', { body: 'x' })).status).toBe(503)
    expect(seen).toBe(1)
  })

  it('is given up when it stays silent', async () => {
    const port = await openEdge({ 'control-plane': await elsewhere(() => undefined, { silenceMs: 50 }) })
    expect((await ask(port, 'GET', '/v2/shapes')).status).toBe(503)
  })

  it('learns that the caller has hung up', async () => {
    const left = Promise.withResolvers<string>()
    const leaving = new AbortController()
    const port = await openEdge({
      'control-plane': await elsewhere((request) => {
        request.socket.once('close', () => left.resolve('left'))
        leaving.abort()
      }),
    })
    await expect(ask(port, 'GET', '/v2/shapes', { signal: leaving.signal })).rejects.toThrow()
    expect(await left.promise).toBe('left')
  })

  it('that breaks off an answer breaks it off for the caller too', async () => {
    const port = await openEdge({
      'control-plane': await elsewhere((_request, response) => { response.writeHead(200, { 'content-length': '10' }); response.write('half', () => response.destroy()) }),
    })
    await expect(ask(port, 'GET', '/v2/shapes')).rejects.toThrow(/aborted/)
  })

  it('that takes connections and never speaks is given up as one that is away', async () => {
    const mute = createTcpServer((socket) => sockets.push(socket)).listen(0, '127.0.0.1')
    await once(mute, 'listening')
    opened.push(mute)
    const address = mute.address()
    const proxy = createProxy({ name: 'identity', urls: [`http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`], silenceMs: 50, readyMs: 50 })
    opened.push(proxy)
    expect((await ask(await openEdge({ identity: proxy }), 'GET', '/id')).status).toBe(503)
    expect(await proxy.ready()).toEqual({ ok: false })
  })
})

it('takes no request that hides a second one behind two lengths', async () => {
  const port = await openEdge()
  const socket = connect(port, '127.0.0.1')
  socket.end('POST /v2/databases HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n')
  expect(await text(socket)).toMatch(/^HTTP\/1\.1 400 /)
})
