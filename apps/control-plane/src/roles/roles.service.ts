import { Injectable } from '@nestjs/common'
import {
  type BuiltInRole, type OrgId, type OrgPermission, type Page, type PageAsk, type Principal, Problem, type RoleId, builtInRoles, pageOf, isBuiltInRole, newId,
} from '@tenantry/contracts'
import type { EntityManager } from 'typeorm'
import { RightsService } from '../rights/rights.service.js'
import { type CustomRole, type Standing, includes, permissionsOf } from '../rights/standing.js'
import { type RoleView, builtIn, builtInsAfter } from './built-in.js'
import type { Role } from './role.entity.js'
import { RolesRepository, nameTaken } from './roles.repository.js'

const mostRoles = 1_000
const reserved: readonly string[] = [...builtInRoles, 'org_owner']

@Injectable()
export class RolesService {
  constructor(private readonly roles: RolesRepository, private readonly rights: RightsService) {}

  /** The built-in roles first, then the org's own, oldest first. */
  async list(caller: Principal, { limit, after }: PageAsk): Promise<Page<RoleView>> {
    const own = (await this.roles.list(caller.orgId, { limit: limit + 1, ...(after && { after }) })).map((role) => ({ role: viewOf(role), place: { at: role.createdAt, id: role.id } }))
    const all = [...builtInsAfter(caller.orgId, after), ...own]
    const { items, ...rest } = pageOf(all, limit, ({ place }) => place)
    return { items: items.map(({ role }) => role), ...rest }
  }

  async get(caller: Principal, name: string): Promise<RoleView> {
    return isBuiltInRole(name) ? builtIn(caller.orgId, name) : viewOf(there(await this.roles.find(caller.orgId, name)))
  }

  /** Throws RoleNameTaken; Forbidden for what the caller may not do themselves. */
  async create(caller: Principal, name: string, acl: readonly OrgPermission[]): Promise<RoleView> {
    return await this.rights.change(caller, async (tx, actor) => {
      has(actor, acl)
      if (reserved.includes(name.toLowerCase())) throw nameTaken(name)
      if (await this.roles.count(tx, caller.orgId) >= mostRoles) throw new Problem('ResourceLimitExceeded', `The org has ${mostRoles} roles already; delete one first.`)
      const role = { id: newId<RoleId>(), orgId: caller.orgId, name, acl, updatedBy: caller.userId }
      await this.roles.insert(tx, role)
      return viewOf(role)
    })
  }

  /** Whoever holds the role may do what it says now, in every process within a second. Throws RoleNotFound, Forbidden. */
  async update(caller: Principal, name: string, acl: readonly OrgPermission[] | undefined): Promise<RoleView> {
    return await this.rights.change(caller, async (tx, actor) => {
      const role = await this.own(tx, actor, name)
      if (!acl || sameAcl(acl, role.acl)) return viewOf(role)
      has(actor, acl)
      await this.roles.setAcl(tx, role.id, acl, caller.userId)
      await this.rights.touchHolders(tx, caller.orgId, role.id, caller.userId)
      return viewOf({ ...role, acl })
    })
  }

  /** The role is taken from everyone who holds it. Throws RoleNotFound, Forbidden. */
  async delete(caller: Principal, name: string): Promise<void> {
    await this.rights.change(caller, async (tx, actor) => {
      const role = await this.own(tx, actor, name)
      await this.rights.touchHolders(tx, caller.orgId, role.id, caller.userId)
      await this.roles.delete(tx, role)
    })
  }

  /** The roles that these names mean in an org. Throws RelatedResourceNotFound for a name of none. */
  async named(tx: EntityManager, org: OrgId, names: readonly string[]): Promise<{ readonly builtIns: readonly BuiltInRole[]; readonly customs: readonly CustomRole[] }> {
    const others = names.filter((name) => !isBuiltInRole(name))
    const customs = others.length > 0 ? await this.roles.findAll(tx, org, others) : []
    const unknown = others.find((name) => !customs.some((role) => role.name === name))
    if (unknown !== undefined) throw new Problem('RelatedResourceNotFound', `rolenames: there is no role "${unknown}" in this org.`)
    return { builtIns: names.filter(isBuiltInRole), customs }
  }

  /** A role that the caller may change: none of the built-in ones, nothing beyond their own rights, and none that they live by. */
  private async own(tx: EntityManager, actor: Standing, name: string): Promise<Role> {
    if (isBuiltInRole(name)) throw new Problem('Forbidden', `The role "${name}" is built in and stays as it is; make one of your own.`)
    const role = there(await this.roles.find(actor.orgId, name, tx))
    has(actor, role.acl)
    if (actor.role !== 'owner' && actor.roles.some(({ id }) => id === role.id)) throw new Problem('Forbidden', 'You hold this role, and nobody changes their own permissions; ask an owner.')
    return role
  }
}

const viewOf = ({ name, orgId, acl }: Pick<Role, 'name' | 'orgId' | 'acl'>): RoleView => ({ name, orgId, acl, isOwner: false })

const there = (role: Role | undefined): Role => {
  if (!role) throw new Problem('RoleNotFound', 'There is no such role.')
  return role
}

const sameAcl = (one: readonly string[], other: readonly string[]): boolean => includes(one, other) && includes(other, one)

const has = (actor: Standing, acl: readonly OrgPermission[]): void => {
  if (!includes(permissionsOf(actor), acl)) throw new Problem('Forbidden', 'A role can hold only what you may do yourself; ask an owner for the rest.')
}
