import { Injectable } from '@nestjs/common'
import type { OrgId, UserId } from '@tenantry/contracts'
import { RightsService, type Settled } from '../rights/rights.service.js'

/** Moves memberships as an operator orders, and tells of each move in its transaction. */
@Injectable()
export class MembershipsService {
  constructor(private readonly rights: RightsService) {}

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

  private async move(org: OrgId, user: UserId, status: Settled, by: UserId): Promise<void> {
    await this.rights.changeIn(org, async (tx) => this.rights.moveStatus(tx, await this.rights.get(tx, org, user), status, by))
  }
}
