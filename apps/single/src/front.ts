import type http from 'node:http'
import https from 'node:https'
import { type OpenServer, httpLimits, openServer } from '@tenantry/service'
import type { TlsFiles } from './tls/local-authority.js'

type Listener = (request: http.IncomingMessage, response: http.ServerResponse) => void

const encrypted = ({ cert, key }: TlsFiles) => (listener: Listener): http.Server => {
  const { maxHeaderSize, keepAliveTimeout, headersTimeout, requestTimeout } = httpLimits
  const server = https.createServer({ cert, key, minVersion: 'TLSv1.2', maxHeaderSize, keepAliveTimeout, headersTimeout, requestTimeout }, listener)
  // Both kinds of server listen, close and count connections alike; only their ancestors differ.
  return server as unknown as http.Server
}

/** Opens the port that the world uses. Once it drains, every answer says that its connection ends, so that no client asks on it again. */
export const openFront = async (host: string, port: number, listener: Listener, tls: TlsFiles | undefined): Promise<OpenServer> => {
  const inFlight = new Set<http.ServerResponse>()
  let draining = false
  const handle: Listener = (request, response) => {
    if (draining) response.shouldKeepAlive = false
    inFlight.add(response)
    response.once('close', () => inFlight.delete(response))
    listener(request, response)
  }
  const front = await (tls ? openServer(host, port, handle, encrypted(tls)) : openServer(host, port, handle))
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
