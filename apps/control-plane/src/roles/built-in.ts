import { type BuiltInRole, type OrgId, type Place, builtInRoles, rolePermissions } from '@tenantry/contracts'

/** A role as its org sees it, a built-in one or one of its own. */
export interface RoleView {
  readonly name: string
  readonly orgId: OrgId
  readonly acl: readonly string[]
  readonly isOwner: boolean
}

// The built-in roles stand in no table. In the order of lists they come before everything that was ever made.
const placeOf = (at: number): Place => ({ at: new Date(0), id: `00000000-0000-4000-8000-00000000000${at + 1}` })

export const builtIn = (orgId: OrgId, name: BuiltInRole): RoleView => ({ name, orgId, acl: rolePermissions[name], isOwner: name === 'owner' })

/** The built-in roles that come after a place, each with its own. */
export const builtInsAfter = (orgId: OrgId, after: Place | undefined): readonly { readonly role: RoleView; readonly place: Place }[] =>
  builtInRoles.map((name, at) => ({ role: builtIn(orgId, name), place: placeOf(at) }))
    .filter(({ place }) => !after || (after.at.getTime() === place.at.getTime() && place.id > after.id))
