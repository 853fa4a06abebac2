import { Injectable } from '@nestjs/common'
import { type OrgId, type OrgPermission, type Page, type PageAsk, type Principal, Problem, type UserId } from '@tenantry/contracts'
import type { EntityManager } from 'typeorm'
import { RightsService } from '../rights/rights.service.js'
import { type Standing, type Wish, fitted, includes, isSame, mayGrant, permissionsOf, reaches, sumOf } from '../rights/standing.js'
import { RolesService } from '../roles/roles.service.js'
import { type MemberRow, type Names, UsersRepository } from './users.repository.js'

/** A user of an org, and what they may do while active. */
export interface Member extends MemberRow {
  readonly held: readonly OrgPermission[]
}

/** What a caller may wish to change of a user; what is undefined stays as it is. */
export interface UserChange extends Names {
  readonly acl?: Wish | undefined
  readonly status?: 'Active' | 'Deactivated' | undefined
}

@Injectable()
export class UsersService {
  constructor(private readonly users: UsersRepository, private readonly rights: RightsService, private readonly roles: RolesService) {}

  /** A member of the org, whatever their status; who has left is missing. */
  async get(org: OrgId, id: UserId, tx?: EntityManager): Promise<Member> {
    const member = await this.users.find(org, id, tx)
    if (!member || member.status === 'Left') throw new Problem('UserNotFound', 'There is no such user.')
    return shown(member)
  }

  async list(caller: Principal, page: PageAsk): Promise<Page<Member>> {
    const { items, ...rest } = await this.users.list(caller.orgId, page)
    return { items: items.map(shown), ...rest }
  }

  async isActiveMember(org: OrgId, id: UserId): Promise<boolean> {
    const member = await this.users.find(org, id)
    return member?.status === 'Active'
  }

  /**
   * Makes the caller's own record: the one that their credential has brought along, under the names that they say. Throws UserExists
   * when they have said them before.
   */
  async introduce(caller: Principal, names: Required<Names>): Promise<Member> {
    return await this.rights.change(caller, async (tx) => {
      if (await this.users.wasIntroduced(tx, caller.userId)) throw new Problem('UserExists', 'You have a user record already; change it with PUT /v2/users/{id}.')
      await this.users.rename(tx, caller.userId, names, caller.userId)
      return await this.get(caller.orgId, caller.userId, tx)
    })
  }

  /** Throws UserNotFound, LastOwner, UserInvited; Forbidden for what is not the caller's to change or to give. */
  async update(caller: Principal, id: UserId, change: UserChange): Promise<Member> {
    return await this.rights.change(caller, async (tx, actor) => {
      const now = await this.get(caller.orgId, id, tx)
      const sources = change.acl === undefined ? now : fitted(now, change.acl)
      const regranted = !isSame(sources, now)
      const moved = change.status !== undefined && change.status !== now.status
      const renamed = (change.firstname ?? now.firstname) !== now.firstname || (change.lastname ?? now.lastname) !== now.lastname
      mayChange(actor, now, regranted || moved)
      if (!mayGrant(actor, now, sources)) throw beyond()
      if (renamed) await this.users.rename(tx, id, change, caller.userId)
      if (regranted) await this.rights.moveSources(tx, now, sources, caller.userId)
      if (moved && change.status) await this.rights.moveStatus(tx, { ...now, role: sources.role }, change.status, caller.userId)
      return await this.get(caller.orgId, id, tx)
    })
  }

  /** Gives a member roles, of which a built-in one takes the place of theirs. Throws UserNotFound, RelatedResourceNotFound, LastOwner, Forbidden. */
  async addRoles(caller: Principal, id: UserId, names: readonly string[]): Promise<Member> {
    return await this.rights.change(caller, async (tx, actor) => {
      const now = await this.get(caller.orgId, id, tx)
      mayChange(actor, now, true)
      const { builtIns, customs } = await this.roles.named(tx, caller.orgId, names)
      if (new Set(builtIns).size > 1) throw new Problem('InvalidParameter', 'rolenames: a user has one built-in role; name one of them.')
      const added = customs.filter(({ id: role }) => !now.roles.some((held) => held.id === role))
      const sources = { role: builtIns[0] ?? now.role, roles: [...now.roles, ...added], acl: now.acl }
      if (!mayGrant(actor, now, sources)) throw beyond()
      if (!isSame(sources, now)) await this.rights.moveSources(tx, now, sources, caller.userId)
      return await this.get(caller.orgId, id, tx)
    })
  }
}

const shown = (member: MemberRow): Member => ({ ...member, held: sumOf(member) })

/** Nobody moves their own rights, and nobody anything of those who may do more than they. */
const mayChange = (actor: Standing, target: Standing, rightsToo: boolean): void => {
  if (actor.userId === target.userId) {
    if (rightsToo) throw new Problem('Forbidden', 'Nobody changes their own permissions or status; ask another owner.')
    return
  }
  const may = permissionsOf(actor)
  if (!includes(may, [rightsToo ? 'roles:write' : 'members:update'])) throw new Problem('Forbidden', 'You may not change this of other users of this org; ask one of its owners.')
  if (!reaches(actor, target)) throw new Problem('Forbidden', 'This user may do more than you; ask an owner of the org.')
}

const beyond = (): Problem => new Problem('Forbidden', 'You can give only what you may do yourself; ask an owner for the rest.')
