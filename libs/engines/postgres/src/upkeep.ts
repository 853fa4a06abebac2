import pg from 'pg'
import type { Admin } from './admin.js'
import { countSpares, makeSpare, sweepDrafts } from './spares.js'
import { hasState } from './problems.js'

interface Changed {
  readonly role: string
  readonly verifier: string
}

/** The gateway's logins whose password is another than they were given: a tenant can change it, and would have a way in past its credentials. */
const changedLogins = async (client: pg.Client): Promise<readonly Changed[]> => {
  const { rows } = await client.query<Changed>(`
    SELECT r.rolname AS role, v.verifier FROM tenantry.tenants t
    CROSS JOIN LATERAL (VALUES (t.name || '_a', t.write_verifier), (t.name || '_b', t.read_verifier)) AS v (role, verifier)
    JOIN pg_authid r ON r.rolname = v.role WHERE t.state = 'live' AND r.rolpassword IS DISTINCT FROM v.verifier LIMIT 100`)
  return rows
}

/** Gives logins their passwords back, and ends what came in by others. */
export const mendLogins = async (client: pg.Client): Promise<number> => {
  const changed = await changedLogins(client)
  for (const { role, verifier } of changed) {
    await client.query(`ALTER ROLE ${pg.escapeIdentifier(role)} PASSWORD ${pg.escapeLiteral(verifier)}`)
    await client.query('SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = $1', [role])
  }
  return changed.length
}

/** Keeps a server as it shall be: spares at hand, nothing left of what was cut off, logins as they were given. */
export const keepServer = async (admin: Admin, spares: number, signal: AbortSignal): Promise<void> => {
  await admin.within(async (client) => {
    await mendLogins(client)
    await sweepDrafts(client)
    for (let made = await countSpares(client); made < spares && !signal.aborted; made += 1) await makeSpare(client, admin)
  }, signal)
}

/** Whether a server is there to be kept. One that is started only when it is needed is not started for this. */
export const isAwake = async (admin: Admin): Promise<boolean> => {
  if (!admin.server.wake || admin.isPrepared) return true
  try {
    await admin.inDatabase('postgres', async () => undefined)
    return true
  } catch (error) {
    if (hasState(error, 'ECONNREFUSED')) return false
    throw error
  }
}
