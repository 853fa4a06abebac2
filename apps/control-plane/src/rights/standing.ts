import {
  type BuiltInRole, type MemberStatus, type OrgId, type OrgPermission, type Permission, type RoleId, type UserId, permissions, rolePermissions,
} from '@tenantry/contracts'

/** A role that an org has made for itself. It only ever adds to a built-in one. */
export interface CustomRole {
  readonly id: RoleId
  readonly name: string
  readonly acl: readonly OrgPermission[]
}

/** Where a member's rights in an org come from: one built-in role, any custom ones, and what was given to them alone. */
export interface Standing {
  readonly orgId: OrgId
  readonly userId: UserId
  readonly status: MemberStatus
  readonly version: number
  readonly serverAdmin: boolean
  readonly role: BuiltInRole
  readonly roles: readonly CustomRole[]
  readonly acl: readonly OrgPermission[]
}

export type Sources = Pick<Standing, 'role' | 'roles' | 'acl'>

/** What the sources add up to, in the order of the closed list; what is not in that list (any more) is worth nothing. */
export const sumOf = ({ role, roles, acl }: Sources): readonly OrgPermission[] => {
  if (role === 'owner') return permissions
  const all = new Set<string>([...rolePermissions[role], ...roles.flatMap((custom) => custom.acl), ...acl])
  return permissions.filter((permission) => all.has(permission))
}

/** What a member may do now: nothing unless active. */
export const permissionsOf = (standing: Standing): readonly Permission[] => {
  if (standing.status !== 'Active') return []
  return standing.serverAdmin ? [...sumOf(standing), 'platform:admin'] : sumOf(standing)
}

export const includes = (all: readonly string[], some: readonly string[]): boolean => some.every((one) => all.includes(one))

/** Whether somebody may touch a member at all: an owner everyone, others only those who are no owners and may do no more than they. */
export const reaches = (actor: Standing, target: Sources): boolean =>
  actor.role === 'owner' || (target.role !== 'owner' && includes(permissionsOf(actor), sumOf(target)))

/** Whether somebody may turn one set of rights into another: what is added they must have themselves. */
export const mayGrant = (actor: Standing, from: Sources, to: Sources): boolean => {
  if (actor.role === 'owner') return true
  const had = sumOf(from)
  return to.role !== 'owner' && includes(permissionsOf(actor), sumOf(to).filter((permission) => !had.includes(permission)))
}

/** What a caller wishes a member to be able to do: everything, as an owner does, or exactly these. */
export type Wish = 'owner' | readonly OrgPermission[]

const lesserRoles = ['admin', 'developer', 'viewer'] as const

/**
 * The sources that give what was wished, as near to the present ones as can be: a role that gives more than was wished is taken
 * away or replaced by a lesser one, and what roles leave open is given to the member alone. Nobody has less than a viewer.
 */
export const fitted = (now: Sources, wish: Wish): Sources => {
  if (wish === 'owner') return { ...now, role: 'owner' }
  const fits = (given: readonly string[]): boolean => includes(wish, given)
  const role = now.role !== 'owner' && fits(rolePermissions[now.role]) ? now.role : lesserRoles.find((one) => fits(rolePermissions[one])) ?? 'viewer'
  const roles = now.roles.filter(({ acl }) => fits(acl))
  const given = sumOf({ role, roles, acl: [] })
  return { role, roles, acl: permissions.filter((permission) => wish.includes(permission) && (!given.includes(permission) || now.acl.includes(permission))) }
}

const spelt = ({ role, roles, acl }: Sources): string => JSON.stringify([role, roles.map(({ id }) => id).toSorted(), acl.toSorted()])

export const isSame = (one: Sources, other: Sources): boolean => spelt(one) === spelt(other)
