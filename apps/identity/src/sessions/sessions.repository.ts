import { Injectable } from '@nestjs/common'
import type { SessionId, UserId } from '@tenantry/contracts'
import { DataSource, type EntityManager } from 'typeorm'
import { sessionLimits } from './refresh-token.js'

export interface Owned { readonly sessionId: SessionId; readonly userId: UserId }
/** Whose proof a session stands on, and how often everything of the account had been ended when it was given. */
export interface Proven { readonly id: UserId; readonly epoch: number }
export interface Spent extends Owned { readonly successor: Buffer; readonly usedBy: Buffer; readonly recently: boolean }

/** The clock is Postgres' own: it decides alike for every process. */
@Injectable()
export class SessionsRepository {
  constructor(private readonly source: DataSource) {}

  /** Opens a session with its first token; false when something of the account was ended since that epoch. It is not either until the transaction ends. */
  async insert(tx: EntityManager, id: SessionId, { id: userId, epoch }: Proven, digest: Buffer): Promise<boolean> {
    const rows: unknown[] = await tx.query(
      `WITH held AS (SELECT id FROM accounts WHERE id = $2 AND epoch = $3 FOR SHARE),
         opened AS (INSERT INTO sessions (id, user_id, expires_at) SELECT $1, id, now() + make_interval(days => $4) FROM held RETURNING id, expires_at)
       INSERT INTO refresh_tokens (digest, session_id, expires_at) SELECT $5, id, least(expires_at, now() + make_interval(days => $6)) FROM opened RETURNING 1`,
      [id, userId, epoch, sessionLimits.absoluteDays, digest, sessionLimits.idleDays])
    return rows.length > 0
  }

  async insertToken(tx: EntityManager, sessionId: SessionId, digest: Buffer): Promise<void> {
    await tx.query(
      `INSERT INTO refresh_tokens (digest, session_id, expires_at)
       SELECT $1, id, least(expires_at, now() + make_interval(days => $2)) FROM sessions WHERE id = $3`, [digest, sessionLimits.idleDays, sessionId])
  }

  /** Uses a token up, for its successor. However many try at once, one of them is answered. */
  async spend(tx: EntityManager, digest: Buffer, usedBy: Buffer, successor: Buffer): Promise<Owned | undefined> {
    const [rows]: [Owned[], number] = await tx.query(
      `UPDATE refresh_tokens r SET used_at = now(), used_by = $2, successor = $3 FROM sessions s
       WHERE r.digest = $1 AND r.used_at IS NULL AND r.expires_at > now() AND s.id = r.session_id AND s.ended_at IS NULL AND s.expires_at > now()
       RETURNING s.id AS "sessionId", s.user_id AS "userId"`, [digest, usedBy, successor])
    return rows[0]
  }

  /** A token of a living session that was used up before; `recently` when a client may just have missed the answer. */
  async findSpent(tx: EntityManager, digest: Buffer): Promise<Spent | undefined> {
    const rows: Spent[] = await tx.query(
      `SELECT s.id AS "sessionId", s.user_id AS "userId", r.successor, r.used_by AS "usedBy", r.used_at > now() - make_interval(secs => $2) AS recently
       FROM refresh_tokens r JOIN sessions s ON s.id = r.session_id
       WHERE r.digest = $1 AND r.used_at IS NOT NULL AND s.ended_at IS NULL AND s.expires_at > now()`, [digest, sessionLimits.repeatSeconds])
    return rows[0]
  }

  /** Ends a session; false when it had ended before. */
  async end(tx: EntityManager, id: SessionId): Promise<boolean> {
    const [, count]: [unknown[], number] = await tx.query('UPDATE sessions SET ended_at = now() WHERE id = $1 AND ended_at IS NULL', [id])
    return count > 0
  }

  async endAllOf(tx: EntityManager, userId: UserId): Promise<void> {
    await tx.query('UPDATE sessions SET ended_at = now() WHERE user_id = $1 AND ended_at IS NULL', [userId])
  }

  /** Forgets sessions that nobody can use any more. */
  async clean(): Promise<void> {
    await this.source.query("DELETE FROM sessions WHERE expires_at < now() - interval '1 day' OR ended_at < now() - interval '1 day'")
  }
}
