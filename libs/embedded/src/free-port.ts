import { randomInt } from 'node:crypto'
import { createServer } from 'node:net'

// Below the range from which systems draw the local ports of outgoing connections: one of those would take the port back.
const lowest = 20_000
const highest = 29_999
const tries = 50

const isFree = (port: number): Promise<boolean> => new Promise((resolve) => {
  const probe = createServer()
  probe.once('error', () => resolve(false))
  probe.listen(port, '127.0.0.1', () => probe.close(() => resolve(true)))
})

/** A port of the loopback address that nobody listens on now. Another program may take it next: be ready to ask again. */
export const freePort = async (): Promise<number> => {
  for (let attempt = 0; attempt < tries; attempt++) {
    const port = randomInt(lowest, highest + 1)
    if (await isFree(port)) return port
  }
  throw new Error(`There is no free port between ${lowest} and ${highest}.`)
}
