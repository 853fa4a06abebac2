import { type OrgId, type Permission, type Principal, Problem, type Rights, type UserId } from '@tenantry/contracts'
import { Cache } from '@tenantry/service'

/** Whether these rights include a permission; `platform:*` stands for every permission of the platform. */
export const may = (rights: Rights, permission: Permission): boolean => rights.status === 'Active'
  && (rights.permissions.includes(permission) || (permission.startsWith('platform:') && rights.permissions.includes('platform:*')))

export interface Member { readonly orgId: OrgId; readonly userId: UserId }

export type AskRights = (orgId: OrgId, userId: UserId, account: Principal['account']) => Promise<Rights | undefined>

const freshMs = 60_000

export const memberName = ({ orgId, userId }: Member): string => `${orgId}/${userId}`

/** What each caller may do, as far as this process has heard. */
export const createRightsCache = (ask: AskRights, max: number, now: () => number): Cache<Member, Rights> => new Cache<Member, Rights>({
  // The hint is the account that the credential vouched for: whoever answers may have to make a record of it first.
  load: ({ orgId, userId }, hint) => ask(orgId, userId, hint as Principal['account']),
  keyOf: memberName,
  max,
  freshMs,
  now,
})

export const forbidden = (): Problem => new Problem('Forbidden', 'You may not do this in this org; ask one of its owners for the permission.')
