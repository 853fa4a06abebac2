import type { AskRecords } from './records.js'

// Written out here a second time: the auditor does not believe the table that it audits.
const legal: Readonly<Record<string, readonly string[]>> = {
  'null': ['CREATING'],
  CREATING: ['PROVISIONING', 'FAILED', 'DELETING'],
  PROVISIONING: ['RUNNING', 'FAILED', 'DELETING'],
  RUNNING: ['UPDATING', 'BACKUP', 'RESTORING', 'QUARANTINED', 'DELETING', 'FAILED'],
  DELETING: ['DEPROVISIONING'],
  DEPROVISIONING: ['DELETED'],
  FAILED: ['DELETING'],
  DELETED: [],
}

interface Move {
  readonly id: string
  readonly seq: number
  readonly from: string | null
  readonly to: string
  readonly generation: number
  readonly version: number
  readonly state: string
  readonly moves: number
}

/** Each history counts from 1 without a gap, each move begins where the last one ended, and no number ever goes back. */
export const historyFaults = async (records: AskRecords): Promise<readonly string[]> => {
  const rows = await records<Move & Record<string, unknown>>('control_plane', `
    SELECT d.id, h.seq, h.from_state AS "from", h.to_state AS "to", h.generation, h.version, d.state, d.moves
    FROM databases d JOIN database_history h ON h.database_id = d.id ORDER BY d.id, h.seq`)
  return rows.flatMap((move, at) => {
    const before = rows[at - 1]?.id === move.id ? rows[at - 1] : undefined
    const isLast = rows[at + 1]?.id !== move.id
    const where = `move ${move.seq} of ${move.id} (${String(move.from)} to ${move.to})`
    return [
      ...(move.seq === (before?.seq ?? 0) + 1 ? [] : [`${where} follows number ${before?.seq ?? 0}`]),
      ...(move.from === (before?.to ?? null) ? [] : [`${where} follows ${String(before?.to)}`]),
      ...(legal[String(move.from)]?.includes(move.to) ? [] : [`${where} is not allowed`]),
      ...(move.generation >= (before?.generation ?? 0) && move.version >= (before?.version ?? 0) ? [] : [`${where} goes back`]),
      ...(!isLast || (move.state === move.to && move.moves === move.seq) ? [] : [`${where} is the last, and the database is ${move.state} after ${move.moves}`]),
    ]
  })
}
