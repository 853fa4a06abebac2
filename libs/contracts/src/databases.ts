import { z } from 'zod'

export const databaseStates = [
  'CREATING', 'PROVISIONING', 'RUNNING', 'UPDATING', 'BACKUP', 'RESTORING', 'STOPPED', 'FROZEN', 'QUARANTINED',
  'DELETING', 'DEPROVISIONING', 'DELETED', 'FAILED',
] as const
export type DatabaseState = (typeof databaseStates)[number]

/** What can happen to a database. The `…Asked` facts are wishes of a caller; the others are reports of what was seen. */
export const databaseFacts = [
  'claimed', 'provisioned', 'failed',
  'stopAsked', 'stopped', 'startAsked', 'started', 'updateBegan', 'updated',
  'backupBegan', 'backedUp', 'backupBroke', 'restoreBegan', 'restored',
  'quarantineAsked', 'released', 'deletionAsked', 'deprovisionBegan', 'deprovisioned', 'undeleteAsked',
  'retryAsked', 'purgeAsked',
] as const
export type DatabaseFact = (typeof databaseFacts)[number]

type Moves = Readonly<Record<DatabaseState, Readonly<Partial<Record<DatabaseFact, DatabaseState>>>>>

/**
 * The whole life of a database. A pair that is absent is a stale or illegal fact: a report is then ignored, a wish refused.
 * Stopping and starting pass through UPDATING, in which queries are still answered until the engine has let go.
 */
const moves = {
  CREATING: { claimed: 'PROVISIONING', failed: 'FAILED', deletionAsked: 'DELETING' },
  PROVISIONING: { provisioned: 'RUNNING', failed: 'FAILED', deletionAsked: 'DELETING' },
  RUNNING: {
    stopAsked: 'UPDATING', updateBegan: 'UPDATING', backupBegan: 'BACKUP', restoreBegan: 'RESTORING',
    quarantineAsked: 'QUARANTINED', deletionAsked: 'DELETING', failed: 'FAILED',
  },
  UPDATING: { updated: 'RUNNING', stopped: 'STOPPED', started: 'RUNNING', failed: 'FAILED', deletionAsked: 'DELETING' },
  BACKUP: { backedUp: 'RUNNING', backupBroke: 'FROZEN', deletionAsked: 'DELETING' },
  // An undelete ends as the database was left: with its power on or off. So does another try, of which the data may be made for the first time.
  RESTORING: { provisioned: 'RUNNING', restored: 'RUNNING', started: 'RUNNING', stopped: 'STOPPED', failed: 'FAILED', deletionAsked: 'DELETING' },
  STOPPED: { startAsked: 'UPDATING', restoreBegan: 'RESTORING', quarantineAsked: 'QUARANTINED', deletionAsked: 'DELETING' },
  FROZEN: { backupBegan: 'BACKUP', restoreBegan: 'RESTORING', quarantineAsked: 'QUARANTINED', deletionAsked: 'DELETING', failed: 'FAILED' },
  QUARANTINED: { released: 'RUNNING', deletionAsked: 'DELETING' },
  DELETING: { deprovisionBegan: 'DEPROVISIONING' },
  DEPROVISIONING: { deprovisioned: 'DELETED' },
  // What was purged stays deleted: an undelete is then refused by its history.
  DELETED: { undeleteAsked: 'RESTORING', purgeAsked: 'DELETED' },
  FAILED: { retryAsked: 'RESTORING', deletionAsked: 'DELETING' },
} as const satisfies Moves

/** The state after `fact`; undefined when the fact is stale or not allowed there. */
export const moved = (from: DatabaseState, fact: DatabaseFact): DatabaseState | undefined => (moves as Moves)[from][fact]

/** A later report proves the earlier one, so that a report overtaken on its way loses nothing. */
const proves: Readonly<Partial<Record<DatabaseFact, DatabaseFact>>> = { provisioned: 'claimed', deprovisioned: 'deprovisionBegan' }

/** The facts to apply, in order, so that `fact` becomes true of a database in `from`; empty when it is stale. */
export const factsUpTo = (from: DatabaseState, fact: DatabaseFact): readonly DatabaseFact[] => {
  if (moved(from, fact)) return [fact]
  const earlier = proves[fact]
  const between = earlier && moved(from, earlier)
  return earlier && between && moved(between, fact) ? [earlier, fact] : []
}

/** What a caller may do with the data in each state. FROZEN refuses even reads on the native API. */
export const answersQueries: Readonly<Record<DatabaseState, boolean>> = {
  CREATING: false, PROVISIONING: false, RUNNING: true, UPDATING: true, BACKUP: true, RESTORING: false, STOPPED: false,
  FROZEN: false, QUARANTINED: false, DELETING: false, DEPROVISIONING: false, DELETED: false, FAILED: false,
}

/** States that somebody is working on: one that stays here too long is asked for again by the sweep. */
export const restless: readonly DatabaseState[] = ['CREATING', 'PROVISIONING', 'UPDATING', 'RESTORING', 'DELETING', 'DEPROVISIONING']

/** The engines that run in children of the engine host. */
export const embeddedEngineNames = ['sqlite', 'bitmap'] as const
export const EmbeddedEngineNameSchema = z.enum(embeddedEngineNames)
export type EmbeddedEngineName = z.infer<typeof EmbeddedEngineNameSchema>

/** All engines; the others are servers of their own, of which an installation may have none. */
export const engineNames = [...embeddedEngineNames, 'postgres', 'featurebase'] as const
export const EngineNameSchema = z.enum(engineNames)
export type EngineName = z.infer<typeof EngineNameSchema>

/** What a database may use. Sizes in bytes. */
export const DatabaseLimitsSchema = z.object({ storageBytes: z.number().int().positive() })
export type DatabaseLimits = z.infer<typeof DatabaseLimitsSchema>

/** Database names are 1 to 300 characters without control characters, and keep no space at either end. */
export const databaseNameLength = { min: 1, max: 300 } as const
