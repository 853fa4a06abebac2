import type { IncomingMessage, ServerResponse } from 'node:http'
import { type Socket, connect } from 'node:net'
import { text } from 'node:stream/consumers'
import { type OpenServer, openServer } from '@tenantry/service'
import { type Backend, createEdge } from './edge.js'
import { operations } from './operations.js'
import { createProxy } from './proxy.js'

const inner = 'GET /v2/shapes?smuggled=1 HTTP/1.1\r\nHost: inner\r\n\r\n'
const chunk = (body: string): string => `${body.length.toString(16)}\r\n${body}\r\n0\r\n\r\n`
const post = (headers: string, body: string): string => `POST /v2/databases HTTP/1.1\r\nHost: x\r\n${headers}\r\n\r\n${body}`

/** What two readers could take for another number of requests, by what stands in it. All of it must be refused, or read as one. */
const corpus: readonly (readonly [string, string])[] = [
  ['a length and chunks', post(`Content-Length: ${chunk('').length}\r\nTransfer-Encoding: chunked`, chunk('') + inner)],
  ['chunks and a length', post('Transfer-Encoding: chunked\r\nContent-Length: 6', `0\r\n\r\n${inner}`)],
  ['two lengths that differ', post(`Content-Length: 0\r\nContent-Length: ${inner.length}`, inner)],
  ['two lengths that agree', post('Content-Length: 3\r\nContent-Length: 3', `abc${inner}`)],
  ['a list of lengths', post('Content-Length: 0, 5', inner)],
  ['a negative length', post('Content-Length: -1', inner)],
  ['a length with a sign', post('Content-Length: +0', inner)],
  ['a length in another base', post('Content-Length: 0x0', inner)],
  ['a length past all numbers', post(`Content-Length: ${'9'.repeat(40)}`, inner)],
  ['a length with a space inside', post('Content-Length: 0 0', inner)],
  ['an empty length', post('Content-Length: ', inner)],
  ['a length behind a space before its colon', post('Content-Length : 0', inner)],
  ['an encoding behind a space before its colon', post('Transfer-Encoding : chunked', `0\r\n\r\n${inner}`)],
  ['an encoding behind a tab before its colon', post('Transfer-Encoding\t: chunked\r\nContent-Length: 5', `0\r\n\r\n${inner}`)],
  ['an encoding that nobody knows', post('Transfer-Encoding: xchunked', `0\r\n\r\n${inner}`)],
  ['an encoding that is named twice', post('Transfer-Encoding: chunked\r\nTransfer-Encoding: identity', `0\r\n\r\n${inner}`)],
  ['chunks that are not the last encoding', post('Transfer-Encoding: chunked, gzip', `0\r\n\r\n${inner}`)],
  ['an encoding with a vertical tab', post('Transfer-Encoding: \u000bchunked', `0\r\n\r\n${inner}`)],
  ['an encoding in quotes', post('Transfer-Encoding: "chunked"', `0\r\n\r\n${inner}`)],
  ['a header folded over two lines', post('Transfer-Encoding:\r\n chunked\r\nContent-Length: 5', `0\r\n\r\n${inner}`)],
  ['a folded length', post('Content-Length:\r\n 0', inner)],
  ['a first header that begins with a space', `POST /v2/databases HTTP/1.1\r\n Transfer-Encoding: chunked\r\nHost: x\r\nContent-Length: 0\r\n\r\n${inner}`],
  ['a chunk whose size is no number', post('Transfer-Encoding: chunked', `zz\r\nabc\r\n0\r\n\r\n${inner}`)],
  ['a chunk whose size has a sign', post('Transfer-Encoding: chunked', `+3\r\nabc\r\n0\r\n\r\n${inner}`)],
  ['a chunk whose size has a prefix', post('Transfer-Encoding: chunked', `0x3\r\nabc\r\n0\r\n\r\n${inner}`)],
  ['a chunk whose size overflows', post('Transfer-Encoding: chunked', `1${'0'.repeat(16)}3\r\nabc\r\n0\r\n\r\n${inner}`)],
  ['a chunk that is longer than it says', post('Transfer-Encoding: chunked', `2\r\nabc\r\n0\r\n\r\n${inner}`)],
  ['a chunk that ends in a bare line feed', post('Transfer-Encoding: chunked', `3\nabc\n0\n\n${inner}`)],
  ['a chunk extension that ends in a bare line feed', post('Transfer-Encoding: chunked', `3;a\nabc\r\n0\r\n\r\n${inner}`)],
  ['a chunk extension with a return', post('Transfer-Encoding: chunked', `3;a\rb\r\nabc\r\n0\r\n\r\n${inner}`)],
  ['a header that ends in a bare return', post('X: a\rTransfer-Encoding: chunked\r\nContent-Length: 5', `0\r\n\r\n${inner}`)],
  ['headers that end in bare line feeds', `POST /v2/databases HTTP/1.1\nHost: x\nContent-Length: 0\n\n${inner}`],
  ['one bare line feed', `POST /v2/databases HTTP/1.1\r\nHost: x\nTransfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n${inner}`],
  ['NUL in a header', post('X: a\u0000b\r\nContent-Length: 0', inner)],
  ['NUL in a name', post('Content-Length\u0000: 3\r\nContent-Length: 0', `abc${inner}`)],
  ['a name with a letter of another alphabet', post('Content-Length\u00a0: 3\r\nContent-Length: 0', inner)],
  ['a header without a name', post(': chunked\r\nContent-Length: 0', inner)],
  ['a header without a colon', post('Transfer-Encoding chunked\r\nContent-Length: 0', inner)],
  ['a whole URL as its path', `POST http://other/v2/databases HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n${inner}`],
  ['an underscore for a hyphen', post(`Content_Length: 0\r\nContent-Length: ${inner.length}`, inner)],
  ['a length that Connection takes away', post(`Connection: keep-alive, content-length\r\nContent-Length: ${inner.length}`, inner)],
  ['an encoding that Connection takes away', post('Connection: transfer-encoding\r\nTransfer-Encoding: chunked', chunk(inner))],
  ['a body under GET', `GET /v2/databases HTTP/1.1\r\nHost: x\r\nContent-Length: ${inner.length}\r\n\r\n${inner}`],
  ['chunks under HTTP/1.0', `POST /v2/databases HTTP/1.0\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n${chunk(inner)}`],
  ['a version that nobody speaks', `POST /v2/databases HTTP/1.9\r\nHost: x\r\nContent-Length: 0\r\n\r\n${inner}`],
  ['a line break in its path', `POST /v2/databases\r\n HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n${inner}`],
  ['two spaces in its first line', `POST  /v2/databases HTTP/1.1\r\nHost: x\r\nContent-Length: ${inner.length}\r\n\r\n${inner}`],
  ['a trailer that is a length', post('Transfer-Encoding: chunked', `3\r\nabc\r\n0\r\nContent-Length: ${inner.length}\r\n\r\n`)],
  ['an upgrade to HTTP/2', post(`Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAAP__\r\nContent-Length: ${inner.length}`, inner)],
  ['a promise to wait', post(`Expect: 100-continue\r\nContent-Length: ${inner.length}`, inner)],
]

const opened: OpenServer[] = []
const sockets: Socket[] = []
const proxies: { close(): void }[] = []
const seen: string[] = []

const recording = (request: IncomingMessage, response: ServerResponse): void => {
  const target = `${request.method} ${request.url}`
  void text(request).then((body) => { seen.push(`${target} ${body.length}`); response.end(`answer to ${target}`) }, () => undefined)
}

const listen = async (handle: (request: IncomingMessage, response: ServerResponse) => void): Promise<number> => {
  const server = await openServer('127.0.0.1', 0, handle)
  opened.push(server)
  return server.port
}

const edgeTo = (backend: Backend): Promise<number> =>
  listen(createEdge({ backends: { identity: backend, 'control-plane': backend, 'query-gateway': backend }, operations, document: () => ({}) }).handle)

const arrangements = {
  'in this process': async () => edgeTo({ handle: recording, ready: async () => ({ ok: true }) }),
  'elsewhere': async () => {
    const proxy = createProxy({ name: 'control-plane', urls: [`http://127.0.0.1:${await listen(recording)}`] })
    proxies.push(proxy)
    return edgeTo(proxy)
  },
} as const

/** Sends bytes, then an honest request on the same connection, and reads until it closes or that request was answered. */
const converse = (port: number, bytes: string): Promise<string> => new Promise((resolve) => {
  const socket = connect(port, '127.0.0.1')
  sockets.push(socket)
  let said = ''
  let isAsked = false
  const done = (): void => { socket.destroy(); resolve(said) }
  const patience = setTimeout(done, 10_000)
  socket.on('error', () => undefined).once('close', () => { clearTimeout(patience); resolve(said) })
  socket.on('data', (piece: Buffer) => {
    said += piece.toString('latin1')
    if (said.includes('answer to GET /v2/shapes?honest=1')) return done()
    if (!isAsked && /answer to POST|answer to GET \/v2\/databases|"code"/.test(said)) {
      isAsked = true
      socket.write('GET /v2/shapes?honest=1 HTTP/1.1\r\nHost: x\r\n\r\n')
    }
  })
  socket.write(Buffer.from(bytes, 'latin1'))
})

afterAll(async () => {
  for (const socket of sockets) socket.destroy()
  for (const proxy of proxies) proxy.close()
  await Promise.all(opened.map((server) => server.drain(100)))
})

describe.each(Object.entries(arrangements))('a service %s', (_where, arrange) => {
  let port: number
  beforeAll(async () => { port = await arrange() })
  beforeEach(() => { seen.length = 0 })

  it.each(corpus)('never gets two requests for one, nor answers out of step: %s', async (_what, bytes) => {
    const said = await converse(port, bytes)
    expect(said).toMatch(/^HTTP\/1\.1 (?:2\d\d|4\d\d|100) /)
    expect(seen.filter((line) => line.includes('smuggled'))).toEqual([])
    // As many answers as requests, the honest one's last, or no answer to it at all on a connection that was closed.
    const answers = said.match(/answer to \w+ \S+/g) ?? []
    const asked = seen.map((line) => `answer to ${line.replace(/ \d+$/, '')}`)
    expect(answers.map((line) => line.replace(/HTTP.*$/, ''))).toEqual(asked.slice(0, answers.length))
    if (answers.some((line) => line.includes('honest'))) expect(answers.at(-1)).toBe('answer to GET /v2/shapes?honest=1')
    // And whoever comes next is answered what they asked for.
    for (const at of [1, 2, 3]) expect(await converse(port, `GET /v2/databases?next=${at} HTTP/1.1\r\nHost: x\r\n\r\n`)).toContain(`answer to GET /v2/databases?next=${at}`)
  })
})
