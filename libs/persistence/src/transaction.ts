import type { DataSource, EntityManager } from 'typeorm'

const afterCommit = new WeakMap<EntityManager, Set<() => void>>()

/** Runs `work` in one transaction: everything it did is kept, or nothing. What `onCommit` was given runs once it is kept. */
export const inTransaction = async <T>(source: DataSource, work: (tx: EntityManager) => Promise<T>): Promise<T> => {
  const [result, callbacks] = await source.transaction(async (tx) => {
    const set = new Set<() => void>()
    afterCommit.set(tx, set)
    return [await work(tx), set] as const
  })
  for (const callback of callbacks) callback()
  return result
}

/** Remembers `callback` until the transaction has been kept; the same callback is called once however often it is given. */
export const onCommit = (tx: EntityManager, callback: () => void): void => {
  const set = afterCommit.get(tx)
  if (!set) throw new Error('onCommit was called outside inTransaction.')
  set.add(callback)
}
