import { Injectable } from '@nestjs/common'
import { type OrgId, type Principal, Problem, type UserId } from '@tenantry/contracts'
import type { EntityManager } from 'typeorm'
import type { Org } from './org.entity.js'
import { type NewOrg, type OrgChange, OrgsRepository } from './orgs.repository.js'

@Injectable()
export class OrgsService {
  constructor(private readonly orgs: OrgsRepository) {}

  /** The caller's own org: any other is as good as none. */
  async get(caller: Principal, id: OrgId): Promise<Org> {
    const org = id === caller.orgId ? await this.orgs.find(id) : undefined
    if (!org) throw new Problem('OrgNotFound', 'There is no such org.')
    return org
  }

  async update(caller: Principal, id: OrgId, change: OrgChange): Promise<Org> {
    await this.get(caller, id)
    await this.orgs.update(id, change, caller.userId)
    return await this.get(caller, id)
  }

  /** Throws OrgHasDatabases. From then on the org is missing, and nothing is made in it. */
  async end(tx: EntityManager, id: OrgId, by: UserId): Promise<void> {
    const count = await this.orgs.databasesOf(tx, id)
    if (count > 0) throw new Problem('OrgHasDatabases', `The org has ${count} ${count === 1 ? 'database' : 'databases'} that ${count === 1 ? 'is' : 'are'} not deleted; delete what is there first.`)
    await this.orgs.end(tx, id, by)
  }

  /** Makes the org of a new account, unless it is there already. */
  async found(tx: EntityManager, org: NewOrg): Promise<void> {
    await this.orgs.insertOnce(tx, org)
  }
}
