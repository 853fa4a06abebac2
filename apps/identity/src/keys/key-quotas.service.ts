import { Inject, Injectable } from '@nestjs/common'
import { type OrgId, Problem } from '@tenantry/contracts'
import { inTransaction } from '@tenantry/persistence'
import { DataSource, type EntityManager } from 'typeorm'
import type { IdentityConfig } from '../config.js'
import { CONFIG } from '../platform/platform.module.js'
import { type Compared, type KeyQuota, KeyQuotasRepository } from './key-quotas.repository.js'

const slice = 500

/** How many keys an org may have that are not revoked. `take` and `giveBack` come in the transaction of the deed, and last in it. */
@Injectable()
export class KeyQuotas {
  private comparedTo: OrgId | undefined

  constructor(@Inject(CONFIG) private readonly config: Pick<IdentityConfig, 'keysPerOrg'>, private readonly source: DataSource, private readonly quotas: KeyQuotasRepository) {}

  /** Throws ResourceLimitExceeded. */
  async take(tx: EntityManager, org: OrgId): Promise<void> {
    if (await this.quotas.take(tx, org, this.config.keysPerOrg)) return
    const { used, max } = await this.quotas.find(org, this.config.keysPerOrg, tx)
    throw new Problem('ResourceLimitExceeded', `This is past the limit keys_of_an_org: your org has ${used} of ${max} keys. Revoke one, or ask the operator of this server for more.`)
  }

  /** Once for each that was taken: in the transaction that revokes it. */
  async giveBack(tx: EntityManager, org: OrgId, many = 1): Promise<void> {
    await this.quotas.giveBack(tx, org, many)
  }

  async of(org: OrgId): Promise<KeyQuota> {
    return await this.quotas.find(org, this.config.keysPerOrg)
  }

  /** Compares the counters of the next few orgs with their keys, and corrects them. Answers what was wrong. */
  async repair(): Promise<readonly Compared[]> {
    const compared = await this.quotas.compare(this.comparedTo, slice)
    this.comparedTo = compared.length === slice ? compared.at(-1)?.orgId : undefined
    const wrong: Compared[] = []
    for (const { orgId } of compared.filter(({ counted, real }) => counted !== real)) {
      const found = await inTransaction(this.source, (tx) => this.corrected(tx, orgId))
      if (found) wrong.push(found)
    }
    return wrong
  }

  private async corrected(tx: EntityManager, org: OrgId): Promise<Compared | undefined> {
    const found = await this.quotas.hold(tx, org)
    if (found.counted === found.real) return undefined
    await this.quotas.correct(tx, found)
    return found
  }
}
