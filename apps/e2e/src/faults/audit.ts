import { readdir } from 'node:fs/promises'
import path from 'node:path'
import type { Api } from '../story/api.js'
import { listDatabases, rowsOf } from '../story/databases.js'
import { logIn } from '../story/people.js'
import type { Client, Known } from './client.js'
import { historyFaults } from './legal-history.js'
import type { Load } from './load.js'
import { orphansOf } from './process-tree.js'
import type { AskRecords } from './records.js'

/** Where a system keeps what an auditor looks at. */
export interface Audited {
  readonly folder: string
  readonly tenantsDir: string
  readonly records: AskRecords
}

/** Everything that is not as it should be once nothing is in flight and nothing is broken; empty when all is well. */
export const audit = async (system: Audited, { api, clients }: Pick<Load, 'api' | 'clients'>): Promise<readonly string[]> => {
  const found = await Promise.all([
    ...clients.map((client) => databasesOf(client, api)),
    ...clients.map((client) => credentialsOf(client, api)),
    restless(system), folders(system), counters(system), outboxes(system), historyFaults(system.records), orphansOf(system.folder).then((all) => all.map((one) => `orphan: ${one}`)),
  ])
  return found.flat()
}

/** Every promised database is RUNNING exactly once, with every promised row; every deleted one is gone. */
const databasesOf = async (client: Client, api: Api): Promise<readonly string[]> => {
  const listed = await listDatabases(api, client.person)
  const faults = await Promise.all(client.databases.map(async (known) => {
    const there = listed.filter(({ name }) => name === known.name)
    const [first] = there
    if (there.length > 1) return [`${known.name} is there ${there.length} times`]
    if (known.made === 'refused' && first) return [`${known.name} was refused and is there`]
    if (known.deleted === 'done') return first ? [`${known.name} was deleted and is ${first.database_status}`] : await isGone(api, client, known)
    if (known.made === 'done' && known.deleted === undefined && first?.id !== known.id) return [`${known.name} (${known.id}) was promised and is not listed`]
    if (first && first.database_status !== 'RUNNING') return [`${known.name} (${first.id}) is ${first.database_status}`]
    return first && known.table === 'done' ? await marks(api, client, known, first.id) : []
  }))
  const strangers = listed.filter(({ name }) => !client.databases.some((known) => known.name === name)).map(({ name }) => `${name} was never asked for`)
  return [...faults.flat(), ...strangers]
}

const isGone = async (api: Api, { person: { token } }: Client, known: Known): Promise<readonly string[]> => {
  const { status } = await api('POST', `/v2/databases/${known.id}/query/sql`, { token, text: 'select 1' })
  return status === 404 ? [] : [`${known.name} was deleted and its query is answered ${status}`]
}

const marks = async (api: Api, client: Client, known: Known, id: string): Promise<readonly string[]> => {
  const rows = (await rowsOf(api, client.person, id, 'select mark from marks')).map(([mark]) => String(mark))
  const stored = new Set(rows)
  const lost = [...known.marks].filter(([mark, outcome]) => outcome === 'done' && !stored.has(mark)).map(([mark]) => `${mark} was confirmed and is lost`)
  const untrue = rows.filter((mark) => (known.marks.get(mark) ?? 'refused') === 'refused').map((mark) => `${mark} was refused, or never sent, and is there`)
  return [...lost, ...untrue, ...(stored.size === rows.length ? [] : [`${known.name} holds marks twice`])]
}

const credentialsOf = async (client: Client, api: Api): Promise<readonly string[]> => {
  const accounts: string[] = []
  // One after the other: who logs in with everything at once is asked to come back later.
  for (const account of client.accounts.filter(({ made, found }) => made === 'done' && found !== true)) {
    const failure = await logIn(api, { ...client.person, ...account }).then(() => undefined, String)
    if (failure === undefined) account.found = true
    else accounts.push(`an account was made and cannot log in: ${failure}`)
  }
  const keys = await Promise.all(client.keys.slice(-20).map(async ({ id, secret, revoked }) => {
    const { status } = await api('GET', '/v2/databases?limit=1', { key: secret })
    if (revoked === 'unknown') return []
    return status === (revoked === 'done' ? 401 : 200) ? [] : [`the key ${id}, ${revoked === 'done' ? 'revoked' : 'good'}, is answered ${status}`]
  }))
  return [...accounts, ...keys.flat()]
}

const restless = async ({ records }: Audited): Promise<readonly string[]> => {
  const rows = await records<{ id: string; state: string }>('control_plane', `SELECT id, state FROM databases WHERE state NOT IN ('RUNNING', 'DELETED')`)
  const unsettled = await records<{ id: string }>('provisioner', 'SELECT database_id AS id FROM instances WHERE NOT settled')
  return [...rows.map(({ id, state }) => `${id} rests as ${state}`), ...unsettled.map(({ id }) => `the instance of ${id} is not settled`)]
}

/** A living database has one folder, a deleted one has what can be brought back, and nothing else lies there. */
const folders = async ({ records, tenantsDir }: Audited): Promise<readonly string[]> => {
  const rows = await records<{ id: string; state: string; generation: number }>('control_plane', 'SELECT id, state, generation FROM databases')
  const due = new Map(rows.map(({ id, state, generation }) => [id, state === 'DELETED' ? `${generation}.deleted` : String(generation)]))
  const there = new Set(await readdir(tenantsDir))
  const missing = [...due.keys()].filter((id) => !there.has(id)).map((id) => `${id} has no folder`)
  const wrong = await Promise.all([...there].map(async (id) => {
    const names = await readdir(path.join(tenantsDir, id)).catch(() => [])
    return names.length === 1 && names[0] === due.get(id) ? [] : [`the folder of ${id} holds ${names.join(', ') || 'nothing'} instead of ${due.get(id) ?? 'not being there'}`]
  }))
  return [...missing, ...wrong.flat()]
}

const counters = async ({ records }: Audited): Promise<readonly string[]> => {
  const rows = await records<{ id: string; used: number; real: number }>('control_plane', `
    SELECT o.id, o.databases_used AS used, count(d.id)::int AS real FROM orgs o LEFT JOIN databases d ON d.org_id = o.id AND d.state <> 'DELETED'
    GROUP BY o.id HAVING o.databases_used <> count(d.id) OR o.storage_used <> coalesce(sum(d.storage_bytes), 0)`)
  const users = await records<{ id: string; used: number; real: number }>('control_plane', `
    SELECT o.id, o.users_used AS used, count(m.user_id)::int AS real FROM orgs o LEFT JOIN memberships m ON m.org_id = o.id AND m.status <> 'Left'
    GROUP BY o.id HAVING o.users_used <> count(m.user_id)`)
  const keys = await records<{ id: string; used: number; real: number }>('identity', `
    SELECT q.org_id AS id, q.used, count(k.id)::int AS real FROM key_quotas q LEFT JOIN api_keys k ON k.org_id = q.org_id AND k.status = 'ACTIVE'
    GROUP BY q.org_id HAVING q.used <> count(k.id)`)
  const said = (what: string, found: typeof rows): string[] => found.map(({ id, used, real }) => `org ${id} counts ${used} ${what} and has ${real}`)
  return [...said('databases', rows), ...said('users', users), ...said('keys', keys)]
}

const outboxes = async ({ records }: Audited): Promise<readonly string[]> => {
  const found = await Promise.all((['identity', 'control_plane', 'provisioner'] as const).map(async (schema) => {
    const [unsent] = await records<{ count: number }>(schema, 'SELECT count(*)::int AS count FROM outbox WHERE sent_at IS NULL')
    const parked = await records<{ subject: string; reason: string }>(schema, 'SELECT subject, reason FROM failures WHERE parked_at IS NOT NULL')
    return [
      ...(unsent?.count === 0 ? [] : [`${unsent?.count ?? 'unknown'} events of ${schema} are not sent`]),
      ...parked.map(({ subject, reason }) => `${schema} has put ${subject} aside: ${reason}`),
    ]
  }))
  return found.flat()
}
