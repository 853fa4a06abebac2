import type http from 'node:http'
import { type Listener, type OpenServer, type ServerOptions, openServer } from '@tenantry/service'

/** Opens the port that the world uses. Once it drains, every answer says that its connection ends, so that no client asks on it again. */
export const openFront = async (host: string, port: number, listener: Listener, options: ServerOptions = {}): Promise<OpenServer> => {
  const inFlight = new Set<http.ServerResponse>()
  let draining = false
  const handle: Listener = (request, response) => {
    if (draining) response.shouldKeepAlive = false
    inFlight.add(response)
    response.once('close', () => inFlight.delete(response))
    listener(request, response)
  }
  const front = await openServer(host, port, handle, options)
  return {
    port: front.port,
    drain: (deadlineMs) => {
      draining = true
      for (const response of inFlight) response.shouldKeepAlive = false
      return front.drain(deadlineMs)
    },
  }
}

/** Finds out before anything is started that the port cannot be had. Throws Exit with one sentence. */
export const checkPort = async (host: string, port: number): Promise<void> => {
  const probe = await openServer(host, port, (_request, response) => void response.writeHead(503, { 'retry-after': '1' }).end())
  await probe.drain(100)
}
