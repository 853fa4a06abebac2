import http from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { Problem, type ProblemWire } from '@tenantry/contracts'
import { Exit } from '../exit.js'
import { usualLimits } from '../limits.js'
import { Connections, type IsProxy, cutSlowReaders } from './connections.js'
import { type Certificate, encryptedServer } from './encrypted.js'
import { type ListenerLimits, parserFault, requestFault } from './fault.js'
import { LatestRequests, lateEveryMs, longestRequestMs } from './late.js'
import { Leaving, drained, idleGraceMs } from './leaving.js'
import { plainWire, refuseConnection, refuseRequest } from './refusal.js'

export type Listener = (request: http.IncomingMessage, response: http.ServerResponse) => void

export interface OpenServer {
  readonly port: number
  /** From now on each answer says that its connection ends. */
  saysClose(): void
  /**
   * Takes no new connection, lets requests in flight end, and cuts what is left after the deadline. A request that was on its way on
   * an idle connection is still answered; such a connection is closed once nothing has come on it for the grace.
   */
  drain(deadlineMs: number, graceMs?: number): Promise<void>
}

export interface ServerOptions {
  readonly limits?: ListenerLimits
  /** How what is no request is refused. */
  readonly wire?: ProblemWire
  /** Given where the world itself connects: who is not bounded by itself. Without it no address is. */
  readonly isProxy?: IsProxy | undefined
  readonly tls?: Certificate | undefined
}

/** Opens a port. Throws Exit with one sentence when it is taken. */
export const openServer = async (host: string, port: number, listener: Listener, options: ServerOptions = {}): Promise<OpenServer> => {
  const leaving = new Leaving()
  const server = serverOf(listener, leaving, options)
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => reject(listenFault(error, host, port)))
    server.listen(port, host, resolve)
  })
  return {
    port: (server.address() as AddressInfo).port,
    saysClose: () => leaving.begin(),
    drain: (deadlineMs, graceMs = idleGraceMs) => {
      leaving.begin()
      return drained(server, deadlineMs, graceMs)
    },
  }
}

// What an edge in front adds to a request that it let through: whom it is from, its id, its framing.
const addedBytes = 1_024
const addedHeaders = 5

const behindAnEdge = (limits: ListenerLimits): ListenerLimits => ({ ...limits, HEADER_BYTES: limits.HEADER_BYTES + addedBytes, HEADER_COUNT: limits.HEADER_COUNT + addedHeaders })

const serverOf = (listener: Listener, leaving: Leaving, { limits: given = usualLimits, wire = plainWire, isProxy, tls }: ServerOptions): http.Server => {
  const limits = isProxy ? given : behindAnEdge(given)
  const options = {
    maxHeaderSize: limits.HEADER_BYTES,
    headersTimeout: limits.HEADERS_SECONDS * 1_000,
    requestTimeout: longestRequestMs(limits),
    keepAliveTimeout: limits.IDLE_SECONDS * 1_000,
    connectionsCheckingInterval: lateEveryMs,
    // Refused here, in words.
    requireHostHeader: false,
    ServerResponse: leaving.responses(),
  }
  const latest = new LatestRequests(limits)
  const handle: Listener = (request, response) => {
    latest.note(request, response)
    const fault = requestFault(request, limits)
    if (fault) refuseRequest(response, fault, wire)
    else listener(request, response)
  }
  const server = tls ? encryptedServer(tls, options, handle, wire) : http.createServer(options, handle)
  // Node would drop what is past this count without a word; the size of the headers bounds it, and we say no.
  server.maxHeadersCount = 0
  server.on('clientError', (error: NodeJS.ErrnoException, socket) => {
    const fault = parserFault(error, limits)
    if (fault && socket.writable && isFreeToAnswer(socket, latest.responseOn(socket))) refuseConnection(socket, fault, wire)
    else socket.destroy()
  })
  server.on('checkExpectation', (_request, response) => refuseRequest(response, unknownExpectation(), wire))
  latest.watch(server)
  cutSlowReaders(server, tls ? 'secureConnection' : 'connection', limits.ANSWER_READ_SECONDS)
  boundConnections(server, limits, isProxy, wire, tls !== undefined)
  return server
}

const unknownExpectation = (): Problem => new Problem('MalformedRequest', 'The only expectation that is met here is 100-continue.')

/** Whether what is written now cannot end up inside the answer to another request. */
const isFreeToAnswer = (socket: Duplex, response: http.ServerResponse | undefined): boolean =>
  response === undefined || response.writableFinished || (response.socket === socket && !response.headersSent)

/** So many at a time are told why they cannot stay; more are cut without a word. */
const mostRefusals = 256

const boundConnections = (server: http.Server, limits: ListenerLimits, isProxy: IsProxy | undefined, wire: ProblemWire, encrypted: boolean): void => {
  const connections = new Connections(limits, isProxy ?? (() => true))
  server.maxConnections = limits.CONNECTIONS + mostRefusals
  // Node's own listeners wait behind ours: a connection that is refused must not be read for requests as well.
  const welcome = server.listeners('connection')
  server.removeAllListeners('connection')
  let refusals = 0
  server.on('connection', (socket: Socket) => {
    const fault = connections.enter(socket)
    if (!fault) return welcome.forEach((listener) => listener.call(server, socket))
    // What would be said in the clear is of no use to a client that speaks TLS.
    if (encrypted || refusals >= mostRefusals) return void socket.destroy()
    refusals++
    socket.once('close', () => { refusals-- })
    refuseConnection(socket, fault, wire)
  })
}

const listenFault = (error: NodeJS.ErrnoException, host: string, port: number): Error => {
  if (error.code === 'EADDRINUSE') return new Exit(`Port ${port} on ${host} is taken by another program; set PORT to a free one.`)
  if (error.code === 'EACCES') return new Exit(`Port ${port} on ${host} may not be opened by this user; set PORT to one above 1023.`)
  if (error.code === 'EADDRNOTAVAIL') return new Exit(`${host} is not an address of this machine; set HOST to one that is.`)
  return error
}
