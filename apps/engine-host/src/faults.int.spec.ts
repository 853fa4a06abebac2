import { randomUUID } from 'node:crypto'
import { Problem } from '@tenantry/contracts'
import type { Target } from '@tenantry/engines-contract'
import { type MachineClock, startMachineClock, unlessHeldUp } from '@tenantry/testing'
import { Bench, alive, endless, until } from './testing/host-process.js'

const slowly = 300_000

let clock: MachineClock
beforeAll(async () => { clock = await startMachineClock() })
afterAll(() => clock.stop())

const code = async (work: Promise<unknown>): Promise<string> => {
  const error: unknown = await work.then(() => undefined, (reason: unknown) => reason)
  return error === undefined ? 'none' : error instanceof Problem ? error.code : String(error)
}
/** With how long it took by the machine's clock, which stands still while that has no time. */
const timed = async <T>(work: Promise<T>): Promise<{ readonly value: T; readonly ms: number }> => {
  const began = clock.now()
  const value = await work
  return { value, ms: clock.now() - began }
}
/** A machine that is used otherwise takes its time for a statement that yields. */
const patiently = { limits: { seconds: 200, answerBytes: 1_000, answerRows: 10 } }
/** Counts to `n`, which takes about `n` / 10,000,000 seconds. */
const counting = (n: number): string => `with recursive n(x) as (select 1 union all select x + 1 from n where x < ${n}) select count(*) from n`

/** Writes 1, 2, 3, … into a database until it is told to stop, and keeps what was acknowledged. */
const writer = (bench: Bench, target: Target) => {
  const acknowledged: number[] = []
  const unknown: number[] = []
  let going = true
  const done = (async () => {
    for (let n = 1; going; n += 1) {
      const said = await code(bench.run(target, 'insert into t values (?)', { params: [n] }))
      if (said === 'none') acknowledged.push(n)
      else unknown.push(n)
      if (said !== 'none' && said !== 'EngineUnavailable') throw new Error(said)
    }
  })()
  return { acknowledged, unknown, stop: () => { going = false; return done } }
}

const kept = async (bench: Bench, target: Target): Promise<readonly number[]> => ((await bench.rows(target, 'select a from t order by a')) as number[][]).flat()
const unique = (numbers: readonly number[]): boolean => new Set(numbers).size === numbers.length

describe('a child that is killed', () => {
  let bench: Bench
  beforeAll(async () => {
    bench = await Bench.start()
  })
  afterAll(() => bench.close(), slowly)

  it('loses no acknowledged write and repeats none', async () => {
    const targets = await Promise.all(Array.from({ length: 6 }, () => bench.database('create table t(a)')))
    const writers = targets.map((target) => writer(bench, target))
    for (let round = 1; round <= 6; round += 1) {
      const enough = round * 40
      await until(() => writers.every(({ acknowledged }) => acknowledged.length > enough), 'writes go on', 60_000)
      for (const pid of bench.host.children()) process.kill(pid, 'SIGKILL')
    }
    await Promise.all(writers.map(({ stop }) => stop()))
    for (const [index, target] of targets.entries()) {
      const rows = await kept(bench, target)
      const { acknowledged = [], unknown = [] } = writers[index] ?? {}
      expect(unique(rows)).toBe(true)
      expect(acknowledged.filter((n) => !rows.includes(n))).toEqual([])
      expect(rows.filter((n) => !acknowledged.includes(n) && !unknown.includes(n))).toEqual([])
    }
  }, slowly)

  it('costs a reader nothing but a moment', async () => {
    const target = await bench.database('create table t(a)', 'insert into t values (1)')
    for (let round = 0; round < 5; round += 1) {
      const reads = Array.from({ length: 6 }, () => unlessHeldUp(clock, () => bench.rows(target, counting(1_000_000), { access: 'read' })))
      await until(() => bench.host.busy(), 'reads run')
      for (const pid of bench.host.children()) process.kill(pid, 'SIGKILL')
      expect(await Promise.all(reads)).toEqual(Array.from({ length: 6 }, () => [[1_000_000]]))
    }
  }, slowly)

  it('leaves a write that may have begun unrepeated, and says so', async () => {
    // Of another org than what ran before, which may have taken all places of its own.
    const target = { ...await bench.database('create table t(a)'), orgId: randomUUID() }
    // Its time is longer than a machine that is busy takes to see that it runs.
    const write = code(bench.run(target, `insert into t ${counting(200_000_000)}`, { limits: { seconds: 40, answerBytes: 10_000_000, answerRows: 100_000 } }))
    await until(() => bench.host.busy(), 'the write runs')
    const began = clock.now()
    for (const pid of bench.host.children()) process.kill(pid, 'SIGKILL')
    expect(await write).toBe('EngineUnavailable')
    expect(clock.now() - began).toBeLessThan(1_500)
    expect(await kept(bench, target)).toEqual([])
  }, slowly)
})

describe('a host that is killed', () => {
  it('takes its children with it, even a busy one, and loses no acknowledged write', async () => {
    const bench = await Bench.start()
    const target = await bench.database('create table t(a)')
    const busy = await bench.database()
    for (let round = 1; round <= 3; round += 1) {
      const { acknowledged, stop } = writer(bench, target)
      const before = await kept(bench, target)
      await bench.run(target, 'delete from t')
      const stuck = code(bench.run(busy, endless))
      await until(() => acknowledged.length > 30 && bench.host.busy(), 'writes go on')
      const children = bench.host.children()
      await bench.host.end('SIGKILL')
      await until(() => !children.some(alive), 'children end')
      const away = await timed(code(bench.run(busy, 'select 1')))
      expect(away.value).toBe('EngineUnavailable')
      expect(away.ms).toBeLessThan(1_200)
      await stop()
      await bench.restart()
      await until(() => bench.client.ready(), 'the client comes back by itself')
      const rows = await kept(bench, target)
      expect(acknowledged.slice(10).filter((n) => !rows.includes(n) && !before.includes(n))).toEqual([])
      expect(unique(rows)).toBe(true)
      expect(['EngineUnavailable', 'QueryTimeout']).toContain(await stuck)
    }
    await bench.close()
  }, slowly)
})

describe('a statement that runs long', () => {
  let bench: Bench
  beforeAll(async () => {
    bench = await Bench.start({ ENGINE_CHILDREN_WARM: '1', ENGINE_CHILDREN_MAX: '4' })
  })
  afterAll(() => bench.close(), slowly)

  it('does not hold up the other databases of its child, neither readers nor writers', async () => {
    const [slow, ...others] = await Promise.all(Array.from({ length: 5 }, () => bench.database('create table t(a)', 'insert into t values (1)')))
    if (slow === undefined) throw new Error('no database')
    const running = code(bench.run(slow, endless, { limits: { seconds: 3, answerBytes: 1_000, answerRows: 10 } }))
    await until(() => bench.host.busy(), 'the statement runs')
    const answers = await timed(Promise.all(others.flatMap((other) => [
      bench.rows(other, 'insert into t values (2) returning a'), bench.rows(other, 'select count(*) from t'),
    ])))
    expect(answers.ms).toBeLessThan(1_500)
    expect(answers.value).toEqual(others.flatMap(() => [[[2]], [[2]]]))
    expect(await running).toBe('QueryTimeout')
    for (const other of others) expect(await kept(bench, other)).toEqual([1, 2])
  }, slowly)

  it('counts also when it is many shorter ones that leave no room', async () => {
    const [crowding, other] = await Promise.all([bench.database(), bench.database('create table t(a)')])
    const began = performance.now()
    await bench.rows(crowding, counting(300_000))
    const shorter = counting(Math.round(300_000 * 50 / (performance.now() - began)))
    let going = true
    /** How long one of them takes at this moment; three of them wait for each other. */
    let shorterMs = 0
    const crowd = Array.from({ length: 3 }, async () => {
      while (going) {
        const began = performance.now()
        await bench.rows(crowding, shorter)
        shorterMs = (performance.now() - began) / 3
      }
    })
    const isQuick: boolean[] = []
    await until(async () => {
      const began = performance.now()
      await bench.run(other, 'insert into t values (1)')
      // Behind one of those statements it would wait for half of it on average, and for the rest of it at least.
      isQuick.push(performance.now() - began < shorterMs / 4)
      return isQuick.slice(-20).filter(Boolean).length >= 16
    }, 'the other database has room', 60_000).finally(() => { going = false })
    await Promise.all(crowd)
  }, slowly)

  it('does not run what has moved away when it ends by itself', async () => {
    const [slow, other] = await Promise.all([bench.database('create table t(a)'), bench.database('create table t(a)')])
    const running = bench.rows(slow, counting(12_000_000), patiently)
    await until(() => bench.host.busy(), 'the statement runs')
    const writes = await Promise.all([1, 2, 3, 4].map((n) => code(bench.run(other, 'insert into t values (?)', { params: [n] }))))
    expect(writes).toEqual(['none', 'none', 'none', 'none'])
    expect(await running).toEqual([[12_000_000]])
    await bench.run(other, 'insert into t values (5)')
    expect(await kept(bench, other)).toEqual([1, 2, 3, 4, 5])
  }, slowly)

  it('lets its own database wait for it, and no more than may wait', async () => {
    const target = await bench.database('create table t(a)')
    const stop = new AbortController()
    const running = code(bench.run(target, endless, patiently, stop.signal))
    await until(() => bench.host.busy(), 'the statement runs')
    const waiting = Array.from({ length: 7 }, (_, n) => bench.run(target, 'insert into t values (?)', { params: [n] }))
    const refused = await timed(code(bench.run(target, 'select 1')))
    expect(refused.value).toBe('TooManyQueries')
    expect(refused.ms).toBeLessThan(100)
    stop.abort()
    expect(await running).toBe('QueryCancelled')
    expect((await Promise.all(waiting)).map(({ rows }) => rows)).toEqual([1, 1, 1, 1, 1, 1, 1])
    expect(await kept(bench, target)).toEqual([0, 1, 2, 3, 4, 5, 6])
  }, slowly)

  it('does not keep back answers that were ready before it began', async () => {
    const [first, second] = await Promise.all([bench.database(), bench.database()])
    await Promise.all([bench.rows(first, 'select 1'), bench.rows(second, 'select 1')])
    const since = async (began: number, work: Promise<unknown>): Promise<number> => work.then(() => performance.now() - began)
    // One time out of many: a machine that stands still while both are under way tells nothing.
    await until(async () => {
      const began = performance.now()
      const [quick, slow] = await Promise.all([since(began, bench.rows(first, 'select 1')), since(began, bench.rows(second, counting(1_500_000)))])
      return quick < Math.min(80, slow / 2)
    }, 'the quick one is answered long before the slow one')
  }, slowly)

  it('is ended when its database is stopped or removed', async () => {
    for (const call of ['stop', 'remove'] as const) {
      const target = await bench.database()
      const running = code(bench.run(target, endless))
      await until(() => bench.host.busy(), 'the statement runs')
      const ended = await timed(bench.client.engine('sqlite').lifecycle[call](target, AbortSignal.timeout(30_000)))
      expect(ended.ms).toBeLessThan(2_500)
      expect(await running).toMatch(/DatabaseNotFound|DatabaseInWrongState|EngineUnavailable/)
    }
  }, slowly)

  it('is not ended when a database that has moved away from its child is removed, which can come back once the child lets go', async () => {
    const [slow, removed] = await Promise.all([bench.database(), bench.database('create table t(a)', 'insert into t values (1)')])
    const { lifecycle } = bench.client.engine('sqlite')
    const running = bench.rows(slow, counting(50_000_000), patiently)
    await until(() => bench.host.busy(400), 'the statement runs')
    const seen = performance.now()
    expect(await bench.rows(removed, 'select a from t')).toEqual([[1]])
    await lifecycle.remove(removed, AbortSignal.timeout(30_000))
    // It has run on since then, and was not begun anew.
    expect(bench.host.busy(400 + performance.now() - seen)).toBe(true)
    expect(await running).toEqual([[50_000_000]])
    await lifecycle.restore(removed, AbortSignal.timeout(30_000))
    expect(await kept(bench, removed)).toEqual([1])
  }, slowly)

  it('may be cancelled before it begins', async () => {
    const target = await bench.database('create table t(a)')
    const stop = new AbortController()
    const running = bench.rows(target, counting(3_000_000))
    await until(() => bench.host.busy(), 'the statement runs')
    const waiting = code(bench.run(target, 'insert into t values (1)', {}, stop.signal))
    stop.abort()
    expect(await waiting).toBe('QueryCancelled')
    expect(await running).toEqual([[3_000_000]])
    expect(await kept(bench, target)).toEqual([])
  }, slowly)
})

describe('many databases that run long statements without end', () => {
  it('never take the children that the others share', async () => {
    const bench = await Bench.start({ ENGINE_CHILDREN_WARM: '1', ENGINE_CHILDREN_MAX: '3', DRAIN_SECONDS: '1' })
    const [neighbour, ...greedy] = await Promise.all(Array.from({ length: 6 }, () => bench.database('create table t(a)')))
    if (neighbour === undefined) throw new Error('no database')
    let going = true
    const ends = new Set<string>()
    const greed = greedy.map(async (target) => {
      while (going) ends.add(await code(bench.run(target, endless, { limits: { seconds: 60, answerBytes: 1_000, answerRows: 10 } })))
    })
    await until(() => bench.host.busy(300), 'they run')
    const waits: number[] = []
    const began = performance.now()
    for (let n = 0; performance.now() - began < 6_000 || (!ends.has('QueryTimeout') && n < 100_000); n += 1) waits.push((await timed(bench.run(neighbour, 'insert into t values (?)', { params: [n] }))).ms)
    // Behind one of those it would be a minute; a child may have to be started meanwhile.
    expect(Math.max(...waits)).toBeLessThan(10_000)
    expect(waits.filter((ms) => ms > 4_000).length).toBeLessThanOrEqual(1)
    expect(await kept(bench, neighbour)).toEqual(waits.map((_, n) => n))
    expect(ends).toContain('QueryTimeout')
    going = false
    await bench.close()
    await Promise.all(greed)
  }, slowly)
})

describe('a statement that takes too much', () => {
  let bench: Bench
  beforeAll(async () => {
    bench = await Bench.start({ ENGINE_CHILD_MEMORY_MB: '200', ENGINE_TEMPORARY_MB: '20' })
  })
  afterAll(() => bench.close(), slowly)

  it.each([
    ['memory', 'select count(*) from (select json_group_array(hex(zeroblob(1000000))) from (with recursive n(x) as (select 1 union all select x + 1 from n) select x from n))'],
    ['temporary storage', 'select count(*) from (select distinct x, randomblob(500) from (with recursive n(x) as (select 1 union all select x + 1 from n) select x from n))'],
  ])('of %s is ended, and its database goes on', async (what, text) => {
    const target = await bench.database()
    const ended = await timed(bench.run(target, text).then(() => 'none', (error: unknown) => error))
    expect(ended.value).toMatchObject({ code: 'EngineRejectedQuery', message: expect.stringContaining(what) })
    expect(await bench.rows(target, 'select 1')).toEqual([[1]])
  }, slowly)

  it('of memory is only one that takes it, not one that finds it taken', async () => {
    // Less than any child has before its first statement.
    const small = await Bench.start({ ENGINE_CHILD_MEMORY_MB: '20' })
    const target = await small.database()
    expect(await small.rows(target, counting(5_000_000))).toEqual([[5_000_000]])
    await small.close()
  }, slowly)

  it('of memory may leave a child that keeps it, which then hands over to another and loses nothing', async () => {
    const small = await Bench.start({ ENGINE_CHILDREN_WARM: '1', ENGINE_CHILD_MEMORY_MB: '2' })
    const first = small.host.children()
    const target = await small.database('create table t(a)')
    let n = 0
    await until(async () => {
      n += 1
      await small.rows(target, `select count(*), ${n}, '${'x'.repeat(200_000)}' from t`)
      await small.run(target, 'insert into t values (?)', { params: [n] })
      await new Promise((resolve) => setTimeout(resolve, 50))
      return !small.host.children().some((pid) => first.includes(pid))
    }, 'the child is replaced', 120_000)
    expect(await kept(small, target)).toEqual(Array.from({ length: n }, (_, at) => at + 1))
    await small.close()
  }, slowly)

  it('of the answer is refused while the child stays small', async () => {
    const target = await bench.database()
    const text = 'with recursive n(x) as (select 1 union all select x + 1 from n where x < 3000) select hex(zeroblob(400000)) from n'
    expect(await code(bench.run(target, text))).toBe('AnswerTooLarge')
    expect(await bench.rows(target, 'select 1')).toEqual([[1]])
  }, slowly)
})
