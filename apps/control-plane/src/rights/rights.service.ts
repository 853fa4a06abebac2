import { Injectable } from '@nestjs/common'
import { type EventSubject, type MemberStatus, type OrgId, type Principal, Problem, type Rights, type RoleId, type UserId } from '@tenantry/contracts'
import { Outbox } from '@tenantry/events'
import { inTransaction } from '@tenantry/persistence'
import { DataSource, type EntityManager } from 'typeorm'
import { QuotasService } from '../orgs/quotas.service.js'
import { type Moved, RightsRepository } from './rights.repository.js'
import { type Sources, type Standing, permissionsOf } from './standing.js'

const eventOf = {
  Active: 'control.user.activated', Deactivated: 'control.user.deactivated', Left: 'control.user.removed',
} as const satisfies Partial<Record<MemberStatus, EventSubject>>
export type Settled = keyof typeof eventOf

const toldAtOnce = 500

/** What becomes of an org when a member goes: 'ends' where nobody and nothing else is in it. */
export type Fate = 'stays' | 'ends' | 'is left without an owner'

/**
 * Who may do what in an org, and each change of it. Whoever changes rights holds those of the whole org meanwhile, so that what was
 * looked at (one's own rights, the other owners) is still so when the change is kept; it is told of in its own transaction.
 */
@Injectable()
export class RightsService {
  constructor(private readonly source: DataSource, private readonly rights: RightsRepository, private readonly outbox: Outbox,
    private readonly quotas: QuotasService) {}

  /** What a user may do in an org; undefined where there never was a membership. */
  async find(org: OrgId, user: UserId): Promise<Rights | undefined> {
    const standing = await this.rights.find(org, user)
    return standing && { status: standing.status, permissions: permissionsOf(standing), version: standing.version }
  }

  /** Runs a change of rights by a caller, whose own standing is looked up again: what is remembered of it may be a second old. */
  async change<T>(caller: Principal, work: (tx: EntityManager, actor: Standing) => Promise<T>): Promise<T> {
    return await this.changeIn(caller.orgId, async (tx) => {
      const actor = await this.rights.find(caller.orgId, caller.userId, tx)
      if (actor?.status !== 'Active') throw new Problem('InvalidCredentials', 'You are no active member of this org any more.')
      return await work(tx, actor)
    })
  }

  /** Runs a change of rights that nobody in the org asked for. */
  async changeIn<T>(org: OrgId, work: (tx: EntityManager) => Promise<T>): Promise<T> {
    return await this.changeAcross([org], work)
  }

  /** Runs a change of the rights of several orgs. They are held in one order, so that nobody waits in a circle. */
  async changeAcross<T>(orgs: readonly OrgId[], work: (tx: EntityManager) => Promise<T>): Promise<T> {
    return await inTransaction(this.source, async (tx) => {
      for (const org of [...new Set(orgs)].sort()) await this.rights.hold(tx, org)
      return await work(tx)
    })
  }

  /** How a user stands within a change, also one who has left; undefined where there never was a membership. */
  async standingOf(tx: EntityManager, org: OrgId, user: UserId): Promise<Standing | undefined> {
    return await this.rights.find(org, user, tx)
  }

  /** Tells of a user's rights in all their orgs that they are others now. Holds the rights of those orgs until the transaction ends. */
  async touchUser(tx: EntityManager, user: UserId, by: UserId): Promise<void> {
    for (const org of await this.rights.orgsOf(tx, user)) {
      await this.rights.hold(tx, org)
      this.tell(tx, org, [{ userId: user, version: await this.rights.touch(tx, org, user, by) }])
    }
  }

  /** A member as they stand within a change. Throws UserNotFound for strangers and for those who have left. */
  async get(tx: EntityManager, org: OrgId, user: UserId): Promise<Standing> {
    const standing = await this.rights.find(org, user, tx)
    if (!standing || standing.status === 'Left') throw new Problem('UserNotFound', 'There is no such user.')
    return standing
  }

  /** Throws LastOwner, UserInvited. A member whose status is so already stays as they are, and nothing is told. */
  async moveStatus(tx: EntityManager, standing: Standing, status: Settled, by: UserId): Promise<void> {
    if (standing.status === status) return
    if (standing.status === 'Open' && status !== 'Left') throw new Problem('UserInvited', 'This user has not accepted the invite yet; revoke the invite if they are not to come.')
    if (status !== 'Active') await this.leavesAnOwner(tx, standing)
    await this.settle(tx, standing, status, by)
  }

  /** Makes somebody who was invited, or had left, an active member. Counting them, where they are not counted yet, is the caller's to do. */
  async admit(tx: EntityManager, standing: Standing, by: UserId): Promise<void> {
    await this.settle(tx, standing, 'Active', by)
  }

  /** Tells of a membership that was made within this change. */
  tellOfNew(tx: EntityManager, { orgId, userId, version, status }: Pick<Standing, 'orgId' | 'userId' | 'version' | 'status'>): void {
    this.tell(tx, orgId, [{ userId, version }])
    if (status !== 'Open') this.outbox.append(tx, eventOf[status], { orgId, userId, version })
  }

  /** Ends a membership by its holder's own wish. Throws LastOwner where people or databases would stay behind without an owner. */
  async leave(tx: EntityManager, standing: Standing): Promise<void> {
    if (await this.fateWithout(tx, standing) === 'is left without an owner') throw lastOwner()
    await this.settle(tx, standing, 'Left', standing.userId)
  }

  /** From then on nobody makes a database in the org until the transaction ends. */
  async fateWithout(tx: EntityManager, standing: Standing): Promise<Fate> {
    if (standing.status === 'Open') return 'stays'
    if (!await this.rights.hasOthersOrDatabases(tx, standing.orgId, standing.userId)) return 'ends'
    return await this.isLastOwner(tx, standing) ? 'is left without an owner' : 'stays'
  }

  /** Every membership of a user that has not ended, in the order of their orgs. */
  async standingsOf(tx: EntityManager, user: UserId): Promise<readonly Standing[]> {
    return await this.rights.standingsOf(tx, user)
  }

  /** The orgs whose rights a change of everything of a user's needs; more may come until they are held. */
  async orgsOf(user: UserId): Promise<readonly OrgId[]> {
    return await this.rights.orgsOf(this.source.manager, user)
  }

  /** Tells again of somebody who is no member of an org, if the org is gone: an account that names it needs another one. */
  async tellOfGoneOrg(tx: EntityManager, orgId: OrgId, userId: UserId): Promise<void> {
    if (!await this.rights.isGone(tx, orgId)) return
    this.outbox.append(tx, 'control.user.removed', { orgId, userId, version: await this.rights.touch(tx, orgId, userId, userId), orgDeleted: true })
  }

  private async settle(tx: EntityManager, standing: Standing, status: Settled, by: UserId): Promise<void> {
    const { orgId, userId } = standing
    const version = await this.rights.setStatus(tx, standing, status, by)
    this.tell(tx, orgId, [{ userId, version }])
    this.outbox.append(tx, eventOf[status], { orgId, userId, version })
    // Last, because it locks the org's row.
    if (status === 'Left') await this.quotas.returnUser(tx, orgId)
  }

  /** Ends every membership of an org that is about to go, the owners' too. */
  async removeAll(tx: EntityManager, orgId: OrgId, by: UserId): Promise<void> {
    const left = await this.rights.leaveAll(tx, orgId, by)
    this.tell(tx, orgId, left)
    for (let at = 0; at < left.length; at += toldAtOnce) {
      this.outbox.append(tx, 'control.user.removed', ...left.slice(at, at + toldAtOnce).map(({ userId, version }) => ({ orgId, userId, version, orgDeleted: true })))
    }
  }

  /** Throws LastOwner. */
  async moveSources(tx: EntityManager, standing: Standing, to: Sources, by: UserId): Promise<void> {
    if (to.role !== 'owner') await this.leavesAnOwner(tx, standing)
    const version = await this.rights.setSources(tx, standing, to, by)
    this.tell(tx, standing.orgId, [{ userId: standing.userId, version }])
  }

  /** Tells of everyone who holds a role that it is another one now, or is about to go. */
  async touchHolders(tx: EntityManager, org: OrgId, role: RoleId, by: UserId): Promise<void> {
    this.tell(tx, org, await this.rights.touchHolders(tx, org, role, by))
  }

  private tell(tx: EntityManager, orgId: OrgId, moved: readonly Moved[]): void {
    for (let at = 0; at < moved.length; at += toldAtOnce) {
      this.outbox.append(tx, 'control.rights.changed', ...moved.slice(at, at + toldAtOnce).map(({ userId, version }) => ({ orgId, userId, version })))
    }
  }

  private async leavesAnOwner(tx: EntityManager, standing: Standing): Promise<void> {
    if (await this.isLastOwner(tx, standing)) throw lastOwner()
  }

  private async isLastOwner(tx: EntityManager, { orgId, userId, role, status }: Standing): Promise<boolean> {
    return role === 'owner' && status === 'Active' && !await this.rights.hasOtherActiveOwner(tx, orgId, userId)
  }
}

const lastOwner = (): Problem => new Problem('LastOwner', 'This is the last active owner of the org; make somebody else an owner first.')
