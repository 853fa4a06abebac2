import { AsyncLocalStorage } from 'node:async_hooks'
import type { DataSource, EntityManager } from 'typeorm'

interface Joined {
  readonly source: DataSource
  /** Undefined once the transaction has ended: what still runs then is on its own. */
  tx: EntityManager | undefined
}

const calls = new AsyncLocalStorage<Joined>()

/** The transaction that this call belongs to; undefined for a call on its own. */
export const joinedIn = (source: DataSource): EntityManager | undefined => {
  const joined = calls.getStore()
  return joined?.source === source ? joined.tx : undefined
}

/** While `work` runs, whatever it asks of `source` is asked in `tx`. */
export const joining = async <T>(source: DataSource, tx: EntityManager, work: () => Promise<T>): Promise<T> => {
  const joined: Joined = { source, tx }
  try {
    return await calls.run(joined, work)
  } finally {
    joined.tx = undefined
  }
}

/** Runs `work` on its own, for what others wait for as well: their fate is not this transaction's. */
export const apart = <T>(work: () => T): T => calls.exit(work)

/** Lets those who ask the source itself take part in the transaction that their call belongs to. */
export const joinable = (source: DataSource): DataSource => {
  const { manager } = source
  const query = source.query.bind(source)
  source.query = (sql, values, runner) => query(sql, values, runner ?? joinedIn(source)?.queryRunner)
  return Object.defineProperty(source, 'manager', { get: () => joinedIn(source) ?? manager })
}
