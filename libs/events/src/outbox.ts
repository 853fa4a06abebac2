import { type EventFacts, type EventSubject, newId } from '@tenantry/contracts'
import { onCommit } from '@tenantry/persistence'
import type { EntityManager } from 'typeorm'

/** Where a service puts what it has to tell: in the transaction of the deed itself, so that neither is there without the other. */
export class Outbox {
  private wake: () => void = () => undefined

  /** The relay of this process says how to be woken. */
  wakes(wake: () => void): void {
    this.wake = wake
  }

  async append<S extends EventSubject>(tx: EntityManager, subject: S, facts: EventFacts<S>): Promise<void> {
    await tx.query('INSERT INTO outbox (id, subject, payload) VALUES ($1, $2, $3)', [newId(), subject, JSON.stringify(facts)])
    onCommit(tx, this.wake)
  }
}
