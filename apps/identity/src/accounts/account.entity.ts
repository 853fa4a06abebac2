import type { AccountFacts, InviteId, OrgId, UserId } from '@tenantry/contracts'
import { EntitySchema } from 'typeorm'

export interface Account extends Omit<AccountFacts, 'inviteId'> {
  readonly id: UserId
  readonly orgId: OrgId
  readonly emailKey: string
  readonly passwordHash: string
  /** How often it was changed whether the account administrates the server. */
  readonly adminVersion: number
  /** The invite by which it came into its org. */
  readonly inviteId: InviteId | null
  /** Grows when everything that was proven for this account before is to end. */
  readonly epoch: number
  /** When it was last moved into another org. */
  readonly movedAt: Date | null
  /** When it was proven that the address is the account's. */
  readonly emailVerifiedAt: Date | null
  /** Since when it is a mark only, which keeps its id from being drawn again. */
  readonly endedAt: Date | null
  readonly createdAt: Date
  readonly updatedAt: Date
}

export const AccountEntity = new EntitySchema<Account>({
  name: 'Account',
  tableName: 'accounts',
  columns: {
    id: { type: 'uuid', primary: true },
    orgId: { name: 'org_id', type: 'uuid' },
    email: { type: 'text' },
    emailKey: { name: 'email_key', type: 'text' },
    firstname: { type: 'text' },
    lastname: { type: 'text' },
    orgName: { name: 'org_name', type: 'text' },
    founder: { type: 'boolean' },
    serverAdmin: { name: 'server_admin', type: 'boolean', default: false },
    adminVersion: { name: 'admin_version', type: 'integer', default: 0 },
    passwordHash: { name: 'password_hash', type: 'text' },
    epoch: { type: 'integer', default: 0 },
    inviteId: { name: 'invite_id', type: 'uuid', nullable: true },
    movedAt: { name: 'moved_at', type: 'timestamptz', nullable: true },
    emailVerifiedAt: { name: 'email_verified_at', type: 'timestamptz', precision: 3, nullable: true },
    endedAt: { name: 'ended_at', type: 'timestamptz', precision: 3, nullable: true },
    createdAt: { name: 'created_at', type: 'timestamptz', precision: 3, default: () => 'now()' },
    updatedAt: { name: 'updated_at', type: 'timestamptz', precision: 3, default: () => 'now()' },
  },
  uniques: [{ name: 'accounts_email_key', columns: ['emailKey'] }],
})
