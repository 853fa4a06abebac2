import { Injectable } from '@nestjs/common'
import { type EventSubject, type MemberStatus, type OrgId, Problem, type UserId } from '@tenantry/contracts'
import { Outbox } from '@tenantry/events'
import { inTransaction } from '@tenantry/persistence'
import { DataSource } from 'typeorm'
import { QuotasService } from '../orgs/quotas.service.js'
import { UsersRepository } from './users.repository.js'

const eventOf = {
  Active: 'control.user.activated', Deactivated: 'control.user.deactivated', Left: 'control.user.removed',
} as const satisfies Partial<Record<MemberStatus, EventSubject>>
type Standing = keyof typeof eventOf

/** Moves memberships, and tells of each move in its transaction: every cache of rights, and identity, which refuses the login. */
@Injectable()
export class MembershipsService {
  constructor(private readonly source: DataSource, private readonly users: UsersRepository, private readonly outbox: Outbox,
    private readonly quotas: QuotasService) {}

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

  private async move(orgId: OrgId, userId: UserId, status: Standing, by: UserId): Promise<void> {
    await inTransaction(this.source, async (tx) => {
      // The org's owners are held, so that two of them cannot each go because the other stays.
      const owners = await this.users.holdActiveOwners(tx, orgId)
      const now = await this.users.holdStatus(tx, orgId, userId)
      if (now === undefined || now === 'Left') throw new Problem('UserNotFound', 'There is no such user.')
      if (now === status) return
      if (status !== 'Active' && owners.length === 1 && owners[0] === userId) {
        throw new Problem('LastOwner', 'This is the last active owner of the org; make somebody else an owner first.')
      }
      const version = await this.users.setStatus(tx, orgId, userId, status, by)
      this.outbox.append(tx, 'control.rights.changed', { orgId, userId, version })
      this.outbox.append(tx, eventOf[status], { orgId, userId, version })
      if (status === 'Left') await this.quotas.returnUser(tx, orgId)
    })
  }
}
