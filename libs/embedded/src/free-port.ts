import { createServer } from 'node:net'

/** A port of the loopback address that nobody listens on now. Another process may take it next: be ready to ask again. */
export const freePort = (): Promise<number> => new Promise((resolve, reject) => {
  const probe = createServer()
  probe.once('error', reject)
  probe.listen(0, '127.0.0.1', () => {
    const address = probe.address()
    probe.close(() => typeof address === 'object' && address ? resolve(address.port) : reject(new Error('The system gave no port.')))
  })
})
