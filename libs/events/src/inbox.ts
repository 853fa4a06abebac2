import type { EntityManager } from 'typeorm'

/**
 * Runs `work` unless this consumer has already taken the event, in the transaction that also remembers it: twice is once.
 * Answers whether the work was run.
 */
export const once = async (tx: EntityManager, consumer: string, eventId: string, work: () => Promise<void>): Promise<boolean> => {
  const inserted: unknown[] = await tx.query('INSERT INTO inbox (consumer, event_id) VALUES ($1, $2) ON CONFLICT DO NOTHING RETURNING 1', [consumer, eventId])
  if (inserted.length === 0) return false
  await work()
  return true
}
