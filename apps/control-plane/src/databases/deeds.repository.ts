import { Injectable } from '@nestjs/common'
import { type DatabaseFact, type DatabaseId, type DatabaseState, type OrgId, type Page, type PageAsk, Problem, type UserId, pageOf } from '@tenantry/contracts'
import { DataSource, type EntityManager } from 'typeorm'
import { restlessList } from './databases.repository.js'

/** What somebody asked of a database, and what came of it. `seq` is its line in the history. */
export interface Deed {
  readonly seq: number
  readonly fact: DatabaseFact | 'created'
  readonly from: DatabaseState | null
  readonly by: UserId | null
  readonly at: Date
  /** The state in which the database came to rest after it; null while it has not, or when the next deed came before. */
  readonly to: DatabaseState | null
  readonly reason: string | null
  readonly endedAt: Date | null
  readonly overtaken: boolean
}

const isAsk = (line: string): string => `(${line}.fact = 'created' OR ${line}.fact LIKE '%Asked')`

/** The history of states, read as deeds: each wish of a caller with the state that it led to. */
@Injectable()
export class DeedsRepository {
  constructor(private readonly source: DataSource) {}

  /** Newest first. */
  async list(org: OrgId, id: DatabaseId, { limit, after }: PageAsk): Promise<Page<Deed>> {
    const rows: Deed[] = await this.source.query(
      `SELECT h.seq, h.fact, h.from_state AS "from", h.moved_by AS by, h.moved_at AS at,
         rest.to_state AS "to", rest.reason, rest.moved_at AS "endedAt", rest.seq IS NULL AND later.seq IS NOT NULL AS overtaken
       FROM database_history h
       JOIN databases d ON d.id = h.database_id AND d.org_id = $1
       LEFT JOIN LATERAL (SELECT seq FROM database_history next WHERE next.database_id = h.database_id AND next.seq > h.seq AND ${isAsk('next')} ORDER BY seq LIMIT 1) later ON true
       LEFT JOIN LATERAL (
         SELECT seq, to_state, reason, moved_at FROM database_history
         WHERE database_id = h.database_id AND seq >= h.seq AND (later.seq IS NULL OR seq < later.seq) AND to_state NOT IN (${restlessList}) ORDER BY seq LIMIT 1) rest ON true
       WHERE h.database_id = $2 AND ($3::int IS NULL OR h.seq < $3) AND ${isAsk('h')} ORDER BY h.seq DESC LIMIT $4`,
      [org, id, after ? lineOf(after.id) : null, limit + 1])
    return pageOf(rows, limit, ({ at, seq }) => ({ at, id: String(seq) }))
  }

  /** How the database was last asked to end: its data stays from its deletion for as long as it can be brought back, and none is left once it is purged. */
  async lastEnd(tx: EntityManager, id: DatabaseId): Promise<{ readonly at: Date; readonly purged: boolean } | undefined> {
    const rows: { at: Date; purged: boolean }[] = await tx.query(
      `SELECT moved_at AS at, fact = 'purgeAsked' AS purged FROM database_history
       WHERE database_id = $1 AND fact IN ('deletionAsked', 'purgeAsked') ORDER BY seq DESC LIMIT 1`, [id])
    return rows[0]
  }
}

const lineOf = (text: string): number => {
  if (/^[1-9][0-9]{0,8}$/.test(text)) return Number(text)
  throw new Problem('InvalidParameter', 'The cursor in next is not one that this list gave out; leave it away to start at the beginning.')
}
