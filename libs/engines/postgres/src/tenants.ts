import { Problem } from '@tenantry/contracts'
import type { Target } from '@tenantry/engines-contract'
import type pg from 'pg'
import { type Admin, locked } from './admin.js'
import { type TenantNames, namesOf } from './names.js'
import { away, hasState, notThere } from './problems.js'

export const wrongState = (message: string): Problem => new Problem('DatabaseInWrongState', message)

/** What the server has of a tenant. */
export interface Seen {
  readonly state: 'live' | 'removed' | 'purged'
  /** As it was left: what is brought back comes back so. */
  readonly power: 'on' | 'off'
  /** Whether there is data under the tenant's name, and whether it lets anybody in. */
  readonly living: boolean
  readonly open: boolean
  readonly put: boolean
}

export const look = async (client: pg.Client, { database, removed }: TenantNames): Promise<Seen | undefined> => {
  const { rows } = await client.query<Seen>(`
    SELECT t.state, t.power, d.oid IS NOT NULL AS living, coalesce(d.datallowconn, false) AS open, x.oid IS NOT NULL AS put
    FROM tenantry.tenants t LEFT JOIN pg_database d ON d.datname = t.name LEFT JOIN pg_database x ON x.datname = $2 WHERE t.name = $1`, [database, removed])
  return rows[0]
}

/** What there is to work on. Throws DatabaseNotFound, DatabaseInWrongState. */
export const livingOf = (seen: Seen | undefined): Seen => {
  if (!seen) throw notThere()
  if (seen.state !== 'live') throw wrongState(`The data of this database was ${seen.state}.`)
  if (!seen.living) throw notThere()
  return seen
}

export type Work<T> = (client: pg.Client, names: TenantNames, admin: Admin) => Promise<T>

/** Works on a tenant with a session of the superuser. Throws only Problem for what may pass. */
export const once = <T>(adminFor: (target: Target) => Admin, target: Target, signal: AbortSignal, work: Work<T>): Promise<T> => {
  const [admin, names] = [adminFor(target), namesOf(target)]
  return admin.within(async (client) => {
    try {
      return await work(client, names, admin)
    } catch (error) {
      // Somebody else changed the same thing at this moment: the caller looks again and goes on from there.
      if (hasState(error, '55006', '55P03', '57014', '40P01', '40001', 'XX000')) throw away(error)
      throw error
    }
  }, signal)
}

/** As `once`, while nobody else does. */
export const alone = <T>(adminFor: (target: Target) => Admin, target: Target, signal: AbortSignal, work: Work<T>): Promise<T> =>
  once(adminFor, target, signal, (client, names, admin) => locked(client, `tenantry tenant ${names.database}`, () => work(client, names, admin), signal))
