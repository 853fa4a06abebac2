import type { OrgId, OrgPermission, RoleId, UserId } from '@tenantry/contracts'
import { EntitySchema } from 'typeorm'

export interface Role {
  readonly id: RoleId
  readonly orgId: OrgId
  readonly name: string
  readonly acl: readonly OrgPermission[]
  readonly createdAt: Date
  readonly updatedAt: Date
  readonly updatedBy: UserId
}

export interface MemberRole {
  readonly orgId: OrgId
  readonly userId: UserId
  readonly roleId: RoleId
}

export const RoleEntity = new EntitySchema<Role>({
  name: 'Role',
  tableName: 'roles',
  columns: {
    id: { type: 'uuid', primary: true },
    orgId: { name: 'org_id', type: 'uuid' },
    name: { type: 'text' },
    acl: { type: 'text', array: true },
    createdAt: { name: 'created_at', type: 'timestamptz', precision: 3, default: () => 'now()' },
    updatedAt: { name: 'updated_at', type: 'timestamptz', precision: 3, default: () => 'now()' },
    updatedBy: { name: 'updated_by', type: 'uuid' },
  },
})

export const MemberRoleEntity = new EntitySchema<MemberRole>({
  name: 'MemberRole',
  tableName: 'member_roles',
  columns: {
    orgId: { name: 'org_id', type: 'uuid', primary: true },
    userId: { name: 'user_id', type: 'uuid', primary: true },
    roleId: { name: 'role_id', type: 'uuid', primary: true },
  },
})
