import { type Logger, type RunningService, createMetrics } from '@tenantry/service'
import type { EdgeConfig } from './config.js'
import { wholeDocument } from './document.js'
import { createEdge } from './edge.js'
import { operations } from './operations.js'
import { createProxy } from './proxy.js'

/** What a service has left over a statement that takes all the time it may: for the wait before it and the news of its end. */
const patienceSeconds = 60

/** The edge in a process of its own, in front of services elsewhere. */
export const createEdgeAlone = async (config: EdgeConfig, logger: Logger): Promise<RunningService> => {
  const { registry } = createMetrics('edge')
  const proxyTo = (name: keyof EdgeConfig['urls']): ReturnType<typeof createProxy> => createProxy({ name, url: config.urls[name], silenceMs: (config.limits.QUERY_TIMEOUT_SECONDS + patienceSeconds) * 1_000 })
  const backends = { identity: proxyTo('identity'), 'control-plane': proxyTo('control-plane'), 'query-gateway': proxyTo('query-gateway') }
  const provisioner = config.provisionerUrl === undefined ? undefined : createProxy({ name: 'provisioner', url: config.provisionerUrl })
  const edge = createEdge({ backends, ...(provisioner && { alsoReady: { provisioner } }), operations, document: () => wholeDocument(config.publicUrl), trustedProxies: config.trustedProxies })
  logger.debug({ urls: config.urls }, 'handing requests on')
  return {
    name: 'edge',
    handle: edge.handle,
    wire: edge.wire,
    isProxy: edge.isProxy,
    ready: edge.ready,
    metrics: () => registry.metrics(),
    close: async () => { for (const backend of [...Object.values(backends), provisioner]) backend?.close() },
  }
}
