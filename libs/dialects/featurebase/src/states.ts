import type { DatabaseState } from '@tenantry/contracts'

/**
 * The document's word for each state. STOPPED is not in its table, though it has routes that stop and start: it is said as it is.
 * QUARANTINED is FROZEN to it: no operation is possible.
 */
export const databaseStatus: Readonly<Record<DatabaseState, string>> = {
  CREATING: 'CREATING', PROVISIONING: 'PROVISIONING', RUNNING: 'RUNNING', UPDATING: 'UPDATING', BACKUP: 'BACKUP', RESTORING: 'RESTORING',
  STOPPED: 'STOPPED', FROZEN: 'FROZEN', QUARANTINED: 'FROZEN', DELETING: 'DELETING', DEPROVISIONING: 'DEPROVISIONING', DELETED: 'DELETED',
  FAILED: 'FAILED',
}
