import type { BuiltInRole, MemberStatus, OrgId, OrgPermission, UserId } from '@tenantry/contracts'
import { EntitySchema } from 'typeorm'

export interface User {
  readonly id: UserId
  readonly email: string
  readonly firstname: string
  readonly lastname: string
  readonly serverAdmin: boolean
  /** Which of the changes of that was heard last. */
  readonly adminVersion: number
  /** Whether somebody has said these names here; until then they are what identity knew. */
  readonly introduced: boolean
  /** Since when the account is gone, and the user a mark only. */
  readonly endedAt: Date | null
  readonly createdAt: Date
  readonly updatedAt: Date
  readonly updatedBy: UserId
}

export interface Membership {
  readonly orgId: OrgId
  readonly userId: UserId
  readonly role: BuiltInRole
  readonly status: MemberStatus
  readonly version: number
  /** What was given to this member alone. */
  readonly acl: readonly OrgPermission[]
  readonly createdAt: Date
  readonly updatedAt: Date
  readonly updatedBy: UserId
}

const stamps = {
  createdAt: { name: 'created_at', type: 'timestamptz', precision: 3, default: () => 'now()' },
  updatedAt: { name: 'updated_at', type: 'timestamptz', precision: 3, default: () => 'now()' },
  updatedBy: { name: 'updated_by', type: 'uuid' },
} as const

export const UserEntity = new EntitySchema<User>({
  name: 'User',
  tableName: 'users',
  columns: {
    id: { type: 'uuid', primary: true },
    email: { type: 'text' },
    firstname: { type: 'text' },
    lastname: { type: 'text' },
    serverAdmin: { name: 'server_admin', type: 'boolean', default: false },
    adminVersion: { name: 'admin_version', type: 'integer', default: 0 },
    introduced: { type: 'boolean', default: false },
    endedAt: { name: 'ended_at', type: 'timestamptz', precision: 3, nullable: true },
    ...stamps,
  },
})

export const MembershipEntity = new EntitySchema<Membership>({
  name: 'Membership',
  tableName: 'memberships',
  columns: {
    orgId: { name: 'org_id', type: 'uuid', primary: true },
    userId: { name: 'user_id', type: 'uuid', primary: true },
    role: { type: 'text' },
    status: { type: 'text' },
    version: { type: 'integer', default: 1 },
    acl: { type: 'text', array: true, default: '{}' },
    ...stamps,
  },
})
