import { type OrgId, type UserId, newId } from '@tenantry/contracts'
import { inTransaction, migrate } from '@tenantry/persistence'
import { type TestDatabase, testDatabase } from '@tenantry/testing'
import type { DataSource, EntityManager } from 'typeorm'
import { identitySource, schema } from '../source.js'
import { KeyQuotasRepository } from './key-quotas.repository.js'
import { KeyQuotas } from './key-quotas.service.js'

const parallel = 200

let database: TestDatabase
let source: DataSource
let quotas: KeyQuotas

beforeAll(async () => {
  database = await testDatabase(schema)
  source = await identitySource({ databaseUrl: database.url, poolSize: 8 }).initialize()
  await migrate(source, schema)
  quotas = new KeyQuotas({ keysPerOrg: parallel }, source, new KeyQuotasRepository(source))
})

afterAll(async () => {
  await source.destroy()
  await database.drop()
})

const make = async (tx: EntityManager, org: OrgId, status = 'ACTIVE'): Promise<void> => {
  const user = newId<UserId>()
  await tx.query(`INSERT INTO accounts (id, org_id, email, email_key, password_hash, firstname, lastname, org_name, founder, server_admin)
    VALUES ($1, $2, $3, $3, 'x', 'x', 'x', 'x', true, false)`, [user, org, user])
  await tx.query(`INSERT INTO api_keys (id, org_id, user_id, digest, description, status, updated_by) VALUES (gen_random_uuid(), $1, $2, $4, '', $3, $2)`, [org, user, status, Buffer.from(user)])
}

const together = async (org: OrgId): Promise<number> => {
  const results = await Promise.allSettled(Array.from({ length: parallel }, () => inTransaction(source, async (tx) => {
    await make(tx, org)
    await quotas.take(tx, org)
  })))
  return results.filter(({ status }) => status === 'fulfilled').length
}

describe('the count of an org\'s keys', () => {
  it('lets all of 200 first ones be where there is room for 200, and none after them', async () => {
    const org = newId<OrgId>()
    expect(await together(org)).toBe(parallel)
    expect(await quotas.of(org)).toEqual({ used: parallel, max: parallel })
    await expect(inTransaction(source, (tx) => quotas.take(tx, org))).rejects.toMatchObject({ code: 'ResourceLimitExceeded' })
  })

  it('is put right by the sweep where it is wrong or missing, once, and never put wrong by it', async () => {
    const [wrong, missing, busy] = [newId<OrgId>(), newId<OrgId>(), newId<OrgId>()]
    await inTransaction(source, async (tx) => {
      for (const org of [wrong, missing]) await make(tx, org)
      await make(tx, missing, 'REVOKED')
      await tx.query('INSERT INTO key_quotas (org_id, used) VALUES ($1, 9)', [wrong])
    })
    const found = await quotas.repair()
    expect(found.toSorted((one, other) => other.counted - one.counted)).toEqual([{ orgId: wrong, counted: 9, real: 1 }, { orgId: missing, counted: 0, real: 1 }])
    const making = together(busy)
    for (let round = 0; round < 10; round++) expect(await quotas.repair()).toEqual([])
    expect(await making).toBe(parallel)
    expect((await quotas.of(busy)).used).toBe(parallel)
  })
})
