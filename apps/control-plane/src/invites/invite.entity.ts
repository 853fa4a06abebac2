import type { BuiltInRole, InviteId, OrgId, UserId } from '@tenantry/contracts'
import { EntitySchema } from 'typeorm'

export type InviteState = 'open' | 'accepted' | 'revoked'

export interface Invite {
  readonly id: InviteId
  readonly orgId: OrgId
  readonly email: string
  readonly emailKey: string
  readonly role: BuiltInRole
  readonly state: InviteState
  /** Whose membership is Open until somebody accepts; a new account is made by this id. */
  readonly userId: UserId | null
  /** Who answers for it: it is worth as much as they may give when it is accepted. */
  readonly sentBy: UserId
  /** Null also where an owner only said that it was accepted. */
  readonly acceptedBy: UserId | null
  readonly moveOrg: boolean
  readonly expiresAt: Date
  readonly createdAt: Date
  readonly updatedAt: Date
  readonly updatedBy: UserId
}

export const InviteEntity = new EntitySchema<Invite>({
  name: 'Invite',
  tableName: 'invites',
  columns: {
    id: { type: 'uuid', primary: true },
    orgId: { name: 'org_id', type: 'uuid' },
    email: { type: 'text' },
    emailKey: { name: 'email_key', type: 'text' },
    role: { type: 'text' },
    state: { type: 'text' },
    userId: { name: 'user_id', type: 'uuid', nullable: true },
    sentBy: { name: 'sent_by', type: 'uuid' },
    acceptedBy: { name: 'accepted_by', type: 'uuid', nullable: true },
    moveOrg: { name: 'move_org', type: 'boolean', default: false },
    expiresAt: { name: 'expires_at', type: 'timestamptz', precision: 3 },
    createdAt: { name: 'created_at', type: 'timestamptz', precision: 3, default: () => 'now()' },
    updatedAt: { name: 'updated_at', type: 'timestamptz', precision: 3, default: () => 'now()' },
    updatedBy: { name: 'updated_by', type: 'uuid' },
  },
})
