import { Injectable } from '@nestjs/common'
import { type BuiltInRole, type OrgId, type UserId, newId } from '@tenantry/contracts'
import type { EntityManager } from 'typeorm'
import { RightsService } from '../rights/rights.service.js'
import type { Sources } from '../rights/standing.js'
import { UsersRepository } from './users.repository.js'

export interface NewGuest {
  readonly email: string
  readonly role: BuiltInRole
  readonly firstname?: string | undefined
  readonly lastname?: string | undefined
}

/**
 * Who is invited and has not come yet: users whose membership is Open. They count among the users of the org, which is the caller's
 * to do, last in its transaction.
 */
@Injectable()
export class GuestsService {
  constructor(private readonly users: UsersRepository, private readonly rights: RightsService) {}

  async make(tx: EntityManager, org: OrgId, { email, role, firstname = '', lastname = '' }: NewGuest, by: UserId): Promise<UserId> {
    const id = newId<UserId>()
    await this.users.insertOnce(tx, { id, email, firstname, lastname, serverAdmin: false, updatedBy: by })
    await this.users.insertMembershipOnce(tx, { orgId: org, userId: id, role, status: 'Open', updatedBy: by })
    return id
  }

  /** The guest has another role from now on, and the names that are said. */
  async change(tx: EntityManager, org: OrgId, id: UserId, { role, firstname, lastname }: Pick<NewGuest, 'role' | 'firstname' | 'lastname'>, by: UserId): Promise<void> {
    const guest = await this.rights.get(tx, org, id)
    if (guest.role !== role) await this.rights.moveSources(tx, guest, { role, roles: guest.roles, acl: guest.acl }, by)
    if (firstname !== undefined || lastname !== undefined) await this.users.rename(tx, id, { firstname, lastname }, by)
  }

  /** What the guest is to be; undefined for who is none (any more). */
  async find(tx: EntityManager, org: OrgId, id: UserId | null): Promise<Sources | undefined> {
    const standing = id === null ? undefined : await this.rights.standingOf(tx, org, id)
    return standing?.status === 'Open' ? standing : undefined
  }

  /** Takes everybody away who is waited for in an org. Counting is the caller's to do. */
  async dismissAll(tx: EntityManager, org: OrgId): Promise<void> {
    await this.users.deleteGuests(tx, org)
  }

  /** Takes the guest away, and answers what they were to be. */
  async dismiss(tx: EntityManager, org: OrgId, id: UserId | null): Promise<Sources | undefined> {
    const guest = await this.find(tx, org, id)
    if (guest && id !== null) await this.users.deleteGuest(tx, org, id)
    return guest
  }
}
