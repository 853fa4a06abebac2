import { once } from 'node:events'
import { type IncomingHttpHeaders, type IncomingMessage, createServer, request as send } from 'node:http'
import { text } from 'node:stream/consumers'
import { type Origins, parseOrigins } from './cors.js'
import { type Backend, createEdge } from './edge.js'
import { operations } from './operations.js'

const closing: (() => void)[] = []
afterEach(() => { for (const close of closing.splice(0)) close() })

interface Answer { readonly status: number; readonly headers: IncomingHttpHeaders; readonly body: string }
type Ask = (method: string, path: string, headers?: Readonly<Record<string, string>>) => Promise<Answer>

const app = 'https://app.example.com'

const edgeFor = async (origins: string, publicUrl = 'https://db.example.com'): Promise<Ask> => {
  const saying: Backend = { handle: (_request, response) => { response.writeHead(200, { 'cache-control': 'no-store', 'content-length': 2 }).end('{}') }, ready: async () => ({ ok: true }) }
  const corsOrigins = parseOrigins(origins) as Origins
  const edge = createEdge({ backends: { identity: saying, 'control-plane': saying, 'query-gateway': saying }, operations, document: () => ({}), corsOrigins, publicUrl })
  const server = createServer(edge.handle).listen(0, '127.0.0.1')
  await once(server, 'listening')
  closing.push(() => { server.closeAllConnections(); server.close() })
  const address = server.address()
  const port = typeof address === 'object' && address ? address.port : 0
  return async (method, path, headers = {}) => {
    const asking = send({ host: '127.0.0.1', port, method, path, headers, agent: false }).end()
    const [answer] = await once(asking, 'response') as [IncomingMessage]
    return { status: answer.statusCode ?? 0, headers: answer.headers, body: await text(answer) }
  }
}

const preflight = (method: string, origin = app): Record<string, string> =>
  ({ origin, 'access-control-request-method': method, 'access-control-request-headers': 'authorization,content-type' })

const corsIn = ({ headers }: Answer): readonly string[] => Object.keys(headers).filter((name) => name.startsWith('access-control-'))

it.each(operations.map(({ method, path }) => [method, path] as const))('answers the preflight of %s %s with the methods that are there', async (method, path) => {
  const ask = await edgeFor(app)
  const answer = await ask('OPTIONS', path.replaceAll(/\{\w+\}/g, '7c5b3f0a-0000-4000-8000-000000000000'), preflight(method))
  expect([answer.status, answer.body]).toEqual([204, ''])
  expect(answer.headers).toMatchObject({
    'access-control-allow-origin': app, 'access-control-max-age': '7200', 'x-content-type-options': 'nosniff', 'x-request-id': expect.any(String),
    'access-control-allow-headers': expect.stringMatching(/authorization.*content-type.*x-api-key.*idempotency-key.*x-request-id/),
    vary: 'Origin, Access-Control-Request-Method, Access-Control-Request-Headers',
  })
  const methods = answer.headers['access-control-allow-methods']?.split(', ') ?? []
  const known = operations.filter((operation) => operation.path === path).map((operation) => operation.method as string)
  expect(methods.filter((one) => one !== 'HEAD').sort()).toEqual([...new Set(known)].sort())
  expect(answer.headers['access-control-allow-credentials']).toBeUndefined()
})

it.each(['https://evil.example', 'null', 'https://app.example.com.evil.example', 'http://app.example.com', 'https://app.example.com:444', 'https://APP.example.com/', 'app.example.com'])(
  'lets no page of %s in', async (origin) => {
    const ask = await edgeFor(app)
    const before = await ask('OPTIONS', '/v2/databases', preflight('POST', origin))
    expect([before.status, corsIn(before)]).toEqual([403, []])
    const reading = await ask('GET', '/v2/databases', { origin })
    expect([reading.status, corsIn(reading), reading.headers.vary]).toEqual([200, [], 'Origin'])
    const acting = await ask('POST', '/v2/databases', { origin })
    expect([acting.status, corsIn(acting)]).toEqual([403, []])
    expect(acting.body).not.toContain(origin)
  })

it('tells a page that is let in what it may read, also of a refusal', async () => {
  const ask = await edgeFor(`${app}, http://localhost:5173`)
  for (const [method, path, status] of [['POST', '/v2/databases', 200], ['GET', '/nowhere', 404], ['PATCH', '/v2/databases', 405], ['GET', '/v2//x', 400], ['GET', '/docs/openapi.json', 200]] as const) {
    const answer = await ask(method, path, { origin: app })
    expect([answer.status, answer.headers['access-control-allow-origin'], answer.headers.vary]).toEqual([status, app, 'Origin'])
    expect(answer.headers['access-control-expose-headers']).toMatch(/x-request-id.*retry-after.*location/)
  }
  expect((await ask('GET', '/v2/databases', { origin: 'http://localhost:5173' })).headers['access-control-allow-origin']).toBe('http://localhost:5173')
})

it('lets its own pages act, which need no permission', async () => {
  const ask = await edgeFor('')
  for (const [origin, host] of [['https://db.example.com', 'localhost'], ['http://localhost:8080', 'localhost:8080']] as const) {
    const answer = await ask('POST', '/v2/databases', { origin, host })
    expect([answer.status, corsIn(answer), answer.headers.vary]).toEqual([200, [], undefined])
  }
})

it('lets any page in but one without an origin when it is told to, and then names none', async () => {
  const ask = await edgeFor('*')
  for (const origin of [app, 'https://other.example']) {
    expect((await ask('OPTIONS', '/v2/databases', preflight('POST', origin))).headers['access-control-allow-origin']).toBe('*')
    expect((await ask('POST', '/v2/databases', { origin })).headers['access-control-allow-origin']).toBe('*')
  }
  expect((await ask('POST', '/v2/databases', { origin: 'null' })).status).toBe(403)
})

it('knows no preflight for what is not there', async () => {
  const ask = await edgeFor(app)
  expect((await ask('OPTIONS', '/nowhere', preflight('GET'))).status).toBe(404)
  expect((await ask('OPTIONS', '/v2/nowhere', preflight('GET'))).status).toBe(404)
  expect((await ask('OPTIONS', '/v2/databases')).status).toBe(405)
})

it('takes no request for a name that is not its own, except to say that it lives', async () => {
  const ask = await edgeFor('')
  const refused = await ask('GET', '/v2/databases', { host: 'rebound.example' })
  expect([refused.status, refused.body.includes('ALLOWED_HOSTS'), refused.body.includes('rebound')]).toEqual([400, true, false])
  expect((await ask('GET', '/healthz', { host: 'rebound.example' })).status).toBe(200)
  expect((await ask('GET', '/v2/databases', { host: 'db.example.com' })).status).toBe(200)
})
