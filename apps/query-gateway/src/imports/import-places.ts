import { type OrgId, Problem } from '@tenantry/contracts'

/** How many imports are under way at a time: each holds memory and a place of its database for as long as its client takes. */
export class ImportPlaces {
  private readonly perOrg = new Map<OrgId, number>()
  private inAll = 0

  constructor(private readonly rules: { readonly perOrg: number; readonly inAll: number }) {}

  /** Does `work` in a place. Throws TooManyQueriesOfOrg, TooManyQueries. */
  async during<T>(org: OrgId, work: () => Promise<T>): Promise<T> {
    const taken = this.perOrg.get(org) ?? 0
    if (taken >= this.rules.perOrg) throw new Problem('TooManyQueriesOfOrg', `Your org has ${taken} imports under way; begin another when one of them has ended.`, { retryAfterSeconds: 2 })
    if (this.inAll >= this.rules.inAll) throw new Problem('TooManyQueries', 'Too many imports are under way; try again.', { retryAfterSeconds: 2 })
    this.perOrg.set(org, taken + 1)
    this.inAll += 1
    try {
      return await work()
    } finally {
      this.inAll -= 1
      const left = (this.perOrg.get(org) ?? 1) - 1
      if (left > 0) this.perOrg.set(org, left)
      else this.perOrg.delete(org)
    }
  }
}
