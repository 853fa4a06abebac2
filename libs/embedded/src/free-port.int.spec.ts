import { createServer } from 'node:net'
import { once } from 'node:events'
import { freePort } from './free-port.js'

it('names a port of the loopback address that can be listened on', async () => {
  const server = createServer().listen(await freePort(), '127.0.0.1')
  await once(server, 'listening')
  expect(server.listening).toBe(true)
  server.close()
})
