import { Injectable } from '@nestjs/common'
import { type DatabaseFact, type DatabaseId, type DatabaseState, type OrgId, type Page, type PageAsk, Problem, type UserId, pageOf, restless } from '@tenantry/contracts'
import { isTaken } from '@tenantry/persistence'
import { DataSource, type EntityManager } from 'typeorm'
import { type Database, DatabaseEntity, type DatabaseMove } from './database.entity.js'

const columns = `
  id, org_id AS "orgId", environment_id AS "environmentId", name, options, shape, engine, node, storage_bytes::float8 AS "storageBytes",
  state, state_at AS "stateAt", asked_at AS "askedAt", moves, generation, version, present, power,
  created_by AS "createdBy", created_at AS "createdAt", owned_by AS "ownedBy", updated_at AS "updatedAt", updated_by AS "updatedBy",
  documents_version AS "documentsVersion", documents_only AS "documentsOnly"`

// Written out, not given as a parameter: only so can the planner see that the partial index serves.
export const restlessList = restless.map((state) => `'${state}'`).join(', ')

export type NewDatabase = Omit<Database, 'environmentId' | 'stateAt' | 'askedAt' | 'moves' | 'generation' | 'version' | 'present' | 'power' | 'createdAt' | 'updatedAt' | 'documentsVersion' | 'documentsOnly'>
export type DatabaseChange = Partial<Pick<Database, 'name' | 'ownedBy' | 'version' | 'present' | 'power' | 'generation' | 'documentsVersion' | 'documentsOnly'>>

/** One move by the state table. */
export interface Step {
  readonly fact: DatabaseFact
  readonly to: DatabaseState
}

@Injectable()
export class DatabasesRepository {
  constructor(private readonly source: DataSource) {}

  async find(org: OrgId, id: DatabaseId): Promise<Database | undefined> {
    const rows: Database[] = await this.source.query(`SELECT ${columns} FROM databases WHERE org_id = $1 AND id = $2`, [org, id])
    return rows[0]
  }

  /** Oldest first; deleted ones are not listed. */
  async list(org: OrgId, { limit, after }: PageAsk): Promise<Page<Database>> {
    const rows: Database[] = await this.source.query(
      `SELECT ${columns} FROM databases
       WHERE org_id = $1 AND state <> 'DELETED' AND ($2::timestamptz IS NULL OR (created_at, id) > ($2, $3)) ORDER BY created_at, id LIMIT $4`,
      [org, after?.at ?? null, after?.id ?? null, limit + 1])
    return pageOf(rows, limit, ({ createdAt, id }) => ({ at: createdAt, id }))
  }

  /** The row, locked until the transaction ends: whoever changes a database holds it. */
  async lock(tx: EntityManager, org: OrgId, id: DatabaseId): Promise<Database | undefined> {
    const rows: Database[] = await tx.query(`SELECT ${columns} FROM databases WHERE org_id = $1 AND id = $2 FOR UPDATE`, [org, id])
    return rows[0]
  }

  /** Writes the row and the first line of its history, in one statement. */
  async insert(tx: EntityManager, database: NewDatabase): Promise<Database> {
    const rows: Database[] = await nameIsFree(database.name, () => tx.query(
      `WITH made AS (
         INSERT INTO databases (id, org_id, name, options, shape, engine, node, storage_bytes, state, moves, created_by, owned_by, updated_by)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 1, $10, $11, $12) RETURNING *),
       line AS (
         INSERT INTO database_history (database_id, seq, fact, to_state, generation, version, moved_by)
         SELECT id, moves, 'created', state, generation, version, created_by FROM made)
       SELECT ${columns} FROM made`,
      [database.id, database.orgId, database.name, JSON.stringify(database.options), database.shape, database.engine, database.node, database.storageBytes,
        database.state, database.createdBy, database.ownedBy, database.updatedBy]))
    return only(rows)
  }

  async update(tx: EntityManager, database: Database, change: DatabaseChange, by: UserId): Promise<Database> {
    await nameIsFree(change.name ?? '', () => tx.update(DatabaseEntity, { id: database.id }, { ...change, updatedAt: () => 'now()', updatedBy: by }))
    return only(await tx.query(`SELECT ${columns} FROM databases WHERE id = $1`, [database.id]))
  }

  /** Moves the row by one step or several and writes a line of its history for each, in one statement. Answers the row after each. */
  async move(tx: EntityManager, database: Database, steps: readonly Step[], about: Pick<DatabaseMove, 'reason' | 'movedBy'>): Promise<readonly Database[]> {
    const states = steps.map(({ to }) => to)
    // Only one that was deleted gave its name away, and may find it taken.
    await nameIsFree(database.name, () => tx.query(
      `WITH moved AS (
         UPDATE databases SET state = ($4::text[])[$5], state_at = clock_timestamp(), moves = moves + $5 WHERE id = $1 RETURNING id, moves, generation, version)
       INSERT INTO database_history (database_id, seq, fact, from_state, to_state, generation, version, reason, moved_by)
       SELECT id, moves - $5 + nth, fact, from_state, to_state, generation, version, $6, $7
       FROM moved, unnest($2::text[], $3::text[], $4::text[]) WITH ORDINALITY AS step (fact, from_state, to_state, nth)`,
      [database.id, steps.map(({ fact }) => fact), [database.state, ...states.slice(0, -1)], states, steps.length, about.reason, about.movedBy]))
    return states.map((state, at) => ({ ...database, state, moves: database.moves + at + 1 }))
  }

  /**
   * Databases that should have come to rest by now, in any org; each is handed to one process and not again for a while, which
   * grows with the time it has waited, to a minute.
   */
  async takeOverdue(tx: EntityManager, afterSeconds: number, limit: number): Promise<readonly Database[]> {
    const rows: Database[] = await tx.query(
      `SELECT ${columns} FROM databases WHERE state IN (${restlessList})
       AND asked_at < now() - make_interval(secs => greatest($1, least(60, extract(epoch FROM now() - state_at) / 4))) ORDER BY asked_at LIMIT $2 FOR UPDATE SKIP LOCKED`, [afterSeconds, limit])
    await tx.query('UPDATE databases SET asked_at = now() WHERE id = ANY($1)', [rows.map((row) => row.id)])
    return rows
  }
}

const nameIsFree = async <T>(name: string, write: () => Promise<T>): Promise<T> => {
  try {
    return await write()
  } catch (error) {
    if (isTaken(error, 'databases_name')) throw new Problem('DatabaseNameTaken', `A database named "${name}" exists already in this org; choose another name.`)
    throw error
  }
}

const only = (rows: readonly Database[]): Database => {
  const [row] = rows
  if (!row) throw new Error('A database row that was just written is not there.')
  return row
}
