import { type Certificate, type Logger, type RunningService, createMetrics } from '@tenantry/service'
import type { EdgeConfig } from './config.js'
import { wholeDocument } from './document.js'
import { createEdge } from './edge.js'
import { operations } from './operations.js'
import { createProxy } from './proxy.js'
import { openCertificate } from './tls/certificate.js'

const doorOf = ({ publicUrl, trustedProxies, allowedHosts, corsOrigins }: EdgeConfig) => ({ publicUrl, trustedProxies, allowedHosts, corsOrigins })

/** What a service has left over a statement that takes all the time it may: for the wait before it and the news of its end. */
const patienceSeconds = 60

/** The edge in a process of its own, in front of services elsewhere. */
export const createEdgeAlone = async (config: EdgeConfig, logger: Logger): Promise<RunningService> => {
  const { registry } = createMetrics('edge')
  const proxyTo = (name: keyof EdgeConfig['urls']): ReturnType<typeof createProxy> => createProxy({ name, urls: config.urls[name], silenceMs: (config.limits.QUERY_TIMEOUT_SECONDS + patienceSeconds) * 1_000 })
  const backends = { identity: proxyTo('identity'), 'control-plane': proxyTo('control-plane'), 'query-gateway': proxyTo('query-gateway') }
  const provisioner = config.provisionerUrls && createProxy({ name: 'provisioner', urls: config.provisionerUrls })
  const edge = createEdge({ backends, ...(provisioner && { alsoReady: { provisioner } }), operations, document: () => wholeDocument(config.publicUrl), ...doorOf(config) })
  logger.debug({ urls: config.urls }, 'handing requests on')
  return {
    name: 'edge',
    handle: edge.handle,
    wire: edge.wire,
    isProxy: edge.isProxy,
    ready: edge.ready,
    metrics: () => registry.metrics(),
    drain: () => { for (const backend of Object.values(backends)) backend.drain() },
    close: async () => { for (const backend of [...Object.values(backends), provisioner]) backend?.close() },
  }
}

/** The certificate of the edge's port, where it is to end TLS. */
export const edgeCertificate = async ({ host, tls, dataDir }: EdgeConfig, logger: Logger): Promise<Certificate | undefined> => {
  if (!tls) return undefined
  const certificate = await openCertificate({ source: tls, dataDir, host, logger })
  if (certificate.authorityFile !== undefined) logger.warn({ file: certificate.authorityFile }, 'clients must trust the authority in this file')
  return certificate
}
