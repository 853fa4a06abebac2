import { once } from 'node:events'
import { type AddressInfo, connect, createServer } from 'node:net'
import { text } from 'node:stream/consumers'
import { freePort } from '@tenantry/embedded'
import { openServer } from '@tenantry/service'
import { holdPort } from './front.js'

it('lets a request in flight end and tells its client not to ask on that connection again', async () => {
  const { promise: asked, resolve } = Promise.withResolvers<() => void>()
  const front = await openServer('127.0.0.1', 0, (_request, response) => resolve(() => response.end('the whole answer')))
  const socket = connect(front.port, '127.0.0.1')
  socket.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n')
  const answer = await asked
  const drained = front.drain(20_000)
  answer()
  expect(await text(socket)).toMatch(/connection: close[^]*the whole answer$/i)
  await drained
})

it('cuts what has not ended at the deadline', async () => {
  const { promise: asked, resolve: ask } = Promise.withResolvers<void>()
  const front = await openServer('127.0.0.1', 0, () => ask())
  const socket = connect(front.port, '127.0.0.1')
  socket.on('error', () => undefined).write('GET / HTTP/1.1\r\nHost: x\r\n\r\n')
  const closed = new Promise((resolve) => socket.once('close', resolve))
  await asked
  await Promise.all([closed, front.drain(50)])
})

it('says that a port is taken in one sentence', async () => {
  const other = createServer().listen(0, '127.0.0.1')
  await once(other, 'listening')
  const address = other.address()
  const port = typeof address === 'object' && address ? address.port : 0
  await expect(holdPort('127.0.0.1', port)).rejects.toThrow(`Port ${port} on 127.0.0.1 is taken by another program; set PORT to a free one.`)
  other.close()
})

it('takes another port than one that somebody took before it, where any will do', async () => {
  const other = createServer().listen(0, '127.0.0.1')
  await once(other, 'listening')
  const taken = (other.address() as AddressInfo).port
  const free = await freePort()
  const draws = [taken, taken, free]
  const held = await holdPort('127.0.0.1', 0, async () => draws.shift() ?? 0)
  expect(held.port).toBe(free)
  expect((await fetch(`http://127.0.0.1:${held.port}`)).status).toBe(503)
  await held.release()
  await expect(holdPort('127.0.0.1', 0, async () => taken)).rejects.toThrow('is taken by another program')
  other.close()
})

it('keeps a port until it lets go of it, once', async () => {
  const held = await holdPort('127.0.0.1', 0)
  await expect(holdPort('127.0.0.1', held.port)).rejects.toThrow('is taken by another program')
  await held.release()
  const next = await openServer('127.0.0.1', held.port, (_request, response) => void response.end())
  await held.release()
  expect((await fetch(`http://127.0.0.1:${held.port}`)).status).toBe(200)
  await next.drain(100)
})
