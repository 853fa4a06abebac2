import { type BuiltInRole, type OrgId, type UserId, newId } from '@tenantry/contracts'
import { Outbox } from '@tenantry/events'
import { migrate } from '@tenantry/persistence'
import { type TestDatabase, testDatabase } from '@tenantry/testing'
import type { DataSource } from 'typeorm'
import { controlPlaneSource, schema } from '../source.js'
import { QuotasRepository } from '../orgs/quotas.repository.js'
import { QuotasService } from '../orgs/quotas.service.js'
import { UsersRepository } from './users.repository.js'
import { MembershipsService } from './memberships.service.js'
import { RightsRepository } from '../rights/rights.repository.js'
import { RightsService } from '../rights/rights.service.js'

let database: TestDatabase
let source: DataSource
let memberships: MembershipsService

beforeAll(async () => {
  database = await testDatabase(schema)
  source = await controlPlaneSource({ databaseUrl: database.url, poolSize: 5 }).initialize()
  await migrate(source, schema)
  const quotas = new QuotasService({ quotas: { databases: 1, users: 9, storageBytes: 1 } }, source, new QuotasRepository(source))
  memberships = new MembershipsService(new RightsService(source, new RightsRepository(source), new Outbox(), quotas), new UsersRepository(source), quotas)
})

afterAll(async () => {
  await source.destroy()
  await database.drop()
})

const newOrg = async (...roles: readonly BuiltInRole[]): Promise<{ org: OrgId; members: readonly UserId[] }> => {
  const org = newId<OrgId>()
  const by = newId<UserId>()
  await source.query(`INSERT INTO orgs (id, name, tech_email, billing_email, databases_max, updated_by) VALUES ($1, 'x', 'x', 'x', 1, $2)`, [org, by])
  const members = roles.map(() => newId<UserId>())
  for (const [at, id] of members.entries()) {
    await source.query(`INSERT INTO users (id, email, firstname, lastname, updated_by) VALUES ($1, 'x', 'x', 'x', $2)`, [id, by])
    await source.query(`INSERT INTO memberships (org_id, user_id, role, status, updated_by) VALUES ($1, $2, $3, 'Active', $4)`, [org, id, roles[at], by])
  }
  return { org, members }
}

const told = async (user: UserId): Promise<string[]> =>
  (await source.query(`SELECT subject || ' ' || (payload->>'version') AS line FROM outbox WHERE payload->>'userId' = $1 ORDER BY seq`, [user]) as { line: string }[]).map(({ line }) => line)
const statusOf = async (org: OrgId, user: UserId): Promise<string> =>
  (await source.query('SELECT status FROM memberships WHERE org_id = $1 AND user_id = $2', [org, user]) as { status: string }[])[0]?.status ?? ''
const codeOf = (done: Promise<void>): Promise<string> => done.then(() => 'done', (error: { code?: string }) => error.code ?? String(error))

describe('a membership', () => {
  it('is told of with its version at each move, and of nothing where nothing moves', async () => {
    const { org, members: [owner = newId<UserId>(), ann = newId<UserId>()] } = await newOrg('owner', 'viewer')
    for (const move of ['deactivate', 'deactivate', 'activate', 'remove'] as const) await memberships[move](org, ann, owner)
    expect(await told(ann)).toEqual([
      'control.rights.changed 2', 'control.user.deactivated 2', 'control.rights.changed 3', 'control.user.activated 3', 'control.rights.changed 4', 'control.user.removed 4',
    ])
    expect(await codeOf(memberships.activate(org, ann, owner))).toBe('UserNotFound')
    expect(await codeOf(memberships.deactivate(org, newId<UserId>(), owner))).toBe('UserNotFound')
    expect(await codeOf(memberships.deactivate(newId<OrgId>(), owner, owner))).toBe('UserNotFound')
  })

  it('is given back to the quota of its org once, when it ends', async () => {
    const { org, members: [owner = newId<UserId>(), ann = newId<UserId>()] } = await newOrg('owner', 'viewer')
    await source.query('UPDATE orgs SET users_used = 2 WHERE id = $1', [org])
    const used = async (): Promise<unknown> => (await source.query('SELECT users_used AS n FROM orgs WHERE id = $1', [org]) as { n: number }[])[0]?.n
    await memberships.deactivate(org, ann, owner)
    expect(await used()).toBe(2)
    const ended = await Promise.all(Array.from({ length: 5 }, () => codeOf(memberships.remove(org, ann, owner))))
    expect([ended.toSorted(), await used()]).toEqual([['UserNotFound', 'UserNotFound', 'UserNotFound', 'UserNotFound', 'done'], 1])
  })

  it('of the last active owner stays, though others have other roles or were owners once', async () => {
    const { org, members: [ann = newId<UserId>(), bob = newId<UserId>()] } = await newOrg('owner', 'owner', 'admin')
    await memberships.deactivate(org, bob, ann)
    expect([await codeOf(memberships.deactivate(org, ann, ann)), await codeOf(memberships.remove(org, ann, ann))]).toEqual(['LastOwner', 'LastOwner'])
    expect([await statusOf(org, ann), await told(ann)]).toEqual(['Active', []])
    await memberships.activate(org, bob, ann)
    expect(await codeOf(memberships.deactivate(org, ann, bob))).toBe('done')
  })

  it('of two owners who end each other at once, one stays', async () => {
    for (let round = 0; round < 10; round++) {
      const { org, members: [ann = newId<UserId>(), bob = newId<UserId>()] } = await newOrg('owner', 'owner')
      const ended = await Promise.all([memberships.deactivate(org, ann, bob), memberships.remove(org, bob, ann)].map(codeOf))
      expect(ended.toSorted()).toEqual(['LastOwner', 'done'])
    }
  })
})
