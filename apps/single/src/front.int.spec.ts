import { once } from 'node:events'
import { connect, createServer } from 'node:net'
import { text } from 'node:stream/consumers'
import { openServer } from '@tenantry/service'
import { checkPort } from './front.js'

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
  await expect(checkPort('127.0.0.1', port)).rejects.toThrow(`Port ${port} on 127.0.0.1 is taken by another program; set PORT to a free one.`)
  other.close()
})
