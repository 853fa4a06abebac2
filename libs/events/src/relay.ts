import { type JetStreamClient, type JetStreamManager, jetstream, jetstreamManager } from '@nats-io/jetstream'
import type { NatsConnection } from '@nats-io/transport-node'
import type { StreamName } from '@tenantry/contracts'
import { inBatches, inTransaction, send } from '@tenantry/persistence'
import type { Logger } from '@tenantry/service'
import type { DataSource } from 'typeorm'
import { natsIsThere } from './connection.js'
import type { Outbox } from './outbox.js'
import { ensureStream, keptDays } from './streams.js'

interface Row { seq: string; id: string; subject: string; payload: Record<string, unknown>; at: Date }

const batch = 200
const pollMs = 1000
const housekeepingMs = 60_000
const together = 5_000

/**
 * Carries the outbox to the stream. A commit wakes it and a poll of one second is the truth. One relay a schema works at a time,
 * so that events of a record leave in the order in which they were written; rows are found by what is unsent, never by number.
 */
export class Relay {
  private stopped = false
  private woken = Promise.withResolvers<void>()
  private running: Promise<void> = Promise.resolve()
  private manager: JetStreamManager | undefined
  private readonly client: JetStreamClient
  private checkedAt = 0
  private cleanedAt = Date.now()

  constructor(private readonly source: DataSource, private readonly connection: NatsConnection, private readonly stream: StreamName,
    outbox: Outbox, private readonly logger: Logger) {
    this.client = jetstream(connection, { timeout: 2000 })
    outbox.wakes(() => this.woken.resolve())
  }

  start(): void {
    this.running = this.loop()
  }

  async stop(): Promise<void> {
    this.stopped = true
    this.woken.resolve()
    await this.running
  }

  private async loop(): Promise<void> {
    while (!this.stopped) {
      const more = await this.pass().catch((error: unknown) => this.complain(error))
      if (more) continue
      const timer = setTimeout(() => this.woken.resolve(), pollMs)
      await this.woken.promise
      clearTimeout(timer)
      this.woken = Promise.withResolvers<void>()
    }
  }

  private complain(error: unknown): false {
    this.checkedAt = 0
    if (natsIsThere(this.connection)) this.logger.warn({ error }, 'the outbox could not be sent; it is tried again')
    return false
  }

  /** Sends what is there; answers whether there may be more. */
  private async pass(): Promise<boolean> {
    if (!natsIsThere(this.connection)) return false
    await this.checkStream()
    await this.clean()
    return await inTransaction(this.source, async (tx) => {
      const rows: Row[] = await tx.query(
        `WITH turn AS MATERIALIZED (SELECT pg_try_advisory_xact_lock(hashtext($2)) AS mine)
         SELECT seq, id, subject, payload, created_at AS at FROM outbox
         WHERE sent_at IS NULL AND (SELECT mine FROM turn) ORDER BY seq LIMIT $1 FOR UPDATE SKIP LOCKED`, [batch, `relay:${this.stream}`])
      if (rows.length === 0) return false
      await Promise.all(rows.map((row) => this.publish(row)))
      // What a crash makes of this is sent twice, so the disk is not waited for.
      send(tx, `UPDATE outbox SET sent_at = now() WHERE seq = ANY($1) AND set_config('synchronous_commit', 'off', true) IS NOT NULL`, [rows.map((row) => row.seq)])
      return rows.length === batch
    })
  }

  private async publish(row: Row): Promise<void> {
    const body = JSON.stringify({ ...row.payload, id: row.id, at: row.at.toISOString() })
    await this.client.publish(row.subject, body, { msgID: row.id, expect: { streamName: this.stream } })
  }

  /** A stream that was made anew has lost what it held: everything of the last days is sent again, and inboxes drop the doubles. */
  private async checkStream(): Promise<void> {
    if (Date.now() - this.checkedAt < 5000) return
    this.manager ??= await jetstreamManager(this.connection, { timeout: 2000 })
    const { created } = await ensureStream(this.manager, this.stream)
    await inTransaction(this.source, async (tx) => {
      const [seen]: { created: string }[] = await tx.query('SELECT created FROM streams_seen WHERE stream = $1 FOR UPDATE', [this.stream])
      if (seen?.created === created) return
      await tx.query(
        'INSERT INTO streams_seen (stream, created) VALUES ($1, $2) ON CONFLICT (stream) DO UPDATE SET created = EXCLUDED.created', [this.stream, created])
      await inBatches(tx, 'UPDATE outbox SET sent_at = NULL WHERE seq IN (SELECT seq FROM outbox WHERE sent_at IS NOT NULL AND created_at > now() - make_interval(days => $1) LIMIT $2)', keptDays, { together })
    })
    this.checkedAt = Date.now()
  }

  private async clean(): Promise<void> {
    if (Date.now() - this.cleanedAt < housekeepingMs) return
    this.cleanedAt = Date.now()
    await inBatches(this.source, 'DELETE FROM outbox WHERE seq IN (SELECT seq FROM outbox WHERE sent_at IS NOT NULL AND created_at < now() - make_interval(days => $1) LIMIT $2)', keptDays, { together })
    await inBatches(this.source, 'DELETE FROM inbox WHERE (consumer, event_id) IN (SELECT consumer, event_id FROM inbox WHERE taken_at < now() - make_interval(days => $1) LIMIT $2)', 2 * keptDays, { together })
  }
}
