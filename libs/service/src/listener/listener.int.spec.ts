import { once } from 'node:events'
import { type IncomingMessage, type ServerResponse, request as send } from 'node:http'
import { type Socket, connect } from 'node:net'
import { text } from 'node:stream/consumers'
import { usualLimits } from '../limits.js'
import { mayTakeLong } from './late.js'
import { type OpenServer, type ServerOptions, openServer } from './open-server.js'

const opened: OpenServer[] = []
const sockets: Socket[] = []
const seen: string[] = []

const answering = (request: IncomingMessage, response: ServerResponse): void => {
  seen.push(`${request.method} ${request.url?.slice(0, 20)}`)
  request.resume().once('end', () => response.end('well'))
}

const open = async (limits: Partial<ServerOptions['limits']> = {}, options: ServerOptions = {}, listener = answering): Promise<number> => {
  const server = await openServer('127.0.0.1', 0, listener, { isProxy: () => true, ...options, limits: { ...usualLimits, ...limits } })
  opened.push(server)
  return server.port
}

const connected = async (port: number, address = '127.0.0.1'): Promise<Socket> => {
  const socket = connect({ port, host: '127.0.0.1', localAddress: address })
  socket.on('error', () => undefined)
  sockets.push(socket)
  await once(socket, 'connect')
  return socket
}

/** All that the server says to some bytes until it closes. */
const saidTo = async (port: number, bytes: string): Promise<string> => {
  const socket = await connected(port)
  socket.write(bytes)
  return text(socket)
}

const closing = (socket: Socket): Promise<unknown> => new Promise((resolve) => socket.once('close', resolve).resume())

const ask = async (port: number): Promise<string> => {
  const asking = send({ host: '127.0.0.1', port, agent: false }).end()
  const [answer] = await once(asking, 'response') as [IncomingMessage]
  return `${answer.statusCode} ${await text(answer)}`
}

afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy()
  await Promise.all(opened.splice(0).map((server) => server.drain(100)))
  seen.length = 0
})

describe('what is no request, or too much of one', () => {
  it.each([
    ['headers of one byte too many', 431, 'HeadersTooLarge', `GET / HTTP/1.1\r\nHost: x\r\nX: ${'x'.repeat(2_000)}\r\n\r\n`],
    ['one header too many', 431, 'HeadersTooLarge', `GET / HTTP/1.1\r\nHost: x\r\n${'a: b\r\n'.repeat(20)}\r\n`],
    ['a URL of one byte too many', 414, 'UrlTooLong', `GET /${'x'.repeat(500)} HTTP/1.1\r\nHost: x\r\n\r\n`],
    ['a URL longer than all headers may be', 414, 'UrlTooLong', `GET /${'x'.repeat(5_000)} HTTP/1.1\r\nHost: x\r\n\r\n`],
    ['no host', 400, 'MalformedRequest', 'GET / HTTP/1.1\r\n\r\n'],
    ['two hosts', 400, 'MalformedRequest', 'GET / HTTP/1.1\r\nHost: x\r\nhOsT: y\r\n\r\n'],
    ['another language', 400, 'MalformedRequest', '\u0016\u0003\u0001\u0002\u0000\u0001'],
    ['a method that nobody knows', 400, 'MalformedRequest', 'TRACK / HTTP/1.1\r\nHost: x\r\n\r\n'],
  ])('is refused in words, and ends the connection: %s', async (_what, status, code, bytes) => {
    const port = await open({ HEADER_BYTES: 2_000, HEADER_COUNT: 20, URL_BYTES: 500 })
    const said = await saidTo(port, bytes)
    const [head = '', body = ''] = said.split('\r\n\r\n')
    expect(head).toMatch(new RegExp(`^HTTP/1.1 ${status} [A-Z]`))
    expect(head).toMatch(/\r\nconnection: close/i)
    expect(head).toMatch(/\r\nx-request-id: [\da-f-]{36}/i)
    expect(JSON.parse(body)).toEqual({ code, message: expect.stringMatching(/\.$/) })
    expect(seen).toEqual([])
    expect(await ask(port)).toBe('200 well')
  })

  it('is not what is just within the bounds', async () => {
    const port = await open({ HEADER_BYTES: 2_000, HEADER_COUNT: 20, URL_BYTES: 500 })
    const line = `GET /${'x'.repeat(499)} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n`
    expect(await saidTo(port, `${line}${'a: b\r\n'.repeat(18)}\r\n`)).toMatch(/^HTTP\/1.1 200/)
    expect(await saidTo(port, `${line}X: ${'x'.repeat(1_900 - line.length)}\r\n\r\n`)).toMatch(/^HTTP\/1.1 200/)
  })

  it('never gets its refusal into the answer to another request', async () => {
    const port = await open({}, {}, (_request, response) => { response.writeHead(200, { 'content-length': '10' }).write('half') })
    const socket = await connected(port)
    socket.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n')
    let said = ''
    socket.on('data', (piece: Buffer) => { if (!(said += piece.toString()).endsWith('nonsense')) socket.write('nonsense\r\n\r\n') })
    await closing(socket)
    expect(said).toMatch(/^HTTP\/1.1 200 [^]*\r\n\r\nhalf$/)
  })
})

describe('a slow client', () => {
  it('that says nothing, never ends its first line or its headers, or sends them byte by byte, is told so and cut', async () => {
    const port = await open({ HEADERS_SECONDS: 1 })
    const dripping = async (): Promise<string> => {
      const socket = await connected(port)
      const drip = setInterval(() => socket.write('x'), 50)
      socket.write('GET / HTTP/1.1\r\nHost: x\r\nX-')
      return text(socket).finally(() => clearInterval(drip))
    }
    const all = await Promise.all([...['', 'GE', 'GET / HTTP/1.1\r\nHost: x\r\n'].map((bytes) => saidTo(port, bytes)), dripping()])
    for (const said of all) expect(said).toMatch(/^HTTP\/1.1 408 [^]*"RequestTooSlow"/)
  })

  it('that never ends its body is told so and cut, and the request with it', async () => {
    const ended = Promise.withResolvers<string>()
    const port = await open({ HEADERS_SECONDS: 1, REQUEST_SECONDS: 2 }, {}, (request, response) => {
      request.resume()
      response.once('close', () => ended.resolve(request.complete ? 'whole' : 'cut'))
    })
    expect(await saidTo(port, 'POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nhalf')).toMatch(/^HTTP\/1.1 408 /)
    expect(await ended.promise).toBe('cut')
  })

  it('that sends what may take long may take longer than others, and its next request may not', async () => {
    const port = await open({ HEADERS_SECONDS: 1, REQUEST_SECONDS: 1 }, {}, (request, response) => {
      if (request.url === '/long') mayTakeLong(request)
      answering(request, response)
    })
    const head = (path: string): string => `POST ${path} HTTP/1.1\r\nHost: x\r\nContent-Length: 8\r\n\r\nhalf`
    const [importing, other] = [await connected(port), saidTo(port, head('/other'))]
    importing.write(head('/long'))
    expect(await other).toMatch(/^HTTP\/1.1 408 /)
    importing.write(`half${head('/')}`)
    const said = await text(importing)
    expect(said).toMatch(/^HTTP\/1.1 200 [^]*HTTP\/1.1 408 /)
  })

  it('that waits for a slow answer is left in peace', async () => {
    const port = await open({ HEADERS_SECONDS: 1, REQUEST_SECONDS: 1, ANSWER_READ_SECONDS: 1, IDLE_SECONDS: 1 }, {}, (_request, response) => { setTimeout(() => response.end('at last'), 2_000) })
    expect(await ask(port)).toBe('200 at last')
  })

  it('that asks nothing more is closed', async () => {
    const port = await open({ IDLE_SECONDS: 1 })
    const socket = await connected(port)
    socket.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n')
    await closing(socket)
  })

  const large = Buffer.alloc(32 * 1024 * 1024, 'x')
  const largeTo = async (taking: (socket: Socket) => void): Promise<void> => {
    const cut = Promise.withResolvers<void>()
    const port = await open({ ANSWER_READ_SECONDS: 1 }, {}, (_request, response) => { response.once('close', () => { if (!response.writableFinished) cut.resolve() }).end(large) })
    const socket = await connected(port)
    socket.pause().write('GET / HTTP/1.1\r\nHost: x\r\n\r\n')
    taking(socket)
    await cut.promise
  }

  it('that does not read its answer, or reads a little of it at a time for ever, is cut', async () => {
    let drip: NodeJS.Timeout | undefined
    await Promise.all([largeTo(() => undefined), largeTo((socket) => { drip = setInterval(() => socket.read(1_000), 50) })])
    clearInterval(drip)
  })

  it('does not keep others waiting: a thousand of them hang, and each honest request is answered', async () => {
    const port = await open({ HEADERS_SECONDS: 60 })
    const slow = await Promise.all(Array.from({ length: 1_000 }, async () => connected(port)))
    slow.forEach((socket, at) => socket.write(['G', 'GET / HTTP/1.1\r\n', 'POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhal'][at % 3] ?? ''))
    for (let asked = 0; asked < 50; asked++) expect(await ask(port)).toBe('200 well')
  })
})

describe('connections', () => {
  const told = async (socket: Socket): Promise<string> => {
    socket.write('GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n')
    return text(socket)
  }

  const isLetIn = async (port: number): Promise<void> => {
    let said = ''
    for (let tries = 0; tries < 100 && !said.startsWith('HTTP/1.1 200'); tries++) said = await told(await connected(port))
    expect(said).toMatch(/^HTTP\/1.1 200/)
  }

  it('of one address are bounded when that is said, and none of another address is refused for it', async () => {
    const port = await open({ CONNECTIONS_PER_ADDRESS: 3 }, { isProxy: () => false })
    const [first] = await Promise.all([connected(port), connected(port), connected(port)])
    expect(await told(await connected(port))).toMatch(/^HTTP\/1.1 429 [^]*retry-after: 1[^]*"TooManyConnections"/i)
    expect(await told(await connected(port, '127.0.0.2'))).toMatch(/^HTTP\/1.1 200 /)
    expect(seen.length).toBe(1)
    first.destroy()
    await isLetIn(port)
  })

  it('of a trusted proxy, and of this machine unless the bound was set, are bounded in all only', async () => {
    for (const [limits, isProxy] of [[{ CONNECTIONS_PER_ADDRESS: 3 }, (address: string) => address === '127.0.0.1'], [{}, () => false]] as const) {
      const port = await open({ ...limits, CONNECTIONS: 600 }, { isProxy })
      const held = await Promise.all(Array.from({ length: 600 }, () => connected(port)))
      expect(await told(await connected(port))).toMatch(/^HTTP\/1.1 503 [^]*"ServiceUnavailable"/)
      held.pop()?.destroy()
      await isLetIn(port)
    }
  })
})
