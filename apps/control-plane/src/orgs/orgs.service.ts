import { Injectable } from '@nestjs/common'
import { type OrgId, type Principal, Problem } from '@tenantry/contracts'
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

  /** Makes the org of a new account, unless it is there already. */
  async found(tx: EntityManager, org: NewOrg): Promise<void> {
    await this.orgs.insertOnce(tx, org)
  }
}
