import type { DataSource, EntityManager } from 'typeorm'
import { joinedIn, joining } from './joined.js'

interface Open {
  readonly afterCommit: Set<() => void>
  readonly unanswered: Promise<unknown>[]
}

const open = new WeakMap<EntityManager, Open>()

const openOf = (tx: EntityManager): Open => {
  const found = open.get(tx)
  if (!found) throw new Error('This needs a transaction of inTransaction.')
  return found
}

/**
 * Runs `work` in one transaction: everything it did is kept, or nothing. What `onCommit` was given runs once it is kept.
 * Within `asOneTransaction` it is that one.
 */
export const inTransaction = async <T>(source: DataSource, work: (tx: EntityManager) => Promise<T> | T): Promise<T> => {
  const joined = joinedIn(source)
  return joined ? await work(joined) : await begun(source, work)
}

/** Runs `work` in a transaction to which everything belongs that it asks of the source, in whatever function and however indirectly. */
export const asOneTransaction = <T>(source: DataSource, work: (tx: EntityManager) => Promise<T>): Promise<T> =>
  inTransaction(source, (tx) => joining(source, tx, () => work(tx)))

const begun = async <T>(source: DataSource, work: (tx: EntityManager) => Promise<T> | T): Promise<T> => {
  const about: Open = { afterCommit: new Set(), unanswered: [] }
  try {
    const result = await source.transaction(async (tx) => {
      open.set(tx, about)
      return await work(tx)
    })
    for (const callback of about.afterCommit) callback()
    return result
  } catch (error) {
    // The commit then only knows that something had failed; the statement knows what.
    const failed = (await Promise.allSettled(about.unanswered)).find((statement) => statement.status === 'rejected')
    throw failed ? failed.reason : error
  }
}

/** Remembers `callback` until the transaction has been kept; the same callback is called once however often it is given. */
export const onCommit = (tx: EntityManager, callback: () => void): void => {
  openOf(tx).afterCommit.add(callback)
}

/** Sends a statement whose answer nobody needs: what comes next need not wait for it, and if it fails nothing is kept. */
export const send = (tx: EntityManager, sql: string, values: readonly unknown[]): void => {
  const { unanswered } = openOf(tx)
  const statement: Promise<unknown> = tx.query(sql, [...values])
  unanswered.push(statement)
  // It is looked at when the transaction ends.
  statement.catch(() => undefined)
}
