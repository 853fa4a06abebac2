/** The closed list of what a member may do in an org. Platform permissions are a server administrator's. */
export const permissions = [
  'org:read', 'org:update', 'members:read', 'members:invite', 'members:update', 'members:remove', 'roles:write',
  'keys:own', 'keys:revoke', 'keys:list',
  'databases:read', 'databases:create', 'databases:update', 'databases:delete', 'databases:purge', 'databases:power',
  'data:read', 'data:write', 'credentials:read', 'credentials:write', 'backups:read', 'backups:write', 'audit:read',
] as const

export type OrgPermission = (typeof permissions)[number]
export type Permission = OrgPermission | `platform:${string}`

export const builtInRoles = ['owner', 'admin', 'developer', 'viewer'] as const
export type BuiltInRole = (typeof builtInRoles)[number]

export const isBuiltInRole = (name: string): name is BuiltInRole => (builtInRoles as readonly string[]).includes(name)

const viewer: readonly OrgPermission[] = ['org:read', 'members:read', 'keys:own', 'databases:read', 'data:read', 'backups:read']
const developer: readonly OrgPermission[] = [
  ...viewer, 'databases:create', 'databases:update', 'databases:delete', 'data:write', 'credentials:read', 'credentials:write', 'backups:write',
]
const admin: readonly OrgPermission[] = [
  ...developer, 'org:update', 'members:invite', 'members:update', 'members:remove', 'keys:revoke', 'keys:list', 'databases:purge', 'audit:read',
]

/** What each built-in role may do. An owner may do everything in the org; custom roles only add to one of these. */
export const rolePermissions: Readonly<Record<BuiltInRole, readonly OrgPermission[]>> = {
  owner: [...permissions],
  admin,
  developer,
  viewer,
}
