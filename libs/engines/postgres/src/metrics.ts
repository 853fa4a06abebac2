import type { MetricsPort, Target } from '@tenantry/engines-contract'
import { namesOf } from './names.js'
import type { Warden } from './warden.js'

/** What a tenant takes on its server, whether it runs or is stopped. */
export const metricsPort = (wardenFor: (target: Target) => Warden): MetricsPort => ({
  sizeBytes: (target) => wardenFor(target).sizeBytes(namesOf(target).database),
})
