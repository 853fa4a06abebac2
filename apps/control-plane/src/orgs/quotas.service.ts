import { Inject, Injectable } from '@nestjs/common'
import { type OrgId, Problem } from '@tenantry/contracts'
import { CounterSweep } from '@tenantry/persistence'
import { DataSource, type EntityManager } from 'typeorm'
import type { ControlPlaneConfig } from '../config.js'
import { CONFIG } from '../platform/platform.module.js'
import { type Compared, type OwnQuota, type Quotas, QuotasRepository } from './quotas.repository.js'

const differs = ({ counted, real }: Compared): boolean =>
  counted.databases !== real.databases || counted.users !== real.users || counted.storageBytes !== real.storageBytes

/**
 * What an org may have, and what it has of it. Every `take` and `return` is called in the transaction of the deed, and last in it:
 * it locks the org's row. Users are all memberships that have not ended, those that are deactivated or only invited too.
 */
@Injectable()
export class QuotasService {
  private readonly sweep: CounterSweep<OrgId, Compared>

  constructor(@Inject(CONFIG) private readonly config: Pick<ControlPlaneConfig, 'quotas'>, source: DataSource, private readonly quotas: QuotasRepository) {
    this.sweep = new CounterSweep(source, {
      compare: (after, limit) => quotas.compare(after, limit), hold: (tx, org) => quotas.hold(tx, org), isWrong: differs,
      correct: (tx, { orgId, real }) => quotas.correct(tx, orgId, real),
    })
  }

  /** Throws ResourceLimitExceeded; OrgNotFound for an org that was deleted meanwhile. */
  async takeDatabase(tx: EntityManager, org: OrgId, storageBytes: number): Promise<void> {
    if (await this.quotas.takeDatabase(tx, org, storageBytes, this.config.quotas)) return
    const { used, max } = await this.of(org, tx)
    if (used.databases >= max.databases) throw exceeded('databases_of_an_org', `your org has ${used.databases} of ${max.databases} databases`, 'Delete one')
    throw exceeded('storage_of_an_org', `the database reserves ${storageBytes} bytes, and ${used.storageBytes} of ${max.storageBytes} are reserved`, 'Delete a database, choose a smaller shape')
  }

  /** Once for each that was taken: in the transaction that makes the database DELETED. */
  async returnDatabase(tx: EntityManager, org: OrgId, storageBytes: number): Promise<void> {
    await this.quotas.returnDatabase(tx, org, storageBytes)
  }

  /** For a membership that is made, or comes back from 'Left'. Throws ResourceLimitExceeded. */
  async takeUser(tx: EntityManager, org: OrgId): Promise<void> {
    if (await this.quotas.takeUser(tx, org, this.config.quotas)) return
    const { used, max } = await this.of(org, tx)
    throw exceeded('users_of_an_org', `your org has ${used.users} of ${max.users} users, with those who are deactivated`, 'Remove one')
  }

  /** Once for each that was taken: in the transaction that makes the membership 'Left', or does away with it. */
  async returnUser(tx: EntityManager, org: OrgId): Promise<void> {
    await this.quotas.returnUser(tx, org)
  }

  /** Throws OrgNotFound. */
  async of(org: OrgId, tx?: EntityManager): Promise<Quotas> {
    const found = await this.quotas.find(org, this.config.quotas, tx)
    if (!found) throw new Problem('OrgNotFound', 'There is no such org.')
    return found
  }

  /** What an org may have from now on; null is what every org may. What it has already stays. Throws OrgNotFound. */
  async setOwn(org: OrgId, quota: OwnQuota, max: number | null): Promise<Quotas> {
    await this.quotas.setOwn(org, quota, max)
    return await this.of(org)
  }

  /** Compares the counters of the next few orgs with what there is, and corrects them. Answers what was wrong. */
  async repair(): Promise<readonly Compared[]> {
    return await this.sweep.next()
  }
}

const exceeded = (limit: string, why: string, deed: string): Problem =>
  new Problem('ResourceLimitExceeded', `This is past the limit ${limit}: ${why}. ${deed}, or ask the operator of this server for more.`)
