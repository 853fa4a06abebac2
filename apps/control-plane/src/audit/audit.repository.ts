import { randomUUID } from 'node:crypto'
import { Injectable } from '@nestjs/common'
import { type AuditEntry, type AuditLine, type OrgId, type UserId, canonical } from '@tenantry/contracts'
import type { DoneDeed, ObjectAt } from '@tenantry/deeds'
import { send } from '@tenantry/persistence'
import { DataSource, type EntityManager } from 'typeorm'

/** What of the record somebody asks for. */
export interface AuditFilter {
  readonly actor?: UserId | undefined
  readonly action?: string | undefined
  readonly from?: Date | undefined
  readonly to?: Date | undefined
}

export interface AuditSpan {
  /** Lines after this number. */
  readonly after?: number | undefined
  /** Lines before this number. */
  readonly before?: number | undefined
  readonly order: 'ASC' | 'DESC'
  readonly limit: number
}

/** What the first line of a chain has before it. */
const nothing = `decode(repeat('00', 32), 'hex')`
const hashOf = (previous: string, number: string): string => `sha256(${previous} || convert_to(${number} || E'\\n' || (SELECT entry FROM line), 'UTF8'))`

/** $1 is the org; when, who and what follow from `first` on, and then what `entry` is made of. */
const append = (entry: string, first: number): string =>
  `WITH line AS MATERIALIZED (SELECT ${entry} AS entry), head AS (
     INSERT INTO audit_heads AS h (org_id, number, prev_hash, hash) VALUES ($1, 1, ${nothing}, ${hashOf(nothing, `'1'`)})
     ON CONFLICT (org_id) DO UPDATE SET number = h.number + 1, prev_hash = h.hash, hash = ${hashOf('h.hash', '(h.number + 1)::text')}
     RETURNING number, prev_hash, hash)
   INSERT INTO audit (org_id, number, at, actor_id, action, entry, prev_hash, hash)
   SELECT $1, number, $${first}, $${first + 1}, $${first + 2}, entry, prev_hash, hash FROM head, line`

const appendWhole = append('$5::text', 2)
/** By how the object is hashed, which is one way a kind: the statement's own hash of it stands between two pieces of the entry. */
const appendsBetween = new Map<string, string>()
const appendBetween = ({ hashSql }: ObjectAt): string => {
  const known = appendsBetween.get(hashSql) ?? append(`$6::text || coalesce((SELECT '"' || hash || '"' FROM (${hashSql}) object), 'null') || $7::text`, 3)
  appendsBetween.set(hashSql, known)
  return known
}

/**
 * Adds a line to its org's chain, in one statement that nobody waits for. The org's head is held from here to the commit, so that
 * numbers have no gap and stand in the order of the commits; it MUST therefore be the last thing that a deed locks.
 */
export const appendAudit = (tx: EntityManager, entry: AuditEntry): void =>
  send(tx, appendWhole, [entry.org_id, entry.at, entry.actor_id, entry.action, canonical(entry)])

/** Stands for a hash until there is one; nobody else can write it. */
const mark = randomUUID()

/** The same for a deed of this service: what its object is by now is hashed by the statement that writes the line. */
export const keepDeed = (tx: EntityManager, deed: DoneDeed, object: ObjectAt | undefined): void => {
  if (!object) return appendAudit(tx, { ...deed, after_hash: null })
  const [before = '', after = ''] = canonical({ ...deed, after_hash: mark }).split(JSON.stringify(mark))
  send(tx, appendBetween(object), [object.org, object.name, deed.at, deed.actor_id, deed.action, before, after])
}

interface Row { number: string; entry: string; prevHash: string; hash: string }

@Injectable()
export class AuditRepository {
  constructor(private readonly source: DataSource) {}

  /** The number of the last line; 0 where nothing was done yet. */
  async last(org: OrgId): Promise<number> {
    const rows: { number: string }[] = await this.source.query('SELECT number FROM audit_heads WHERE org_id = $1', [org])
    return Number(rows[0]?.number ?? 0)
  }

  async list(org: OrgId, filter: AuditFilter, { after = 0, before, order, limit }: AuditSpan): Promise<readonly AuditLine[]> {
    const rows: Row[] = await this.source.query(
      `SELECT number, entry, encode(prev_hash, 'hex') AS "prevHash", encode(hash, 'hex') AS hash FROM audit
       WHERE org_id = $1 AND number > $2 AND ($3::bigint IS NULL OR number < $3)
         AND ($4::uuid IS NULL OR actor_id = $4) AND ($5::text IS NULL OR action = $5)
         AND ($6::timestamptz IS NULL OR at >= $6) AND ($7::timestamptz IS NULL OR at < $7)
       ORDER BY number ${order} LIMIT $8`,
      [org, after, before ?? null, filter.actor ?? null, filter.action ?? null, filter.from ?? null, filter.to ?? null, limit])
    // Not cut to the names that are known here: every name in it was hashed.
    return rows.map((row) => ({ number: Number(row.number), ...JSON.parse(row.entry) as AuditEntry, prev_hash: row.prevHash, hash: row.hash }))
  }
}
