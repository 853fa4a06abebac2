import type { IncomingMessage, ServerResponse } from 'node:http'
import { BlockList } from 'node:net'
import { Problem, type ProblemWire } from '@tenantry/contracts'
import { problemWire } from '@tenantry/dialects-featurebase'
import { type IsProxy, type Readiness, mayTakeLong, privateHeaders, readiness, requestIdOf } from '@tenantry/service'
import { isProxyOf, settleAddress } from './caller-address.js'
import { isPreflight } from './cors.js'
import { type Door, type DoorRules, createDoor, foreign } from './door.js'
import { type KnownOperation, type Match, compileRoutes } from './matcher.js'
import { ownPage } from './own.js'
import { pathOf } from './path.js'
import { refuse } from './refuse.js'
import { type ServiceName, routes, services } from './routes.js'

/** One who answers requests: a service in this process, or a proxy to one elsewhere. */
export interface Backend {
  /** `wire` is how it words what the service itself never sees. */
  handle(request: IncomingMessage, response: ServerResponse, wire?: ProblemWire): void
  ready(): Promise<{ readonly ok: boolean }>
}

export interface EdgeOptions extends DoorRules {
  readonly backends: Readonly<Record<ServiceName, Backend>>
  /** Services that own no path, and without which databases come to no rest: the provisioner. */
  readonly alsoReady?: Readonly<Record<string, Pick<Backend, 'ready'>>>
  /** The operations that exist: what is none of them on a path of theirs is answered 405. */
  readonly operations: readonly KnownOperation[]
  /** The OpenAPI document of all services. */
  readonly document: () => object
  /** The proxies that are believed about whom they speak for; none by default. */
  readonly trustedProxies?: BlockList
}

export interface Edge {
  handle(request: IncomingMessage, response: ServerResponse): void
  /** Ready when every service says so. */
  ready(): Promise<Readiness>
  /** What the listener in front of it needs: how it refuses what is no request, and who speaks for others. */
  readonly wire: ProblemWire
  readonly isProxy: IsProxy
}

const mustBeReady = async (backend: Pick<Backend, 'ready'>): Promise<void> => {
  if (!(await backend.ready()).ok) throw new Error('not ready')
}

/** The one way in: finds the service that owns a request and hands it over as it is. */
export const createEdge = ({ backends, alsoReady = {}, operations, document, trustedProxies = new BlockList(), ...rules }: EdgeOptions): Edge => {
  const door = createDoor(rules)
  const match = compileRoutes(routes, operations)
  const needed = [...services.map((name) => [name, backends[name]] as const), ...Object.entries(alsoReady)]
  const ready = (): Promise<Readiness> => readiness(Object.fromEntries(needed.map(([name, backend]) => [name, () => mustBeReady(backend)])))
  const pageAt = ownPage({ document, ready })

  const handle = (request: IncomingMessage, response: ServerResponse): void => {
    const { method = 'GET', url = '' } = request
    const path = pathOf(url)
    const refused = (problem: Problem, headers: Readonly<Record<string, string>> = {}): void =>
      refuse(response, problem, { 'x-request-id': requestIdOf(request.headers['x-request-id']), ...headers }, path === undefined ? undefined : wireOf(match(method, path)))
    const turnedAway = isProbe(url) ? undefined : door.refusal(request, response)
    if (turnedAway) return refused(turnedAway)
    if (path === undefined) return refused(new Problem('InvalidParameter', 'The path of the request can be read in more than one way; write it plainly.'))
    const found = match(method, path)
    if (isPreflight(request)) return preflight(door, response, found, refused, requestIdOf(request.headers['x-request-id']))
    if (found.kind === 'unknown') return refused(nothingHere())
    // It would say back what the caller's own program may not read: its credentials.
    if (method === 'TRACE') return refused(notAllowed(method), { allow: found.kind === 'wrongMethod' ? found.allowed.join(', ') : '' })
    if (found.kind === 'wrongMethod') return refused(notAllowed(method), { allow: found.allowed.join(', ') })
    if (found.owner === 'edge') {
      const page = pageAt(path)
      return page ? page(request, response) : refused(nothingHere())
    }
    settleAddress(request.headers, request.socket.remoteAddress ?? '', trustedProxies)
    if (isStreaming(found)) mayTakeLong(request)
    backends[found.owner].handle(request, response, wireOf(found))
  }
  return { handle, ready, wire: problemWire, isProxy: isProxyOf(trustedProxies) }
}

const nothingHere = (): Problem => new Problem('RouteNotFound', 'There is nothing at this path; /docs lists what there is.')

const wireOf = (found: Match): ProblemWire | undefined => found.kind === 'owned' ? found.operation?.wire : undefined

const isStreaming = (found: Match): boolean => found.kind === 'owned' && found.operation?.streams === true

// Whoever asks whether we live may ask under any name.
const isProbe = (url: string): boolean => url === '/healthz' || url === '/readyz'

const preflight = (door: Door, response: ServerResponse, found: Match, refused: (problem: Problem, headers?: Readonly<Record<string, string>>) => void, requestId: string): void => {
  if (!response.hasHeader('access-control-allow-origin')) return refused(foreign(), { vary: 'Origin' })
  if (found.kind !== 'wrongMethod') return refused(new Problem('RouteNotFound', 'There is nothing that could be asked at this path.'))
  door.cors.answer(response, found.allowed, { ...privateHeaders, 'x-request-id': requestId })
}

const notAllowed = (method: string): Problem => new Problem('MethodNotAllowed', `This path does not know the method ${method}.`)
