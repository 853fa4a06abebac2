import http from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import { Problem } from '@tenantry/contracts'
import { BodyPieces, type BodyRules } from './body-pieces.js'

const megabyte = 1024 * 1024
const usual: BodyRules = { bytes: 100 * megabyte, seconds: 60, silenceSeconds: 60 }

interface Read {
  readonly sizes: readonly number[]
  readonly bytes: Buffer
  readonly ended: string
}

const servers: http.Server[] = []
afterAll(() => { for (const server of servers) server.close().closeAllConnections() })

/** A server that reads a body in pieces, the second one after what it waits for, and a request to it. */
const reading = async (rules: Partial<BodyRules>, headers: http.OutgoingHttpHeaders = {}, before: Promise<void> = Promise.resolve()): Promise<{ request: http.ClientRequest; read: Promise<Read> }> => {
  const done = Promise.withResolvers<Read>()
  const server = http.createServer((incoming, response) => {
    const all: Buffer[] = []
    const sizes: number[] = []
    const finish = (ended: string): void => {
      done.resolve({ sizes, bytes: Buffer.concat(all), ended })
      response.end()
    }
    const work = async (): Promise<void> => {
      const body = new BodyPieces(incoming, { ...usual, ...rules })
      for (let piece = await body.next(); piece !== undefined; piece = await body.next()) {
        sizes.push(piece.length)
        all.push(piece)
        await before
      }
    }
    work().then(() => finish('whole'), (error: unknown) => finish(error instanceof Problem ? error.code : String(error)))
  })
  servers.push(server)
  await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', resolve) })
  const request = http.request({ port: (server.address() as AddressInfo).port, method: 'POST', agent: false, headers })
  request.on('error', () => undefined)
  return { request, read: done.promise }
}

const pattern = (bytes: number): Buffer => Buffer.from(Array.from({ length: bytes }, (_, at) => at % 251))

describe('a body in pieces', () => {
  it.each([0, 1, 256 * 1024, 256 * 1024 + 1, 3 * megabyte])('is all that was sent, in order, in pieces of little more than a quarter of a megabyte: %d bytes', async (size) => {
    const { request, read } = await reading({})
    const sent = pattern(size)
    request.end(sent)
    const { sizes, bytes, ended } = await read
    expect([ended, bytes.equals(sent)]).toEqual(['whole', true])
    expect(Math.max(0, ...sizes)).toBeLessThanOrEqual(512 * 1024)
  })

  it('is not taken faster than it is worked on', async () => {
    const gate = Promise.withResolvers<void>()
    const { request, read } = await reading({}, {}, gate.promise)
    const block = Buffer.alloc(megabyte)
    let taken = 0
    for (let at = 0; at < 24; at += 1) request.write(block, () => { taken += 1 })
    request.end()
    for (let before = -1; before !== taken;) {
      before = taken
      await delay(300)
    }
    // What the kernel holds for two sockets is a few megabytes.
    expect(taken).toBeLessThan(16)
    gate.resolve()
    expect((await read).bytes.length).toBe(24 * megabyte)
  }, 30_000)

  it('of which nothing more is wanted is let pass to its end, so that nobody finds the connection stuck who shares it', async () => {
    const passed = Promise.withResolvers<string>()
    const server = http.createServer((incoming, response) => {
      incoming.once('end', () => passed.resolve('whole'))
      const refuse = async (): Promise<void> => {
        const body = new BodyPieces(incoming, usual)
        await body.next()
        body.release()
        incoming.resume()
        response.end('refused')
      }
      void refuse()
    })
    servers.push(server)
    await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', resolve) })
    // A client of Node hangs up itself when it is answered early.
    const client = connect((server.address() as AddressInfo).port, '127.0.0.1').resume()
    client.on('error', () => undefined).write(`POST / HTTP/1.1\r\nHost: x\r\nContent-Length: ${20 * megabyte}\r\n\r\n`)
    client.write(pattern(20 * megabyte))
    expect(await Promise.race([passed.promise, delay(10_000).then(() => 'stuck')])).toBe('whole')
    client.destroy()
  }, 30_000)

  it('of an exact limit is taken, and one that is larger is refused, also by its length alone', async () => {
    const rules = { bytes: 600_000 }
    for (const [size, headers, outcome] of [[600_000, {}, 'whole'], [600_001, {}, 'RequestTooLarge'], [1, { 'content-length': '600001' }, 'RequestTooLarge']] as const) {
      const { request, read } = await reading(rules, headers)
      request.write(pattern(size))
      if (!('content-length' in headers)) request.end()
      expect([size, (await read).ended]).toEqual([size, outcome])
      request.destroy()
    }
  })

  it('that takes too long, or of which nothing comes, is refused, and one that its sender gives up is told apart', async () => {
    const slow = await reading({ seconds: 1 })
    const drip = setInterval(() => slow.request.write('x'), 20)
    const silent = await reading({ silenceSeconds: 1 })
    silent.request.write('x')
    const given = await reading({})
    given.request.write('x')
    given.request.once('socket', (socket) => socket.once('connect', () => setImmediate(() => given.request.destroy())))
    expect((await given.read).ended).toBe('QueryCancelled')
    expect([(await slow.read).ended, (await silent.read).ended]).toEqual(['RequestTooSlow', 'RequestTooSlow'])
    clearInterval(drip)
    slow.request.destroy()
    silent.request.destroy()
  }, 30_000)
})
