import { Injectable } from '@nestjs/common'
import { type AnswerOf, type Revocation, requestSchemas } from '@tenantry/contracts'
import { leewaySeconds, tokenLifeSeconds } from '@tenantry/auth'
import { DataSource, type EntityManager } from 'typeorm'

const pageSize = 1000
const keptDays = 7
// Who starts now needs what may still be alive: a token's life, the leeway, and the longest transaction.
const startSeconds = tokenLifeSeconds + leewaySeconds + 60

@Injectable()
export class RevocationsRepository {
  constructor(private readonly source: DataSource) {}

  /** Adds to the feed, in the transaction of the deed and as late in it as can be: the counter's lock is held from here on. */
  async append(tx: EntityManager, entry: Revocation): Promise<void> {
    await tx.query(
      `WITH next AS (UPDATE revocation_counter SET seq = seq + 1 RETURNING seq)
       INSERT INTO revocations (seq, kind, subject_id, epoch) SELECT seq, $1, $2, $3 FROM next`,
      [entry.kind, entry.id, entry.kind === 'user' ? entry.epoch : null])
  }

  /** What follows `seq`, oldest first, and where to go on. One statement, so that both are seen at one moment. */
  async since(seq: number): Promise<AnswerOf<'identity.revocations.since'>> {
    const rows: { latest: string; entries: { seq: number }[] }[] = await this.source.query(
      `SELECT (SELECT seq FROM revocation_counter) AS latest, coalesce((
         SELECT json_agg(json_build_object('seq', f.seq, 'kind', f.kind, 'id', f.subject_id, 'epoch', f.epoch) ORDER BY f.seq) FROM (
           SELECT * FROM revocations WHERE seq > $1 AND ($1 > 0 OR revoked_at > now() - make_interval(secs => $2)) ORDER BY seq LIMIT $3) f
       ), '[]') AS entries`, [seq, startSeconds, pageSize])
    const { latest = '0', entries = [] } = rows[0] ?? {}
    const more = entries.length === pageSize
    return requestSchemas['identity.revocations.since'].answer.parse({ seq: more ? entries.at(-1)?.seq : Number(latest), entries })
  }

  async clean(): Promise<void> {
    await this.source.query('DELETE FROM revocations WHERE revoked_at < now() - make_interval(days => $1)', [keptDays])
  }
}
