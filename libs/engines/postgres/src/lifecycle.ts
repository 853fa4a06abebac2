import { setTimeout as delay } from 'node:timers/promises'
import type { LifecyclePort, Observed, Target } from '@tenantry/engines-contract'
import pg from 'pg'
import type { Admin } from './admin.js'
import type { TenantNames } from './names.js'
import { away, notThere } from './problems.js'
import { claimSpare, makeSpare } from './spares.js'
import { type Seen, type Work, alone, livingOf, look, once, wrongState } from './tenants.js'

const observedIn = (seen: Seen | undefined): Observed => {
  if (!seen) return 'absent'
  if (seen.state !== 'live') return seen.state
  if (!seen.living) return 'absent'
  return seen.open ? 'running' : 'stopped'
}

const claims = 8
const closeTries = 50

/** Ends every session in a database that lets nobody in any more; a rename needs that there is none. */
const closed = async (client: pg.Client, database: string, signal: AbortSignal): Promise<void> => {
  await client.query(`ALTER DATABASE ${database} ALLOW_CONNECTIONS false`)
  await ended(client, database, signal)
}

const ended = async (client: pg.Client, database: string, signal: AbortSignal): Promise<void> => {
  for (let tries = 0; tries < closeTries; tries += 1) {
    const { rowCount } = await client.query('SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1', [database])
    if (rowCount === 0) return
    if (signal.aborted) throw away(signal.reason)
    await delay(10)
  }
  throw away(new Error(`The sessions in ${database} do not end.`))
}

const found = async (client: pg.Client): Promise<string | undefined> => {
  // Each process takes another one, so that few find theirs gone.
  const { rows } = await client.query<{ name: string }>('SELECT datname AS name FROM pg_database WHERE datname LIKE \'s\\_%\' AND datallowconn ORDER BY random() LIMIT 1')
  return rows[0]?.name
}

const make = async (client: pg.Client, admin: Admin, names: TenantNames, instead: 'live' | 'removed', signal: AbortSignal): Promise<void> => {
  for (let tries = 0; tries < claims; tries += 1) {
    if (signal.aborted) throw away(signal.reason)
    const claim = await claimSpare(client, admin, await found(client) ?? await makeSpare(client, admin), names, instead)
    if (claim !== 'gone') return
  }
  throw away(new Error('Every spare was taken by somebody else.'))
}

const setPower = (client: pg.Client, { database }: TenantNames, power: 'on' | 'off') =>
  client.query('UPDATE tenantry.tenants SET power = $2, changed_at = now() WHERE name = $1', [database, power])

const dropAll = async (client: pg.Client, { removed, database }: TenantNames): Promise<void> => {
  await client.query(`DROP DATABASE IF EXISTS ${removed} WITH (FORCE)`)
  const { rows } = await client.query<{ name: string }>('SELECT rolname AS name FROM pg_roles WHERE starts_with(rolname, $1)', [`${database}_`])
  if (rows.length > 0) await client.query(`DROP ROLE IF EXISTS ${rows.map(({ name }) => pg.escapeIdentifier(name)).join(', ')}`)
}

/** Tenants on servers of Postgres: the row says what is meant, names and doors of databases follow it, and each step may be the last. */
export const lifecycleOf = (adminFor: (target: Target) => Admin): LifecyclePort => {
  const on = <T>(target: Target, signal: AbortSignal, work: Work<T>): Promise<T> => once(adminFor, target, signal, work)
  const inTurn = <T>(target: Target, signal: AbortSignal, work: Work<T>): Promise<T> => alone(adminFor, target, signal, work)

  return {
    observe: (target, signal) => on(target, signal, async (client, names) => {
      const seen = observedIn(await look(client, names))
      // A stop that was cut off may have left sessions behind the closed door.
      if (seen === 'stopped') await ended(client, names.database, signal)
      return seen
    }),
    ensure: (target, signal) => inTurn(target, signal, async (client, names, admin) => {
      const seen = await look(client, names)
      if (seen) return void livingOf(seen)
      await make(client, admin, names, 'live', signal)
    }),
    stop: (target, signal) => inTurn(target, signal, async (client, names) => {
      livingOf(await look(client, names))
      await setPower(client, names, 'off')
      await closed(client, names.database, signal)
    }),
    start: (target, signal) => inTurn(target, signal, async (client, names) => {
      livingOf(await look(client, names))
      await client.query(`ALTER DATABASE ${names.database} ALLOW_CONNECTIONS true`)
      await setPower(client, names, 'on')
    }),
    remove: (target, signal) => inTurn(target, signal, async (client, names) => {
      const seen = await look(client, names)
      if (seen && seen.state !== 'live') return
      if (!seen) return void await client.query('INSERT INTO tenantry.tenants (name, state) VALUES ($1, \'removed\')', [names.database])
      if (seen.living) await closed(client, names.database, signal)
      await client.query(`BEGIN; UPDATE tenantry.tenants SET state = 'removed', changed_at = now() WHERE name = ${pg.escapeLiteral(names.database)}; ${
        seen.living ? `ALTER DATABASE ${names.database} RENAME TO ${names.removed};` : ''} COMMIT`)
    }),
    restore: (target, signal) => inTurn(target, signal, async (client, names, admin) => {
      const seen = await look(client, names)
      if (!seen) throw notThere()
      if (seen.state === 'live') return
      if (seen.state === 'purged') throw wrongState('The data of this database was purged; it cannot be brought back.')
      // What was removed before it was ever made comes back as it would have been made.
      if (!seen.put) return await make(client, admin, names, 'removed', signal)
      await client.query(`BEGIN; ALTER DATABASE ${names.removed} RENAME TO ${names.database}; ALTER DATABASE ${names.database} ALLOW_CONNECTIONS ${seen.power === 'on'};
        UPDATE tenantry.tenants SET state = 'live', changed_at = now() WHERE name = ${pg.escapeLiteral(names.database)}; COMMIT`)
    }),
    purge: (target, signal) => inTurn(target, signal, async (client, names) => {
      const seen = await look(client, names)
      if (seen?.state === 'live') throw wrongState('Only a removed database can be purged.')
      await client.query(`INSERT INTO tenantry.tenants (name, state) VALUES ($1, 'purged')
        ON CONFLICT (name) DO UPDATE SET state = 'purged', write_verifier = NULL, read_verifier = NULL, changed_at = now()`, [names.database])
      await dropAll(client, names)
    }),
  }
}
