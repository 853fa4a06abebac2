import { type OrgId, type UserId, newId } from '@tenantry/contracts'
import { inTransaction, migrate } from '@tenantry/persistence'
import { type TestDatabase, testDatabase } from '@tenantry/testing'
import type { DataSource, EntityManager } from 'typeorm'
import { controlPlaneSource, schema } from '../source.js'
import { UsersRepository } from '../users/users.repository.js'
import { QuotasRepository } from './quotas.repository.js'
import { QuotasService } from './quotas.service.js'

const usual = { databases: 4, users: 3, storageBytes: 1_000 }
const parallel = 200

let database: TestDatabase
let source: DataSource
let quotas: QuotasService
let users: UsersRepository

beforeAll(async () => {
  database = await testDatabase(schema)
  source = await controlPlaneSource({ databaseUrl: database.url, poolSize: 8 }).initialize()
  await migrate(source, schema)
  quotas = new QuotasService({ quotas: usual }, source, new QuotasRepository(source))
  users = new UsersRepository(source)
})

afterAll(async () => {
  await source.destroy()
  await database.drop()
})

const newOrg = async (own: { databases?: number; users?: number; storage?: number } = {}): Promise<OrgId> => {
  const id = newId<OrgId>()
  await source.query(
    `INSERT INTO orgs (id, name, tech_email, billing_email, databases_max, own_databases_max, own_users_max, own_storage_max, updated_by) VALUES ($1, 'x', 'x', 'x', 1, $2, $3, $4, $5)`,
    [id, own.databases ?? null, own.users ?? null, own.storage ?? null, newId<UserId>()])
  return id
}

const join = async (tx: EntityManager, org: OrgId): Promise<UserId> => {
  const id = newId<UserId>()
  await users.insertOnce(tx, { id, email: 'x', firstname: 'x', lastname: 'x', serverAdmin: false, updatedBy: id })
  await users.insertMembershipOnce(tx, { orgId: org, userId: id, role: 'viewer', status: 'Active', updatedBy: id })
  await quotas.takeUser(tx, org)
  return id
}

const many = async (work: (tx: EntityManager) => Promise<unknown>): Promise<{ done: number; refused: readonly unknown[] }> => {
  const results = await Promise.allSettled(Array.from({ length: parallel }, () => inTransaction(source, work)))
  const refused = results.flatMap((result) => result.status === 'rejected' ? [result.reason as unknown] : [])
  return { done: results.length - refused.length, refused }
}

const expectRefusals = ({ done, refused }: Awaited<ReturnType<typeof many>>, limit: string): void => {
  expect([done, refused.length]).toEqual([1, parallel - 1])
  for (const problem of refused) expect(problem).toMatchObject({ code: 'ResourceLimitExceeded', message: expect.stringContaining(limit) })
}

const ofOrg = async (org: OrgId): Promise<unknown> => (await quotas.of(org)).used

describe('the quotas of an org', () => {
  it('let one of 200 users in where there is room for one, and keep nothing of the others', async () => {
    const org = await newOrg()
    for (let at = 0; at < usual.users - 1; at++) await inTransaction(source, (tx) => join(tx, org))
    expectRefusals(await many((tx) => join(tx, org)), 'users_of_an_org')
    const [{ n } = { n: 0 }]: { n: number }[] = await source.query('SELECT count(*)::int AS n FROM memberships WHERE org_id = $1', [org])
    expect([n, await ofOrg(org)]).toEqual([usual.users, { databases: 0, users: usual.users, storageBytes: 0 }])
  })

  it('let one of 200 databases be where there is room for one', async () => {
    const org = await newOrg()
    for (let at = 0; at < usual.databases - 1; at++) await inTransaction(source, (tx) => quotas.takeDatabase(tx, org, 10))
    expectRefusals(await many((tx) => quotas.takeDatabase(tx, org, 10)), 'databases_of_an_org')
    expect(await ofOrg(org)).toEqual({ databases: usual.databases, users: 0, storageBytes: 10 * usual.databases })
  })

  it('reserve storage for one of 200 where it is enough for one, and take no database for the others', async () => {
    const org = await newOrg({ databases: 1_000 })
    await inTransaction(source, (tx) => quotas.takeDatabase(tx, org, 500))
    expectRefusals(await many((tx) => quotas.takeDatabase(tx, org, 500)), 'storage_of_an_org')
    expect(await ofOrg(org)).toEqual({ databases: 2, users: 0, storageBytes: 1_000 })
  })

  it('are the org\'s own where it has some, also when they are lower than what it has', async () => {
    const org = await newOrg({ users: 5 })
    for (let at = 0; at < 5; at++) await inTransaction(source, (tx) => quotas.takeUser(tx, org))
    expect((await quotas.of(org)).max).toEqual({ ...usual, users: 5 })
    await source.query('UPDATE orgs SET own_users_max = 2 WHERE id = $1', [org])
    await expect(inTransaction(source, (tx) => quotas.takeUser(tx, org))).rejects.toMatchObject({ message: expect.stringContaining('5 of 2 users') })
    await inTransaction(source, (tx) => quotas.returnUser(tx, org))
    expect(await ofOrg(org)).toMatchObject({ users: 4 })
  })

  it('are put right by the sweep where they are wrong, once, and left alone where they are right', async () => {
    const [wrong, right] = [await newOrg(), await newOrg()]
    for (const org of [wrong, right]) await inTransaction(source, (tx) => join(tx, org))
    await source.query('UPDATE orgs SET databases_used = 3, users_used = 0, storage_used = 77 WHERE id = $1', [wrong])
    const nothing = { databases: 0, users: 1, storageBytes: 0 }
    const found = (await quotas.repair()).filter(({ orgId }) => orgId === wrong || orgId === right)
    expect(found).toEqual([{ orgId: wrong, counted: { databases: 3, users: 0, storageBytes: 77 }, real: nothing }])
    expect([await ofOrg(wrong), await ofOrg(right)]).toEqual([nothing, nothing])
    expect(await quotas.repair()).toEqual([])
  })

  it('are never put wrong by the sweep, whatever is on its way meanwhile', async () => {
    const org = await newOrg({ users: 10_000 })
    const joining = many((tx) => join(tx, org))
    for (let round = 0; round < 10; round++) expect((await quotas.repair()).filter(({ orgId }) => orgId === org)).toEqual([])
    expect((await joining).done).toBe(parallel)
    expect(await ofOrg(org)).toMatchObject({ users: parallel })
  })
})
