import type { DataSource, EntityManager } from 'typeorm'
import { inTransaction } from './transaction.js'

const slice = 500

/** How the counters of one table are compared with what they count, and corrected. */
export interface CounterRules<Id, Compared extends { readonly orgId: Id }> {
  /** Some orgs by the order of their ids. Nothing is locked: what differs may be on its way. */
  readonly compare: (after: Id | undefined, limit: number) => Promise<readonly Compared[]>
  /** The same of one org, whose counters stand still until the transaction ends. */
  readonly hold: (tx: EntityManager, org: Id) => Promise<Compared | undefined>
  readonly isWrong: (compared: Compared) => boolean
  readonly correct: (tx: EntityManager, compared: Compared) => Promise<void>
}

/** Goes through counters some orgs at a time, and corrects those that are wrong also while they stand still. */
export class CounterSweep<Id, Compared extends { readonly orgId: Id }> {
  private comparedTo: Id | undefined

  constructor(private readonly source: DataSource, private readonly rules: CounterRules<Id, Compared>) {}

  /** The next few orgs. Answers what was wrong. */
  async next(): Promise<readonly Compared[]> {
    const compared = await this.rules.compare(this.comparedTo, slice)
    this.comparedTo = compared.length === slice ? compared.at(-1)?.orgId : undefined
    const wrong: Compared[] = []
    for (const { orgId } of compared.filter(this.rules.isWrong)) {
      const found = await inTransaction(this.source, (tx) => this.corrected(tx, orgId))
      if (found) wrong.push(found)
    }
    return wrong
  }

  private async corrected(tx: EntityManager, org: Id): Promise<Compared | undefined> {
    const found = await this.rules.hold(tx, org)
    if (!found || !this.rules.isWrong(found)) return undefined
    await this.rules.correct(tx, found)
    return found
  }
}
