import { randomUUID } from 'node:crypto'
import { readFileSync, readdirSync, readlinkSync } from 'node:fs'
import path from 'node:path'
import { Problem } from '@tenantry/contracts'
import type { Answer, Target } from '@tenantry/engines-contract'
import { type MachineClock, startMachineClock } from '@tenantry/testing'
import { Bench, endless, newTarget, until } from './testing/host-process.js'

const slowly = 120_000
const isLong = process.env['TEST_LONG'] === '1'
/** What is promised is 200 ms past the deadline and a second until the next answer, by the machine's own clock; the rest is for its memory and its disk. */
const busyMs = 2_000
let clock: MachineClock
beforeAll(async () => { clock = await startMachineClock() })
afterAll(() => clock.stop())

interface End {
  readonly code: string
  readonly message: string
  /** By the clock on the wall, and by the machine's, which stands still while that has no time. */
  readonly wallMs: number
  readonly ms: number
}
const ended = async (work: Promise<Answer>): Promise<End> => {
  const [began, beganOnWall] = [clock.now(), performance.now()]
  const error: unknown = await work.then(() => undefined, (reason: unknown) => reason)
  const took = { ms: clock.now() - began, wallMs: performance.now() - beganOnWall }
  if (error === undefined) return { code: 'none', message: '', ...took }
  return error instanceof Problem ? { code: error.code, message: error.message, ...took } : { code: 'unexpected', message: String(error), ...took }
}
const seconds = (deadline: number) => ({ limits: { seconds: deadline, answerBytes: 10_000_000, answerRows: 100_000 } })
const numbers = (from: string) => `with recursive n(x) as (select 1 union all select x + 1 from n) ${from}`
const memoryOf = (pid: number): number => Number(/VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) * 1024
const megabyte = 1024 * 1024

describe('a statement that asks for too much', () => {
  let bench: Bench
  let target: Target
  beforeAll(async () => {
    bench = await Bench.start({ ENGINE_CHILD_MEMORY_MB: '256', ENGINE_TEMPORARY_MB: '100' })
    target = await bench.database('create table t(a, b)', 'create virtual table docs using fts5(body)', 'create table chain(n)',
      'create trigger chained after insert on chain when new.n > 0 begin insert into chain values (new.n - 1); insert into chain values (new.n - 1); end')
  }, slowly)
  afterAll(() => bench.close(), slowly)

  const refused = ['EngineRejectedQuery']
  const orLate = ['EngineRejectedQuery', 'QueryTimeout']
  const attacks: readonly (readonly [what: string, text: string, codes: readonly string[], params?: readonly number[]])[] = [
    ['of random bytes', 'select randomblob(1000000000)', refused],
    ['of zeros', 'select zeroblob(1000000000)', refused],
    ['of zeros, twice as long in hex', 'select hex(zeroblob(15000000))', refused],
    ['of zeros to be kept', 'insert into t values (zeroblob(1000000000), 1)', refused],
    ['of a printed width', 'select printf(\'%.*c\', 1000000000, \'x\')', refused],
    ['of a printed precision', 'select printf(\'%1000000000d\', 1)', refused],
    ['of replaced text', 'select replace(hex(zeroblob(100000)), \'0\', hex(zeroblob(100000)))', refused],
    ['of too many selects in one', `select 1 ${'union all select 1 '.repeat(600)}`, refused],
    ['of a LIKE without end', `select 'a' like '${'%a'.repeat(20_000)}'`, refused],
    ['of a GLOB without end', `select 'a' glob '${'*a'.repeat(20_000)}'`, refused],
    ['of a LIKE that backtracks', `select printf('%.*c', 5000000, 'a') like '${'%a'.repeat(400)}b'`, ['none', ...orLate]],
    ['of too many values', `select ${Array.from({ length: 5_000 }, () => '?').join()}`, refused, Array.from({ length: 5_000 }, (_, n) => n)],
    ['of a number past all values', 'select ?5000', refused],
    ['of a deep expression', `select ${'('.repeat(2_000)}1${')'.repeat(2_000)}`, ['none']],
    ['of negations', `select ${'not '.repeat(5_000)}1`, refused],
    ['of a chain of operators', `select ${'1+'.repeat(5_000)}1`, refused],
    ['of too many columns', `select ${'1,'.repeat(3_000)}1`, refused],
    ['of nested selects', `${'select * from ('.repeat(500)}select 1${')'.repeat(500)}`, refused],
    ['of joins', `select * from ${Array.from({ length: 70 }, (_, n) => `t as t${n}`).join()}`, refused],
    ['of JSON that nests', `select json('${'['.repeat(10_000)}${']'.repeat(10_000)}')`, refused],
    ['of a program too long', `select ${Array.from({ length: 1_900 }, () => `(select max(a) + ${'abs(b)+'.repeat(20)}1 from t where a in (1,2,3) group by b order by 1 limit 1)`).join()}`, ['EngineRejectedQuery', 'QueryTimeout']],
    ['of one sum without end', endless, ['QueryTimeout']],
    ['of rows without end', numbers('select x from n'), ['AnswerTooLarge']],
    ['of two gigabytes of rows', numbers('select hex(zeroblob(400000)) from n limit 2500'), ['AnswerTooLarge', 'QueryTimeout']],
    ['of a crossing of tables', numbers('select count(*) from n a, n b, n c'), ['QueryTimeout', 'EngineRejectedQuery', 'StorageFull']],
    ['of a sort without end', numbers('select x, randomblob(1000) r from n order by r'), ['EngineRejectedQuery', 'StorageFull', 'QueryTimeout']],
    ['of distinct rows without end', numbers('select count(*) from (select distinct randomblob(1000) from n)'), ['EngineRejectedQuery', 'StorageFull', 'QueryTimeout']],
    ['of groups without end', numbers('select count(*) from (select x, count(*) from n group by randomblob(500))'), ['EngineRejectedQuery', 'StorageFull', 'QueryTimeout']],
    ['of a joined text', numbers('select length(group_concat(hex(zeroblob(1000000)))) from n'), orLate],
    ['of a JSON array', numbers('select length(json_group_array(hex(zeroblob(1000000)))) from n'), orLate],
    ['of a window', numbers('select sum(length(r)) over (order by x rows between unbounded preceding and unbounded following) from (select x, randomblob(10000) r from n)'), ['EngineRejectedQuery', 'StorageFull', 'QueryTimeout']],
    ['of a trigger that calls itself', 'insert into chain values (60)', ['none']],
    ['of a full-text index', `insert into docs select hex(randomblob(100000)) from (${numbers('select x from n')})`, ['StorageFull', 'QueryTimeout']],
    ['of an index asked for everything', `select * from docs where docs match '${Array.from({ length: 3_000 }, (_, n) => `w${n}*`).join(' OR ')}'`, ['none', 'EngineRejectedQuery']],
    ['of a table filled without end', `insert into t select randomblob(100000), 1 from (${numbers('select x from n')})`, ['StorageFull', 'QueryTimeout']],
    ['of a table made without end', `create table big as ${numbers('select randomblob(100000) from n')}`, ['StorageFull', 'QueryTimeout']],
  ]

  it.each(attacks.map(([what, text, codes, params]) => ({ what, text, codes, params })))('$what is ended in time with a clear reason, and the database answers again', async ({ text, codes, params }) => {
    const deadline = 2
    const end = await ended(bench.run(target, text, { ...seconds(deadline), ...(params && { params }) }))
    expect(codes).toContain(end.code)
    expect(end.message).not.toMatch(/unexpected way|damaged|\/tmp/)
    expect(end.ms).toBeLessThan(deadline * 1_000 + 200 + busyMs)
    const again = await ended(bench.run(target, 'select 1'))
    expect(again.code).toBe('none')
    expect(again.ms).toBeLessThan(1_000 + busyMs)
  }, slowly)

  it('leaves the host small', () => {
    expect(bench.host.process.exitCode).toBeNull()
    expect(memoryOf(bench.host.pid)).toBeLessThan(200 * megabyte)
  })

  it('leaves the data sound', async () => {
    expect(await bench.rows(target, 'pragma quick_check')).toEqual([['ok']])
    // A trigger does not call itself.
    expect(await bench.rows(target, 'select count(*) from chain')).toEqual([[3]])
    expect(await bench.rows(target, 'select count(*) from t')).toEqual([[0]])
  })

  it('may be small and sent often: many tables fill their storage and no more, and dropping one makes room', async () => {
    const small = { ...newTarget(2_000_000) }
    await bench.client.engine('sqlite').lifecycle.ensure(small, AbortSignal.timeout(30_000))
    let end: End = { code: 'none', message: '', ms: 0, wallMs: 0 }
    let made = 0
    for (; end.code === 'none' && made < 100_000; made += 1) end = await ended(bench.run(small, `create table t${made}(a)`))
    expect(end.code).toBe('StorageFull')
    expect(made).toBeGreaterThan(100)
    expect(await bench.rows(small, 'select count(*) from sqlite_schema')).toEqual([[made - 1]])
    // Dropping a table moves pages and so writes; a full database must allow it.
    await bench.run(small, 'drop table t0')
    await bench.run(small, 'create table again(a)')
  }, slowly)
})

describe('an endless statement', () => {
  let bench: Bench
  beforeAll(async () => {
    bench = await Bench.start()
  })
  afterAll(() => bench.close(), slowly)

  it('ends at its deadline, and its database answers again, again and again', async () => {
    const target = await bench.database('create table t(a)', 'insert into t values (1)')
    for (let round = 0; round < (isLong ? 20 : 8); round += 1) {
      const end = await ended(bench.run(target, endless, seconds(0.4)))
      expect(end.code).toBe('QueryTimeout')
      expect(end.wallMs).toBeGreaterThanOrEqual(390)
      expect(end.ms).toBeLessThan(600 + busyMs)
      const again = await ended(bench.run(target, 'insert into t values (2)'))
      expect(again.code).toBe('none')
      expect(again.ms).toBeLessThan(1_000 + busyMs)
    }
  }, slowly)

  it('ends at its deadline also among two hundred on fifty databases of many orgs, whether it began or not', async () => {
    const targets = await Promise.all(Array.from({ length: 50 }, async () => ({ ...await bench.database(), orgId: randomUUID() })))
    const ends = await Promise.all(targets.flatMap((target) => Array.from({ length: 4 }, () => ended(bench.run(target, endless, seconds(1.5))))))
    expect(ends.filter(({ code }) => !['QueryTimeout', 'TooManyQueries', 'EngineUnavailable'].includes(code))).toEqual([])
    expect(Math.max(...ends.map(({ ms }) => ms))).toBeLessThan(1_700 + busyMs)
    for (const target of targets) await until(async () => (await ended(bench.run(target, 'select 1'))).code === 'none', 'the database answers again', 60_000)
  }, slowly)
})

describe('what SQLite spills', () => {
  const sort = 'with recursive n(x) as (select 1 union all select x + 1 from n) select x, randomblob(1000) r from n order by r'
  let bench: Bench
  beforeAll(async () => {
    bench = await Bench.start()
  })
  afterAll(() => bench.close(), slowly)

  const spilled = (): readonly string[] => bench.host.children().flatMap((pid) => readdirSync(`/proc/${pid}/fd`).flatMap((fd) => {
    try {
      return [readlinkSync(`/proc/${pid}/fd/${fd}`)]
    } catch {
      // It was closed between the two looks.
      return []
    }
  })).filter((file) => file.includes('etilqs_'))

  it('lies in the folder of its own database, and is gone with the statement', async () => {
    const target = await bench.database('create table t(a)')
    const folder = path.join(bench.folder, 'tenants', target.databaseId, '1')
    const running = ended(bench.run(target, sort, seconds(4)))
    await until(() => spilled().length > 0, 'it spills')
    for (const file of spilled()) expect(path.dirname(file)).toBe(folder)
    await running
    await until(() => spilled().length === 0, 'nothing of it is left')
    expect(readdirSync(folder).filter((name) => !name.startsWith('main.db'))).toEqual([])
  }, slowly)

  it('counts against what the database may use', async () => {
    const small = newTarget(30_000_000)
    await bench.client.engine('sqlite').lifecycle.ensure(small, AbortSignal.timeout(30_000))
    const end = await ended(bench.run(small, sort, seconds(20)))
    expect(end.code).toBe('StorageFull')
    expect(end.message).toContain('temporary')
  }, slowly)
})
