import type { Chore } from '@tenantry/service'
import type { ProvisionerConfig } from '../config.js'
import type { ReconcileService } from './reconcile.service.js'

const trySeconds = 0.25
const batch = 50

/** Tries again what is due, and ends what was deleted long ago: a bounded number a pass, whatever has piled up. */
export const sweepsOf = (reconcile: ReconcileService, config: Pick<ProvisionerConfig, 'sweepSeconds' | 'undeleteDays'>): Readonly<Record<string, Chore>> => ({
  retries: { everySeconds: trySeconds, run: () => reconcile.runDue(batch) },
  purges: { everySeconds: config.sweepSeconds, run: () => reconcile.purgeOld(config.undeleteDays, batch) },
})
