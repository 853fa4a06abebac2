import { Histogram, Registry, collectDefaultMetrics } from 'prom-client'
import { Tally } from './tally.js'

export { Counter, Gauge, Histogram, Registry } from 'prom-client'

/** What each service counts. Each service has a registry of its own, so that several can live in one process. */
export interface ServiceMetrics {
  readonly registry: Registry
  readonly requests: Tally<'method' | 'route' | 'status'>
  readonly chores: Histogram<'chore'>
}

export const createMetrics = (service: string, process: 'own process' | 'shared process' = 'own process'): ServiceMetrics => {
  const registry = new Registry()
  registry.setDefaultLabels({ service })
  if (process === 'own process') collectDefaultMetrics({ register: registry })
  const requests = new Tally({
    name: 'tenantry_http_request_duration_seconds',
    help: 'Time from the first byte of a request to the last byte of its answer.',
    labelNames: ['method', 'route', 'status'] as const,
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30],
    registry,
  })
  const chores = new Histogram({
    name: 'tenantry_chore_duration_seconds',
    help: 'Time of one run of what is done again and again beside the requests: sweeps, retries, cleaning.',
    labelNames: ['chore'] as const,
    buckets: [0.001, 0.005, 0.025, 0.1, 0.5, 2.5, 10],
    registers: [registry],
  })
  return { registry, requests, chores }
}
