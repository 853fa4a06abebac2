import { randomUUID } from 'node:crypto'
import { Problem } from '@tenantry/contracts'
import type { CredentialKind, StoredCredential, Target } from '@tenantry/engines-contract'
import pg from 'pg'
import { credentialUser, namesOf } from './names.js'
import { newPassword, verifierOf } from './passwords.js'
import { type Cluster, cluster } from './testing/cluster.js'

let server: Cluster
let target: Target

const soon = () => AbortSignal.timeout(60_000)

beforeAll(async () => {
  server = await cluster()
})
beforeEach(async () => {
  target = server.newTarget()
  await server.postgres.engine.lifecycle.ensure(target, soon())
  await run('create table t as select 1 as a')
})
afterAll(() => server.close())

const run = async (text: string): Promise<string> => {
  const answer = await server.postgres.engine.sql?.run(target, { text, access: 'write', limits: { seconds: 20, answerBytes: 1_000_000, answerRows: 1_000 } }, soon())
  return String(answer?.data)
}

interface Known extends StoredCredential {
  readonly password: string
}

const credential = async (kind: CredentialKind, more: Partial<StoredCredential> = {}): Promise<Known> => {
  const password = newPassword()
  return { id: randomUUID(), kind, tls: false, verifier: await verifierOf(password), password, ...more }
}
const settle = async (...all: readonly StoredCredential[]): Promise<void> => {
  await server.postgres.engine.credentials?.settle(target, all, soon())
}
const login = async ({ id, password }: Known, database = namesOf(target).database): Promise<pg.Client> => {
  const { hostname, port } = new URL(server.server.url)
  const client = new pg.Client({ host: hostname, port: Number(port), user: credentialUser(target, id), password, database })
  client.on('error', () => undefined)
  await client.connect()
  return client
}
const asked = async (known: Known, ...texts: readonly string[]): Promise<readonly string[]> => {
  const client = await login(known)
  try {
    const outcomes: string[] = []
    for (const text of texts) outcomes.push(await client.query(text).then(() => 'done', (error: unknown) => String(error)))
    return outcomes
  } finally {
    await client.end()
  }
}

it('lets each kind do what it may, and leaves what an owner makes to the database', async () => {
  const [owner, writer, reader] = [await credential('owner'), await credential('read-write'), await credential('read-only')]
  await settle(owner, writer, reader)
  expect(await asked(owner, 'create table mine as select 1 as a', 'alter table t add b int', 'create schema more')).toEqual(['done', 'done', 'done'])
  expect(await asked(writer, 'insert into mine values (2)', 'select * from t', 'create table x (a int)', 'drop table t')).toEqual(['done', 'done', expect.stringContaining('denied'), expect.stringContaining('must be owner')])
  expect(await asked(reader, 'select * from mine', 'insert into mine values (3)', 'set default_transaction_read_only = off', 'insert into mine values (3)', 'create table x (a int)'))
    .toEqual(['done', expect.stringContaining('read-only'), 'done', expect.stringContaining('denied'), expect.stringContaining('denied')])
  await settle(writer)
  expect(await run('select count(*) from mine')).toBe('[[2]]')
  expect(await run('drop table mine')).toBe('[]')
})

it('lets nobody into another database, or become anybody else', async () => {
  const owner = await credential('owner')
  await settle(owner)
  const other = server.newTarget()
  await server.postgres.engine.lifecycle.ensure(other, soon())
  for (const database of [namesOf(other).database, 'postgres', 'template1', 'tenantry_warden', 'tenantry_template']) await expect(login(owner, database)).rejects.toThrow(/permission denied|not currently accepting/)
  const { roles } = namesOf(target)
  const outcomes = await asked(owner, `set role ${roles.write}`, `set role ${namesOf(other).roles.owner}`, 'set role postgres', `alter role ${roles.write} password 'x'`, 'create role x', 'alter role current_user superuser')
  expect(outcomes.filter((outcome) => outcome === 'done')).toEqual([])
})

it('ends a login that is reset or taken away, also where it has come in', async () => {
  const [kept, reset, removed] = [await credential('read-write'), await credential('owner'), await credential('read-only')]
  await settle(kept, reset, removed)
  const inside = await Promise.all([kept, reset, removed].map((one) => login(one)))
  const ended = inside.map((client) => new Promise<boolean>((resolve) => client.once('end', () => resolve(true))))
  const again = { ...reset, password: newPassword() }
  await settle(kept, { ...again, verifier: await verifierOf(again.password) })
  expect(await Promise.all(ended.slice(1))).toEqual([true, true])
  await expect(inside[0]?.query('select 1')).resolves.toMatchObject({ rowCount: 1 })
  await inside[0]?.end()
  for (const gone of [reset, removed]) await expect(login(gone)).rejects.toThrow('password authentication failed')
  expect(await asked(again, 'select 1')).toEqual(['done'])
})

it('can be asked twice, and what a login made itself does not keep it there', async () => {
  const owner = await credential('owner')
  await settle(owner)
  await settle(owner)
  await asked(owner, 'set role none', 'create temporary table x (a int)', 'create table loose (a int)')
  await settle()
  await settle()
  await expect(login(owner)).rejects.toThrow('password authentication failed')
})

it('keeps logins out of a database that is stopped or removed, and lets them in when it is back', async () => {
  const owner = await credential('owner')
  await settle(owner)
  const { lifecycle } = server.postgres.engine
  const client = await login(owner)
  const ended = new Promise((resolve) => client.once('end', resolve))
  await lifecycle.stop(target, soon())
  await ended
  await expect(login(owner)).rejects.toThrow('not currently accepting')
  await lifecycle.start(target, soon())
  expect(await asked(owner, 'select * from t')).toEqual(['done'])
  await lifecycle.remove(target, soon())
  await expect(login(owner)).rejects.toThrow('does not exist')
  await lifecycle.restore(target, soon())
  expect(await asked(owner, 'select * from t')).toEqual(['done'])
  await lifecycle.remove(target, soon())
  await lifecycle.purge(target, soon())
  await expect(login(owner)).rejects.toThrow('password authentication failed')
})

it('says that it cannot insist on TLS where the server has none', async () => {
  const refused: unknown = await settle(await credential('read-only', { tls: true })).catch((error: unknown) => error)
  expect(refused).toBeInstanceOf(Problem)
  expect(refused).toMatchObject({ code: 'InvalidParameter', message: expect.stringContaining('TLS') })
})

it('bounds what a login may open', async () => {
  const reader = await credential('read-only')
  await settle(reader)
  const opened = await Promise.allSettled(Array.from({ length: 25 }, () => login(reader)))
  const inside = opened.flatMap((one) => one.status === 'fulfilled' ? [one.value] : [])
  expect(inside.length).toBe(20)
  expect(await run('select 1')).toBe('[[1]]')
  await Promise.all(inside.map((client) => client.end()))
})
