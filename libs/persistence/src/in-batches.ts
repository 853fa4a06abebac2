import type { DataSource, EntityManager } from 'typeorm'

export interface Batches {
  /** Rows that one statement changes at most. */
  readonly together: number
  /** Statements that are sent at most; what is left then is for the next time. */
  readonly most?: number
}

/** Changes all rows that `sql` finds, some a statement: each stays short, however much has come together. It is given an age as $1 and how many rows as $2. */
export const inBatches = async (on: Pick<DataSource | EntityManager, 'query'>, sql: string, age: number, { together, most = Infinity }: Batches): Promise<void> => {
  for (let batch = 0; batch < most; batch++) {
    const [, changed]: [unknown, number] = await on.query(sql, [age, together])
    if (changed < together) return
  }
}
