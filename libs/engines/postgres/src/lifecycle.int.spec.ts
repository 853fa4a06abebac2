import { Problem } from '@tenantry/contracts'
import type { LifecyclePort, Target } from '@tenantry/engines-contract'
import { until } from '@tenantry/testing'
import pg from 'pg'
import { namesOf } from './names.js'
import { type Cluster, cluster } from './testing/cluster.js'

const soon = () => AbortSignal.timeout(60_000)

let server: Cluster
let lifecycle: LifecyclePort

beforeAll(async () => {
  server = await cluster({ spares: 3 })
  ;({ lifecycle } = server.postgres.engine)
  await server.postgres.upkeep(soon())
})
afterAll(() => server.close())

const asAdmin = async <T extends pg.QueryResultRow>(text: string): Promise<readonly T[]> => {
  const client = new pg.Client({ connectionString: server.server.url, application_name: 'the test' })
  await client.connect()
  try {
    return (await client.query<T>(text)).rows
  } finally {
    await client.end()
  }
}
const databases = async (like: string): Promise<number> => (await asAdmin<{ count: number }>(`SELECT count(*)::int AS count FROM pg_database WHERE datname LIKE '${like}'`))[0]?.count ?? 0

const selects = async (target: Target): Promise<string> => {
  const limits = { seconds: 20, answerBytes: 10_000, answerRows: 10 }
  return String((await server.postgres.engine.sql?.run(target, { text: 'select 1', access: 'write', limits }, soon()))?.data)
}

it('makes databases before they are asked for, and takes one of those first', async () => {
  expect(await databases('s\\_%')).toBe(3)
  const target = server.newTarget()
  await lifecycle.ensure(target, soon())
  expect(await databases('s\\_%')).toBe(2)
  expect(await selects(target)).toBe('[[1]]')
  await server.postgres.upkeep(soon())
  expect(await databases('s\\_%')).toBe(3)
})

it('makes each of many at once its own, by several clients, whether there are spares or not', async () => {
  const other = server.again()
  const targets = Array.from({ length: 12 }, () => server.newTarget())
  await Promise.all(targets.flatMap((target) => [lifecycle.ensure(target, soon()), other.engine.lifecycle.ensure(target, soon())]))
  expect(await Promise.all(targets.map((target) => lifecycle.observe(target, soon())))).toEqual(targets.map(() => 'running'))
  expect(await asAdmin('SELECT t.name FROM tenantry.tenants t WHERE state = \'live\' AND NOT EXISTS (SELECT FROM pg_database WHERE datname = t.name)')).toEqual([])
  for (const target of targets) expect(await selects(target)).toBe('[[1]]')
})

it('takes away what a maker that was killed has left, and nothing of one that lives', async () => {
  const [dead, alive] = ['0123456789abcdef01234567', 'aaaaaaaaaaaaaaaaaaaaaaaa']
  for (const hash of [dead, alive]) {
    await asAdmin(`CREATE DATABASE p_${hash} TEMPLATE tenantry_template`)
    await asAdmin(`CREATE ROLE s_${hash}_o; CREATE ROLE s_${hash}_a LOGIN`)
  }
  const maker = new pg.Client({ connectionString: server.server.url })
  await maker.connect()
  await maker.query('SELECT pg_advisory_lock(hashtextextended($1, 0))', [`tenantry spare ${alive}`])
  await server.postgres.upkeep(soon())
  expect([await databases(`p\\_${dead}`), await databases(`p\\_${alive}`)]).toEqual([0, 1])
  expect(await asAdmin(`SELECT rolname FROM pg_roles WHERE rolname LIKE 's\\_${dead}%'`)).toEqual([])
  await maker.end()
  await until('the other one is taken away too', async () => {
    await server.postgres.upkeep(soon())
    return await databases(`p\\_${alive}`) === 0
  }, 20_000)
})

it('goes on from any moment at which its sessions are killed', async () => {
  const wanted = ['ensure', 'stop', 'start', 'remove', 'restore', 'remove', 'purge'] as const
  const seen = { ensure: 'running', stop: 'stopped', start: 'running', remove: 'removed', restore: 'running', purge: 'purged' } as const
  const rounds = process.env['TEST_LONG'] === '1' ? 40 : 4
  let killed = 0
  for (let round = 0; round < rounds; round += 1) {
    const target = server.newTarget()
    for (const step of wanted) {
      let over = false
      const killing = (async () => {
        for (let kills = 0; !over && kills < 6; kills += 1) {
          killed += (await asAdmin(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'tenantry' AND usename = 'postgres' AND state = 'active'`)).length
        }
      })()
      await until(`${step} is done`, async () => {
        const failure: unknown = await lifecycle[step](target, soon()).then(() => undefined, (error: unknown) => error)
        if (failure !== undefined && !(failure instanceof Problem && failure.kind === 'unavailable')) throw new Error(`${step} fails for good.`, { cause: failure })
        return failure === undefined && await lifecycle.observe(target, soon()).catch(() => 'unknown') === seen[step]
      }, 30_000)
      over = true
      await killing
    }
    expect(await asAdmin(`SELECT rolname FROM pg_roles WHERE starts_with(rolname, '${namesOf(target).database}')`)).toEqual([])
  }
  expect(killed).toBeGreaterThan(rounds)
  await until('nothing is left of what was cut off', async () => {
    await server.postgres.upkeep(soon())
    return await databases('p\\_%') === 0
  }, 30_000)
})
