/** The closed list of what a member may do in an org. Platform permissions are a server administrator's. */
export const permissions = [
  'org:read', 'org:update', 'members:read', 'members:invite', 'members:update', 'members:remove', 'roles:write',
  'keys:own', 'keys:revoke', 'keys:list',
  'databases:read', 'databases:create', 'databases:update', 'databases:delete', 'databases:purge', 'databases:power',
  'data:read', 'data:write', 'credentials:read', 'credentials:write', 'backups:read', 'backups:write', 'audit:read',
] as const

export type Permission = (typeof permissions)[number] | `platform:${string}`

export const builtInRoles = ['owner', 'admin', 'developer', 'viewer'] as const
export type BuiltInRole = (typeof builtInRoles)[number]

const viewer: readonly Permission[] = ['org:read', 'members:read', 'keys:own', 'databases:read', 'data:read', 'backups:read']
const developer: readonly Permission[] = [
  ...viewer, 'databases:create', 'databases:update', 'databases:delete', 'data:write', 'credentials:read', 'credentials:write', 'backups:write',
]
const admin: readonly Permission[] = [
  ...developer, 'org:update', 'members:invite', 'members:update', 'members:remove', 'keys:revoke', 'keys:list', 'databases:purge', 'audit:read',
]

/** What each built-in role may do. An owner may do everything in the org; custom roles only add to one of these. */
export const rolePermissions: Readonly<Record<BuiltInRole, readonly Permission[]>> = {
  owner: [...permissions],
  admin,
  developer,
  viewer,
}
