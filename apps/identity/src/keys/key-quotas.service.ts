import { Inject, Injectable } from '@nestjs/common'
import { type OrgId, Problem } from '@tenantry/contracts'
import { CounterSweep } from '@tenantry/persistence'
import { DataSource, type EntityManager } from 'typeorm'
import type { IdentityConfig } from '../config.js'
import { CONFIG } from '../platform/platform.module.js'
import { type Compared, type KeyQuota, KeyQuotasRepository } from './key-quotas.repository.js'

/** How many keys an org may have that are not revoked. `take` and `giveBack` come in the transaction of the deed, and last in it. */
@Injectable()
export class KeyQuotas {
  private readonly sweep: CounterSweep<OrgId, Compared>

  constructor(@Inject(CONFIG) private readonly config: Pick<IdentityConfig, 'keysPerOrg'>, source: DataSource, private readonly quotas: KeyQuotasRepository) {
    this.sweep = new CounterSweep(source, {
      compare: (after, limit) => quotas.compare(after, limit), hold: (tx, org) => quotas.hold(tx, org), isWrong: ({ counted, real }) => counted !== real,
      correct: (tx, compared) => quotas.correct(tx, compared),
    })
  }

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

  /** What the org may have from now on; null is what every org may. What it has already stays. */
  async setOwn(tx: EntityManager, org: OrgId, max: number | null): Promise<void> {
    await this.quotas.setOwn(tx, org, max)
  }

  async of(org: OrgId): Promise<KeyQuota> {
    return await this.quotas.find(org, this.config.keysPerOrg)
  }

  /** Compares the counters of the next few orgs with their keys, and corrects them. Answers what was wrong. */
  async repair(): Promise<readonly Compared[]> {
    return await this.sweep.next()
  }
}
