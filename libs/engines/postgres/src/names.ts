import { createHash } from 'node:crypto'
import type { Target } from '@tenantry/engines-contract'

/** What a tenant is called on its server: names are seen by every tenant of a server, so they tell nothing. */
export interface TenantNames {
  readonly database: string
  /** What a removed database is called until it is purged or brought back. */
  readonly removed: string
  readonly roles: TenantRoles
}

export interface TenantRoles {
  /** Owns what the tenant makes; nobody can log in as it. */
  readonly owner: string
  /** What read-write credentials are members of. */
  readonly writers: string
  /** What may read. */
  readonly readers: string
  /** The gateway's own logins: one that works as the owner, and one that can only read. */
  readonly write: string
  readonly read: string
}

export const rolesOf = (name: string): TenantRoles => ({ owner: `${name}_o`, writers: `${name}_w`, readers: `${name}_r`, write: `${name}_a`, read: `${name}_b` })

export const namesOf = ({ databaseId, generation }: Pick<Target, 'databaseId' | 'generation'>): TenantNames => {
  const hash = createHash('sha256').update(`${databaseId}/${generation}`).digest('hex').slice(0, 24)
  return { database: `t_${hash}`, removed: `x_${hash}`, roles: rolesOf(`t_${hash}`) }
}

/** The login of a credential, by its id. */
export const credentialUser = (target: Pick<Target, 'databaseId' | 'generation'>, credentialId: string): string =>
  `${namesOf(target).database}_c${createHash('sha256').update(credentialId).digest('hex').slice(0, 12)}`

/** Databases that wait to become somebody's. A draft is one that is not whole yet. */
export const spareNames = (hash: string): { readonly draft: string; readonly spare: string; readonly roles: TenantRoles } =>
  ({ draft: `p_${hash}`, spare: `s_${hash}`, roles: rolesOf(`s_${hash}`) })
