import { Injectable } from '@nestjs/common'
import { type OrgId, Problem, type UserId, operatorId } from '@tenantry/contracts'
import type { EntityManager } from 'typeorm'
import { QuotasService } from '../orgs/quotas.service.js'
import { RightsService, type Settled } from '../rights/rights.service.js'
import type { Standing } from '../rights/standing.js'
import { UsersRepository } from './users.repository.js'

/** Moves memberships as an operator orders, and tells of each move in its transaction. */
@Injectable()
export class MembershipsService {
  constructor(private readonly rights: RightsService, private readonly users: UsersRepository, private readonly quotas: QuotasService) {}

  /** Throws UserNotFound, LastOwner. A member who is deactivated already stays so, and nothing is told. */
  async deactivate(org: OrgId, user: UserId, by: UserId): Promise<void> {
    await this.move(org, user, 'Deactivated', by)
  }

  async activate(org: OrgId, user: UserId, by: UserId): Promise<void> {
    await this.move(org, user, 'Active', by)
  }

  /** The membership stays as a mark, so that no old token brings it back. Throws UserNotFound, LastOwner. */
  async remove(org: OrgId, user: UserId, by: UserId): Promise<void> {
    await this.move(org, user, 'Left', by)
  }

  /** Takes what identity says of a user: whether they administrate the server. */
  async setAdmin(tx: EntityManager, { userId, serverAdmin, version }: { readonly userId: UserId; readonly serverAdmin: boolean; readonly version: number }): Promise<void> {
    await this.rights.touchUser(tx, userId, operatorId)
    await this.users.setAdmin(tx, userId, serverAdmin, version)
  }

  /** Makes a user an active owner of the org, whatever they were there: the way back into an org that nobody owns. Throws UserNotFound, OrgNotFound. */
  async seatOwner(org: OrgId, user: UserId, by: UserId): Promise<void> {
    await this.rights.changeIn(org, async (tx) => {
      await this.quotas.of(org, tx)
      const now = await this.rights.standingOf(tx, org, user) ?? await this.joined(tx, org, user, by)
      if (now.role !== 'owner') await this.rights.moveSources(tx, now, { ...now, role: 'owner' }, by)
      await this.rights.moveStatus(tx, now, 'Active', by)
      // Last, because it locks the org's row.
      if (now.status === 'Left') await this.quotas.takeUser(tx, org)
    })
  }

  /** A membership that counts from its first move on: it begins as one that was left. */
  private async joined(tx: EntityManager, org: OrgId, user: UserId, by: UserId): Promise<Standing> {
    if (!await this.users.isKnown(tx, user)) throw new Problem('UserNotFound', 'There is no such user.')
    await this.users.insertMembershipOnce(tx, { orgId: org, userId: user, role: 'viewer', status: 'Left', updatedBy: by })
    const made = await this.rights.standingOf(tx, org, user)
    if (!made) throw new Error('A membership that was just made is not there.')
    return made
  }

  private async move(org: OrgId, user: UserId, status: Settled, by: UserId): Promise<void> {
    await this.rights.changeIn(org, async (tx) => this.rights.moveStatus(tx, await this.rights.get(tx, org, user), status, by))
  }
}
