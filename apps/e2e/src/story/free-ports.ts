import { randomInt } from 'node:crypto'
import { createServer } from 'node:net'

const isFree = (port: number): Promise<boolean> => new Promise((resolve) => {
  const probe = createServer()
  probe.once('error', () => resolve(false))
  probe.listen(port, '127.0.0.1', () => probe.close(() => resolve(true)))
})

/** Ports that nobody listens on, below those that the system gives to outgoing connections. */
export const freePorts = async (count: number): Promise<readonly number[]> => {
  const ports = new Set<number>()
  for (let tries = 0; ports.size < count && tries < 100 * count; tries++) {
    const port = randomInt(10_000, 20_000)
    if (await isFree(port)) ports.add(port)
  }
  if (ports.size < count) throw new Error('There are not enough free ports.')
  return [...ports]
}
