import { once } from 'node:events'
import { createServer } from 'node:net'

/** Ports that nobody listens on now, all different because all are held until the last is found. */
export const freePorts = async (count: number): Promise<readonly number[]> => {
  const held = await Promise.all(Array.from({ length: count }, async () => {
    const server = createServer().listen(0, '127.0.0.1')
    await once(server, 'listening')
    return server
  }))
  const ports = held.map((server) => {
    const address = server.address()
    if (typeof address !== 'object' || !address) throw new Error('The system gave no port.')
    return address.port
  })
  await Promise.all(held.map((server) => once(server.close(), 'close')))
  return ports
}
