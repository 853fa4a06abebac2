import { createHash, timingSafeEqual } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { type RunningService, privateHeaders } from '@tenantry/service'
import { mergeMetrics } from './merge-metrics.js'

export interface AdminRules {
  /** The services that run by now, by name. */
  readonly running: ReadonlyMap<string, RunningService>
  /** What the process says of itself. */
  readonly processMetrics: () => Promise<string>
  /** Whether the process has been told to end: it is then not ready, whatever its services say. */
  readonly stopping: () => boolean
  /** What starts the Postgres for tenants, and the token that whoever asks for it must have. */
  readonly wake: { readonly token: string; readonly start: () => Promise<void> }
}

/** Where the provisioner asks for the Postgres of tenants, which is started when it is first needed. */
export const wakePath = '/internal/tenants-postgres/start'

const owners = [['/internal/identity.', 'identity'], ['/.well-known/', 'identity'], ['/internal/control.', 'control-plane'], ['/internal/provisioner.', 'provisioner']] as const

const send = (response: ServerResponse, status: number, type: string, body: string): void => {
  response.writeHead(status, { ...privateHeaders, 'content-type': type, ...(status === 503 && { 'retry-after': '1' }) }).end(body)
}

const readinessOf = async ({ running, stopping }: Pick<AdminRules, 'running' | 'stopping'>): Promise<{ ok: boolean; services: object }> => {
  const seen = await Promise.all([...running].map(async ([name, service]) => [name, await service.ready()] as const))
  return { ok: !stopping() && seen.length > 0 && seen.every(([, { ok }]) => ok), services: Object.fromEntries(seen) }
}

const isFrom = ({ headers: { authorization = '' } }: IncomingMessage, token: string): boolean => {
  const [said, wanted] = [authorization, `Bearer ${token}`].map((text) => createHash('sha256').update(text).digest())
  return said !== undefined && wanted !== undefined && timingSafeEqual(said, wanted)
}

/** The loopback port: internal calls of the services to each other, metrics, and readiness in detail. */
export const adminRoutes = ({ running, processMetrics, stopping, wake }: AdminRules) => (request: IncomingMessage, response: ServerResponse): void => {
  const { url = '/' } = request
  const fail = (): void => send(response, 500, 'text/plain', 'failed\n')
  const owner = owners.find(([prefix]) => url.startsWith(prefix))?.[1]
  if (owner !== undefined) {
    const service = running.get(owner)
    return service ? service.handle(request, response) : send(response, 503, 'text/plain', 'starting\n')
  }
  if (url === wakePath) {
    if (!isFrom(request, wake.token)) return send(response, 401, 'text/plain', 'the internal token is missing\n')
    wake.start().then(() => send(response, 204, 'text/plain', ''), fail)
    return
  }
  if (url === '/healthz') return send(response, 200, 'text/plain', 'ok\n')
  if (url === '/readyz') {
    readinessOf({ running, stopping }).then((seen) => send(response, seen.ok ? 200 : 503, 'application/json', `${JSON.stringify(seen)}\n`), fail)
  } else if (url === '/metrics') {
    Promise.all([processMetrics(), ...[...running.values()].map((service) => service.metrics())])
      .then((texts) => send(response, 200, 'text/plain; version=0.0.4; charset=utf-8', mergeMetrics(texts)), fail)
  } else send(response, 404, 'text/plain', 'There is /healthz, /readyz and /metrics here.\n')
}
