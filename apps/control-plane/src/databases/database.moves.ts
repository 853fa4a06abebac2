import { Injectable } from '@nestjs/common'
import { type DatabaseFact, Problem, type UserId, moved } from '@tenantry/contracts'
import { Outbox } from '@tenantry/events'
import type { EntityManager } from 'typeorm'
import { FeedRepository } from '../feed/feed.repository.js'
import { type Database, desiredOf } from './database.entity.js'
import { type DatabaseChange, DatabasesRepository, type Step } from './databases.repository.js'

/** Moves databases through the table of their states. The row is the caller's to lock, before the feed and the org. */
@Injectable()
export class DatabaseMoves {
  constructor(private readonly databases: DatabasesRepository, private readonly outbox: Outbox, private readonly feed: FeedRepository) {}

  /** Goes through these facts one after another: each has its line in the history and is told. */
  async move(tx: EntityManager, database: Database, facts: readonly DatabaseFact[], about: { by?: UserId; reason?: string | undefined }): Promise<Database> {
    const steps = stepsFrom(database.state, facts)
    if (steps.length === 0) return database
    const passed = await this.databases.move(tx, database, steps, { reason: about.reason ?? null, movedBy: about.by ?? null })
    this.outbox.append(tx, 'control.database.moved', ...passed.map((after) => ({
      databaseId: after.id, orgId: after.orgId, generation: after.generation, version: after.moves, state: after.state,
    })))
    this.feed.append(tx, database.orgId, ...passed.map((after, nth) => ({
      kind: 'database.moved' as const, databaseId: after.id, name: after.name, state: after.state, from: passed[nth - 1]?.state ?? database.state,
      cause: steps[nth]?.fact ?? null, by: about.by ?? null, reason: about.reason ?? null,
    })))
    return passed.at(-1) ?? database
  }

  /** Writes a caller's wish down and tells the provisioner of it. Throws DatabaseInWrongState where the table has no such move. */
  async wish(tx: EntityManager, database: Database, fact: DatabaseFact, change: DatabaseChange, by: UserId): Promise<Database> {
    if (!moved(database.state, fact)) throw wrongState(database, verbs[fact] ?? 'be changed')
    const wished = await this.databases.update(tx, database, { ...change, version: database.version + 1 }, by)
    const after = await this.move(tx, wished, [fact], { by })
    this.ask(tx, after)
    return after
  }

  /** Asks the provisioner for what is wished of these. */
  ask(tx: EntityManager, ...databases: readonly Database[]): void {
    this.outbox.append(tx, 'control.database.desired', ...databases.map(desiredOf))
  }

  /** Tells the org's feed what happened to a database beside its moves. */
  tell(tx: EntityManager, kind: 'database.created' | 'database.updated', { orgId, id, name, state }: Database, by: UserId): void {
    this.feed.append(tx, orgId, { kind, databaseId: id, name, state, from: null, cause: null, by, reason: null })
  }
}

const verbs: Readonly<Partial<Record<DatabaseFact, string>>> = {
  stopAsked: 'be stopped', startAsked: 'be started', deletionAsked: 'be deleted', undeleteAsked: 'be brought back', retryAsked: 'be tried again',
}

const stepsFrom = (state: Database['state'], facts: readonly DatabaseFact[]): readonly Step[] => {
  let from = state
  return facts.map((fact) => {
    const to = moved(from, fact)
    if (!to) throw new Error(`${fact} is not a move from ${from}.`)
    from = to
    return { fact, to }
  })
}

export const wrongState = (database: Database, what: string): Problem =>
  new Problem('DatabaseInWrongState', `The database is ${database.state} and cannot ${what} now.`)

export const missing = (): Problem => new Problem('DatabaseNotFound', 'There is no such database.')

/** The database that was looked for. Throws DatabaseNotFound, in the same words for one that is gone and one of another org. */
export const there = (database: Database | undefined): Database => {
  if (!database) throw missing()
  return database
}
