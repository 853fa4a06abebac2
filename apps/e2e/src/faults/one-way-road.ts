import { type AddressInfo, type Socket, connect, createServer } from 'node:net'

export interface OneWayRoad {
  readonly port: number
  /** What is sent still arrives; of what is answered nothing does. */
  swallowAnswers(): void
  /** Ends every connection, since answers are missing in each; new ones carry both ways. */
  mend(): void
}

/** A way to a server on this machine that can lose what comes back. */
export const oneWayRoadTo = async (port: number): Promise<OneWayRoad> => {
  const sockets = new Set<Socket>()
  let swallows = false
  const road = createServer((near) => {
    const far = connect(port, '127.0.0.1')
    near.on('data', (bytes) => far.write(bytes))
    far.on('data', (bytes) => { if (!swallows) near.write(bytes) })
    for (const [one, other] of [[near, far], [far, near]] as const) {
      sockets.add(one)
      one.on('error', () => other.destroy()).on('close', () => { sockets.delete(one); other.destroy() })
    }
  })
  await new Promise<void>((resolve, reject) => { road.once('error', reject).listen(0, '127.0.0.1', resolve) })
  road.unref()
  return {
    port: (road.address() as AddressInfo).port,
    swallowAnswers: () => { swallows = true },
    mend: () => {
      swallows = false
      for (const socket of sockets) socket.destroy()
    },
  }
}
