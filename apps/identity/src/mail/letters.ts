import { Injectable } from '@nestjs/common'
import { type InviteId, Problem, newId } from '@tenantry/contracts'
import { inTransaction, onCommit } from '@tenantry/persistence'
import { DataSource, type EntityManager } from 'typeorm'
import type { AccountLinkKind, InviteFacts } from '../links/link.entity.js'
import type { Letter } from './letter.entity.js'

const mostWaiting = 10_000

/** Mails that wait to be sent, in the transaction of whatever they tell of; one of a kind for an address at a time. */
@Injectable()
export class Letters {
  private wake: () => void = () => undefined

  constructor(private readonly source: DataSource) {}

  /** Whoever sends them says how it is woken. */
  wakes(wake: () => void): void {
    this.wake = wake
  }

  /** The same work whether anybody has the address or not. Throws ServiceUnavailable when too many wait. */
  async ask(kind: AccountLinkKind, emailKey: string): Promise<void> {
    await inTransaction(this.source, async (tx) => {
      const waiting: unknown[] = await tx.query('SELECT 1 FROM letters LIMIT $1', [mostWaiting])
      if (waiting.length >= mostWaiting) throw new Problem('ServiceUnavailable', 'Too many mails wait to be sent; try again later.', { retryAfterSeconds: 60 })
      await this.append(tx, kind, emailKey)
    })
  }

  async append(tx: EntityManager, kind: AccountLinkKind, emailKey: string): Promise<void> {
    await tx.query('INSERT INTO letters (id, kind, email_key) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING', [newId(), kind, emailKey])
    onCommit(tx, this.wake)
  }

  /** One of an invite at a time: of what was said about it, the last counts. */
  async appendInvite(tx: EntityManager, emailKey: string, about: InviteFacts): Promise<void> {
    await tx.query(
      `INSERT INTO letters (id, kind, email_key, about) VALUES ($1, 'invite', $2, $3)
       ON CONFLICT (kind, email_key, (coalesce(about->>'inviteId', ''))) DO UPDATE SET about = EXCLUDED.about`, [newId(), emailKey, JSON.stringify(about)])
    onCommit(tx, this.wake)
  }

  /** Nobody is to be told of this invite any more. */
  async dropInvite(tx: EntityManager, id: InviteId): Promise<void> {
    await tx.query(`DELETE FROM letters WHERE kind = 'invite' AND about->>'inviteId' = $1`, [id])
  }

  /** The next one that is due, which nobody else is given within the lease. */
  async take(leaseSeconds: number): Promise<Letter | undefined> {
    const [rows]: [Letter[], number] = await this.source.query(
      `UPDATE letters SET try_at = now() + make_interval(secs => $1), attempts = attempts + 1
       WHERE id = (SELECT id FROM letters WHERE try_at <= now() ORDER BY try_at LIMIT 1 FOR UPDATE SKIP LOCKED)
       RETURNING id, kind, email_key AS "emailKey", about, created_at AS "createdAt", try_at AS "tryAt", attempts`, [leaseSeconds])
    return rows[0]
  }

  async done(id: string): Promise<void> {
    await this.source.query('DELETE FROM letters WHERE id = $1', [id])
  }

  async postpone(id: string, seconds: number): Promise<void> {
    await this.source.query('UPDATE letters SET try_at = now() + make_interval(secs => $2) WHERE id = $1', [id, seconds])
  }
}
