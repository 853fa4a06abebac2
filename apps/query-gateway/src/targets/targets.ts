import { type DatabaseId, type DatabaseTarget, type OrgId, Problem, answersQueries } from '@tenantry/contracts'
import type { AskInternal } from '@tenantry/events'
import { Cache, namedOnce } from '@tenantry/service'

interface Key { readonly orgId: OrgId; readonly databaseId: DatabaseId }

const keyOf = ({ orgId, databaseId }: Key): string => orgId + databaseId
const freshMs = 600_000
const most = 50_000

/**
 * Where databases are. A database that answers queries is remembered until an event says that it moved; one that does not is
 * asked for each time, since it is about to change.
 */
export class Targets {
  private readonly cache: Cache<Key, DatabaseTarget>
  private readonly nameOf = namedOnce<DatabaseTarget>(keyOf)

  constructor(ask: AskInternal) {
    this.cache = new Cache({
      load: (key) => orAbsent(ask('control.target.find', key)),
      keyOf,
      max: most,
      freshMs,
    })
  }

  peek(orgId: OrgId, databaseId: DatabaseId): DatabaseTarget | undefined {
    return this.cache.peek({ orgId, databaseId })
  }

  /** What is remembered now of a database that was peeked at before. */
  peekAgain(target: DatabaseTarget): DatabaseTarget | undefined {
    return this.cache.peek(target, this.nameOf(target))
  }

  /** Throws DatabaseNotFound, DatabaseNotReady, DatabaseInWrongState, ServiceUnavailable. */
  async find(orgId: OrgId, databaseId: DatabaseId): Promise<DatabaseTarget> {
    const target = await this.locate(orgId, databaseId)
    if (answersQueries[target.state]) return target
    if (target.state === 'STOPPED') throw new Problem('DatabaseInWrongState', 'The database is stopped; start it first.')
    throw new Problem('DatabaseNotReady', `The database is ${target.state} and does not answer queries now; try again when its status is RUNNING.`, { retryAfterSeconds: 1 })
  }

  /** A database in whatever state. Throws DatabaseNotFound, ServiceUnavailable. */
  async locate(orgId: OrgId, databaseId: DatabaseId): Promise<DatabaseTarget> {
    const key = { orgId, databaseId }
    const target = await this.cache.find(key)
    if (!target) throw new Problem('DatabaseNotFound', 'There is no such database.')
    if (!answersQueries[target.state]) this.cache.drop(key)
    return target
  }

  forget(orgId: OrgId, databaseId: DatabaseId): void {
    this.cache.drop({ orgId, databaseId })
  }

  doubtAll(): void {
    this.cache.doubtAndAsk()
  }
}

/** That there is no such database is an answer, and ends what was believed before. */
const orAbsent = async (asked: Promise<DatabaseTarget>): Promise<DatabaseTarget | undefined> => {
  try {
    return await asked
  } catch (error) {
    if (error instanceof Problem && error.kind === 'missing') return undefined
    throw error
  }
}
