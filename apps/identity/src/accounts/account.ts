import type { AccountFacts, OrgId, UserId } from '@tenantry/contracts'

/** An account as the other features see it: everything but what proves it. */
export interface AccountView extends AccountFacts {
  readonly id: UserId
  readonly orgId: OrgId
  readonly epoch: number
  /** False for who was deactivated in, or removed from, the account's org. */
  readonly active: boolean
}

/** What identity vouches for when it speaks of an account in one of its orgs. */
export const factsIn = (orgId: OrgId, account: AccountView): AccountFacts => ({
  email: account.email,
  firstname: account.firstname,
  lastname: account.lastname,
  founder: account.founder && account.orgId === orgId,
  orgName: account.orgId === orgId ? account.orgName : '',
  serverAdmin: account.serverAdmin,
  ...(account.inviteId !== undefined && account.orgId === orgId && { inviteId: account.inviteId }),
})
