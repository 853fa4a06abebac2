import { type AddressInfo, type Socket, connect, createServer } from 'node:net'

export interface Road {
  readonly port: number
  /** Ends every connection and lets none be made. */
  cut(): void
  /** Lets every connection be made and nothing pass: what a server that hangs looks like. */
  block(): void
  /** The way is as it was; whoever stood before a blocked one comes again. */
  mend(): Promise<void>
}

/** A way to a server on this machine that can be cut, as a network is. */
export const roadTo = async (port: number): Promise<Road> => {
  const sockets = new Set<Socket>()
  let blocked = false
  const road = createServer((near) => {
    if (blocked) {
      sockets.add(near.on('error', () => near.destroy()).on('close', () => sockets.delete(near)))
      return
    }
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
  const endAll = (): void => { for (const socket of sockets) socket.destroy() }
  return {
    port: own,
    cut: () => {
      road.close()
      endAll()
    },
    block: () => {
      blocked = true
      for (const socket of sockets) socket.unpipe().pause()
    },
    mend: async () => {
      if (!blocked) return await open(own)
      blocked = false
      endAll()
    },
  }
}
