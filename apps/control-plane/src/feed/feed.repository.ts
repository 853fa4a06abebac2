import { Injectable } from '@nestjs/common'
import type { DatabaseId, OrgId } from '@tenantry/contracts'
import { send } from '@tenantry/persistence'
import { DataSource, type EntityManager } from 'typeorm'
import type { FeedEvent, FeedFacts } from './feed.entity.js'

/** How far an org's feed goes: `last` is the newest event, `gone` the newest that is not kept any more. */
export interface FeedReach {
  readonly orgId: OrgId
  readonly last: number
  readonly gone: number
}

@Injectable()
export class FeedRepository {
  constructor(private readonly source: DataSource) {}

  /**
   * Writes events of an org, numbered on from its newest. The number's row stays locked until the deed is kept, so that numbers
   * have no gap and come in the order of commits. To be sent after everything that locks a database and before what locks the org.
   */
  append(tx: EntityManager, org: OrgId, ...events: readonly FeedFacts[]): void {
    if (events.length === 0) return
    send(tx,
      `WITH head AS (
         INSERT INTO feed_heads AS head (org_id, seq) VALUES ($1, $2) ON CONFLICT (org_id) DO UPDATE SET seq = head.seq + $2 RETURNING seq)
       INSERT INTO feed (org_id, seq, database_id, kind, name, state, from_state, cause, by, reason)
       SELECT $1, head.seq - $2 + nth, id, kind, name, state, from_state, cause, by, reason
       FROM head, unnest($3::uuid[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[], $9::uuid[], $10::text[])
         WITH ORDINALITY AS event (id, kind, name, state, from_state, cause, by, reason, nth)`,
      [org, events.length, events.map((event) => event.databaseId), events.map((event) => event.kind), events.map((event) => event.name), events.map((event) => event.state),
        events.map((event) => event.from), events.map((event) => event.cause), events.map((event) => event.by), events.map((event) => event.reason)])
  }

  /** An org that nothing has happened in is not among the answers. */
  async reach(orgs: readonly OrgId[]): Promise<readonly FeedReach[]> {
    return await this.source.query(
      `SELECT org_id AS "orgId", seq::float8 AS last,
         coalesce((SELECT kept.seq - 1 FROM feed kept WHERE kept.org_id = head.org_id ORDER BY kept.seq LIMIT 1), seq)::float8 AS gone
       FROM feed_heads head WHERE org_id = ANY($1)`, [orgs])
  }

  /** Events after one number up to another, oldest first; of one database when it is named. */
  async between(org: OrgId, database: DatabaseId | undefined, after: number, upTo: number, limit: number): Promise<readonly FeedEvent[]> {
    return await this.source.query(
      `SELECT seq::float8 AS seq, database_id AS "databaseId", kind, name, state, from_state AS "from", cause, by, reason, at
       FROM feed WHERE org_id = $1 AND seq > $2 AND seq <= $3 AND ($4::uuid IS NULL OR database_id = $4) ORDER BY seq LIMIT $5`,
      [org, after, upTo, database ?? null, limit])
  }

  /** Ends what is older than this many days; a bounded number a call, oldest first. Answers how many there were. */
  async forget(days: number, limit: number): Promise<number> {
    const [, ended]: [unknown, number] = await this.source.query(
      `DELETE FROM feed USING (SELECT org_id, seq FROM feed WHERE at < now() - make_interval(secs => $1) ORDER BY at, seq LIMIT $2) old
       WHERE feed.org_id = old.org_id AND feed.seq = old.seq`, [days * 86_400, limit])
    return ended
  }
}
