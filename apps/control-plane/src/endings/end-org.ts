import { Injectable } from '@nestjs/common'
import { type OrgId, type Principal, Problem, type UserId } from '@tenantry/contracts'
import type { EntityManager } from 'typeorm'
import { InvitesService } from '../invites/invites.service.js'
import { OrgsService } from '../orgs/orgs.service.js'
import { RightsService } from '../rights/rights.service.js'

/** Ends an org that holds nothing any more. Its row stays as a mark, and its record of deeds with it. */
@Injectable()
export class EndOrg {
  constructor(private readonly rights: RightsService, private readonly orgs: OrgsService, private readonly invites: InvitesService) {}

  /** Throws OrgNotFound, Forbidden, OrgHasDatabases. */
  async run(caller: Principal, org: OrgId): Promise<void> {
    await this.orgs.get(caller, org)
    if (caller.credential.kind !== 'session') throw new Problem('Forbidden', 'An API key may not delete the org; log in as one of its owners.')
    await this.rights.change(caller, async (tx, actor) => {
      if (actor.role !== 'owner') throw new Problem('Forbidden', 'Only an owner deletes the org.')
      await this.within(tx, org, caller.userId)
    })
  }

  /** Within a change of the org's rights. Throws OrgHasDatabases. */
  async within(tx: EntityManager, org: OrgId, by: UserId): Promise<void> {
    await this.invites.closeAll(tx, org, by)
    await this.rights.removeAll(tx, org, by)
    // Last, because it locks the org's row: a database that is made at this moment is either counted here or refused there.
    await this.orgs.end(tx, org, by)
  }
}
