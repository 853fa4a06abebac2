import { type EventFacts, type EventSubject, newId } from '@tenantry/contracts'
import { onCommit, send } from '@tenantry/persistence'
import type { EntityManager } from 'typeorm'

/** Where a service puts what it has to tell: in the transaction of the deed itself, so that neither is there without the other. */
export class Outbox {
  private wake: () => void = () => undefined

  /** The relay of this process says how to be woken. */
  wakes(wake: () => void): void {
    this.wake = wake
  }

  /** Writes events of one kind, in this order. */
  append<S extends EventSubject>(tx: EntityManager, subject: S, ...events: readonly EventFacts<S>[]): void {
    if (events.length === 0) return
    send(tx, 'INSERT INTO outbox (id, subject, payload) SELECT id, $2, payload FROM unnest($1::uuid[], $3::jsonb[]) WITH ORDINALITY AS event (id, payload, nth) ORDER BY nth',
      [events.map(() => newId()), subject, events.map((facts) => JSON.stringify(facts))])
    onCommit(tx, this.wake)
  }
}
