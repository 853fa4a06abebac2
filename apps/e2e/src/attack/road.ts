import { type AddressInfo, type Socket, connect, createServer } from 'node:net'

export interface Road {
  readonly port: number
  /** Ends every connection and lets none be made. */
  cut(): void
  mend(): Promise<void>
}

/** A way to a server on this machine that can be cut, as a network is. */
export const roadTo = async (port: number): Promise<Road> => {
  const sockets = new Set<Socket>()
  const road = createServer((near) => {
    const far = connect(port, '127.0.0.1')
    for (const [one, other] of [[near, far], [far, near]] as const) {
      sockets.add(one)
      one.on('error', () => other.destroy()).on('close', () => { sockets.delete(one); other.destroy() }).pipe(other)
    }
  })
  const open = (at: number): Promise<void> => new Promise((resolve, reject) => { road.once('error', reject).listen(at, '127.0.0.1', resolve) })
  await open(0)
  const own = (road.address() as AddressInfo).port
  road.unref()
  return {
    port: own,
    cut: () => {
      road.close()
      for (const socket of sockets) socket.destroy()
    },
    mend: () => open(own),
  }
}
