import { Agent, type ClientRequest, type IncomingHttpHeaders, type IncomingMessage, type OutgoingHttpHeaders, type ServerResponse, get, request as send } from 'node:http'
import type { Socket } from 'node:net'
import { Problem, type ProblemWire } from '@tenantry/contracts'
import { idleGraceMs, requestIdOf } from '@tenantry/service'
import type { Backend } from './edge.js'
import { refuse } from './refuse.js'

export interface ProxyOptions {
  readonly name: string
  /** Where the processes of the service are; requests go to each in turn. */
  readonly urls: readonly string[]
  readonly connectMs?: number
  /** From the request's last byte to the first of the answer, and between two pieces of either. */
  readonly silenceMs?: number
  readonly readyMs?: number
}

const ofOneHop = new Set(['connection', 'keep-alive', 'proxy-authenticate', 'proxy-authorization', 'proxy-connection', 'te', 'trailer', 'transfer-encoding', 'upgrade', 'expect'])
const fewestTries = 2
// Shorter than a service that drains leaves an idle connection open, so that nothing is ever sent on one that it is closing.
const idleMs = idleGraceMs / 2
/** How long a process that took no connection, or says that it ends one, is asked only when the others cannot be. */
const avoidedMs = 1_000

/** The headers that travel on: those of one connection, and those that it names, stay behind. */
export const travelling = (headers: IncomingHttpHeaders): OutgoingHttpHeaders => {
  const named = (headers.connection ?? '').toLowerCase().split(',').map((word) => word.trim())
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !ofOneHop.has(name) && !named.includes(name)))
}

/**
 * How the body that follows is marked off. Without it a body would run on as the next request of a connection that many callers
 * share, so it is said again exactly as it came, whatever the request says of its headers.
 */
const framed = (headers: IncomingHttpHeaders): OutgoingHttpHeaders => {
  if (headers['transfer-encoding'] !== undefined) return { 'transfer-encoding': 'chunked' }
  return headers['content-length'] === undefined ? {} : { 'content-length': headers['content-length'] }
}

/** A credential that came twice travels on twice: which of the two is meant is not for the edge to say, and the service refuses it. */
const repeated = ({ headersDistinct }: IncomingMessage): OutgoingHttpHeaders => Object.fromEntries(['authorization', 'x-api-key'].flatMap((name) => {
  const values = headersDistinct[name] ?? []
  return values.length > 1 ? [[name, values]] : []
}))

interface Place {
  readonly host: string
  readonly port: number
  avoidedSince: number
}

/** Hands requests on to a service elsewhere, byte by byte. A request is sent again, to any process, only when no connection was made. */
export const createProxy = ({ name, urls, connectMs = 2_000, silenceMs = 90_000, readyMs = 2_000 }: ProxyOptions): Backend & { drain(): void; close(): void } => {
  const places = urls.map(placeOf)
  const tries = Math.max(fewestTries, places.length)
  const agent = new Agent({ keepAlive: true, maxSockets: 512, maxFreeSockets: 64 })
  // The agent closes what it keeps once this has passed; a request that takes the connection sets its own time.
  agent.on('free', (socket: Socket) => socket.setTimeout(idleMs))
  const away = (cause: unknown): Problem => new Problem('ServiceUnavailable', `The ${name} service does not answer now; try again.`, { retryAfterSeconds: 1, cause })
  let turn = 0
  /** Ends the answers that do not end by themselves. */
  const streams = new Set<() => void>()

  const inOrder = (): readonly Place[] => {
    turn = (turn + 1) % places.length
    const now = performance.now()
    const rotated = [...places.slice(turn), ...places.slice(0, turn)]
    return rotated.length < 2 ? rotated : [...rotated.filter(({ avoidedSince }) => now - avoidedSince > avoidedMs), ...rotated.filter(({ avoidedSince }) => now - avoidedSince <= avoidedMs)]
  }

  const pass = (request: IncomingMessage, response: ServerResponse, headers: OutgoingHttpHeaders, order: readonly Place[], attempt: number, wire?: ProblemWire): void => {
    const { method = 'GET', url: path = '/' } = request
    const place = order[attempt % order.length]
    if (!place) return refuse(response, away(undefined), { connection: 'close' }, wire)
    const onward = send({ host: place.host, port: place.port, agent, method, path, headers, setHost: false })
    const hasBody = headers['transfer-encoding'] !== undefined || headers['content-length'] !== undefined
    let connected = false
    const connectTimer = setTimeout(() => onward.destroy(new Error('no connection in time')), connectMs)
    const begin = (): void => {
      connected = true
      clearTimeout(connectTimer)
      if (hasBody) request.pipe(onward)
      else onward.end()
    }
    onward.once('socket', (socket) => { if (socket.connecting) socket.once('connect', begin); else begin() })
    onward.setTimeout(silenceMs, () => onward.destroy(new Error('silent for too long')))
    onward.once('response', (answer) => {
      if (answer.headers.connection === 'close') place.avoidedSince = performance.now()
      deliver(answer, response)
      if (isStream(answer)) keepStream(streams, answer, response)
    })
    onward.once('error', (error) => {
      clearTimeout(connectTimer)
      if (response.destroyed) return
      if (response.headersSent) return void response.destroy(error)
      if (!connected) place.avoidedSince = performance.now()
      if (!connected && attempt + 1 < tries) return pass(request, response, headers, order, attempt + 1, wire)
      refuse(response, away(error), { connection: 'close' }, wire)
    })
    forgetWhenGone(onward, response)
  }

  return {
    handle: (request, response, wire) => {
      const requestId = requestIdOf(request.headers['x-request-id'])
      response.setHeader('x-request-id', requestId)
      // Elsewhere nobody sees the connection any more, so what it says of the caller must be written down.
      const caller = request.headers['x-forwarded-for'] ?? request.socket.remoteAddress
      pass(request, response, {
        ...travelling(request.headers), ...repeated(request), ...framed(request.headers), 'x-request-id': requestId, ...(caller !== undefined && { 'x-forwarded-for': caller }),
      }, inOrder(), 0, wire)
    },
    ready: async () => ({ ok: (await Promise.all(places.map((place) => asksReady(place, readyMs)))).some(Boolean) }),
    drain: () => { for (const end of streams) end() },
    close: () => agent.destroy(),
  }
}

const deliver = (answer: IncomingMessage, response: ServerResponse): void => {
  response.writeHead(answer.statusCode ?? 502, answer.statusMessage, travelling(answer.headers))
  answer.once('error', (error) => response.destroy(error))
  answer.pipe(response)
}

const isStream = ({ headers }: IncomingMessage): boolean => (headers['content-type'] ?? '').startsWith('text/event-stream')

/** A client of a stream comes back after its end, and leaves an event aside that it has heard half of. */
const keepStream = (streams: Set<() => void>, answer: IncomingMessage, response: ServerResponse): void => {
  const end = (): void => {
    answer.unpipe(response)
    response.end(() => answer.destroy())
  }
  streams.add(end)
  response.once('close', () => streams.delete(end))
}

// A caller who hangs up must not leave a query running behind.
const forgetWhenGone = (onward: ClientRequest, response: ServerResponse): void => {
  response.once('close', () => { if (!response.writableFinished) onward.destroy() })
}

const placeOf = (url: string): Place => {
  const { hostname, port } = new URL(url)
  return { host: hostname.replace(/^\[|\]$/g, ''), port: Number(port || 80), avoidedSince: -Infinity }
}

const asksReady = ({ host, port }: Place, deadlineMs: number): Promise<boolean> => new Promise((resolve) => {
  const asking = get({ host, port, path: '/readyz', agent: false, signal: AbortSignal.timeout(deadlineMs) }, (answer) => {
    answer.resume()
    resolve(answer.statusCode === 200)
  })
  asking.once('error', () => resolve(false))
})
