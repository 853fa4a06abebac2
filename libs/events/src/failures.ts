import type { DataSource } from 'typeorm'

/** How often an event may fail for a reason nobody foresaw before it is put aside. */
export const mostFailures = 8

export interface FailedEvent {
  readonly consumer: string
  readonly id: string
  readonly subject: string
  readonly payload: unknown
}

/** Counts unforeseen failures in Postgres, where a restart does not forget them. Answers whether the event is now put aside. */
export const noteFailure = async (source: DataSource, event: FailedEvent, error: unknown): Promise<boolean> => {
  const reason = error instanceof Error ? error.message : String(error)
  const rows: { parked: boolean }[] = await source.query(
    `INSERT INTO failures AS f (consumer, event_id, subject, payload, count, reason) VALUES ($1, $2, $3, $4, 1, $5)
     ON CONFLICT (consumer, event_id) DO UPDATE SET count = f.count + 1, reason = EXCLUDED.reason, failed_at = now(),
       parked_at = CASE WHEN f.count + 1 >= $6 THEN now() ELSE f.parked_at END
     RETURNING parked_at IS NOT NULL AS parked`,
    [event.consumer, event.id, event.subject, JSON.stringify(event.payload), reason.slice(0, 2000), mostFailures],
  )
  return rows[0]?.parked ?? false
}
