import { randomUUID } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { Problem } from '@tenantry/contracts'
import type { Target } from '@tenantry/engines-contract'
import { type MachineClock, startMachineClock, unlessHeldUp } from '@tenantry/testing'
import { Bench, alive, endless, until } from './testing/host-process.js'
import { laterHalf, processorsOf } from './yielding.js'

const slowly = 180_000
const code = async (work: Promise<unknown>): Promise<string> => {
  const error: unknown = await work.then(() => undefined, (reason: unknown) => reason)
  return error === undefined ? 'none' : error instanceof Problem ? error.code : String(error)
}
const limits = (seconds: number) => ({ limits: { seconds, answerBytes: 1_000, answerRows: 10 } })

/** Runs endless statements on each of the databases, one after the other on each, until it is told to stop. */
const greed = (bench: Bench, targets: readonly Target[], seconds: number) => {
  const ends: string[] = []
  const stop = new AbortController()
  const done = Promise.all(targets.map(async (target) => {
    while (!stop.signal.aborted) {
      ends.push(await code(bench.run(target, endless, limits(seconds), stop.signal)))
      // A client that is refused waits before it asks again, if only for a moment.
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
  }))
  return { ends, stop: () => { stop.abort(); return done } }
}

const niceOf = (pid: number): number => Number(readFileSync(`/proc/${pid}/stat`, 'utf8').replace(/^.*\) /s, '').split(' ')[16])
/** The children that stand behind the others, which have the place that the host was given. */
const yielding = (bench: Bench): readonly number[] => bench.host.children().filter((pid) => alive(pid) && niceOf(pid) > niceOf(bench.host.pid))

describe('an org whose databases all run endless statements', () => {
  let bench: Bench
  const greedy: ReturnType<typeof greed>[] = []
  const ends = (): readonly string[] => greedy.flatMap((one) => one.ends)
  let neighbours: readonly Target[]
  let clock: MachineClock
  beforeAll(async () => { clock = await startMachineClock() })
  afterAll(() => clock.stop())
  beforeAll(async () => {
    bench = await Bench.start({ DRAIN_SECONDS: '1' })
    const orgId = randomUUID()
    const databases = await Promise.all(Array.from({ length: 25 }, async () => ({ ...await bench.database(), orgId })))
    neighbours = await Promise.all(Array.from({ length: 10 }, () => bench.database('create table t(a)')))
    greedy.push(greed(bench, databases.slice(0, 20), 20))
    await until(() => yielding(bench).length === 3, 'the org has its places', 60_000)
    // Those that are there by now may all wait on these places, for each other; whoever comes later finds none.
    greedy.push(greed(bench, databases.slice(20), 20))
    await until(() => ends().includes('TooManyQueries') && yielding(bench).length === 3, 'the org is refused more', 60_000)
  }, 2 * slowly)
  afterAll(async () => {
    await Promise.all(greedy.map((one) => one.stop()))
    await bench.close()
  }, slowly)

  it('holds up nobody any more, and gets no more than its places', async () => {
    const waits: number[] = []
    const seen = new Set<string>()
    for (let round = 1; round <= 100; round += 1) {
      await Promise.all(neighbours.map(async (target) => {
        const began = clock.now()
        seen.add(await code(bench.run(target, 'insert into t values (?)', { params: [round] })))
        waits.push(clock.now() - began)
      }))
      expect(yielding(bench).length).toBeLessThanOrEqual(3)
    }
    expect([...seen]).toEqual(['none'])
    // Who comes behind an endless statement waits for 200 ms at least.
    expect(waits.filter((ms) => ms > 200).length / waits.length).toBeLessThan(0.1)
    await until(() => yielding(bench).length === 3, 'the org has its places')
  }, slowly)

  it('has half of the processors where there are several', async () => {
    const half = laterHalf(processorsOf('self'))
    await until(() => yielding(bench).length > 0 && yielding(bench).every((pid) => processorsOf(pid).length === half.length), 'they keep to their half')
  })

  it('does not cost another org its long statement', async () => {
    const text = 'with recursive n(x) as (select 1 union all select x + 1 from n where x < 5000000) select count(*) from n'
    const others = await Promise.all(Array.from({ length: 3 }, async () => ({ ...await bench.database(), orgId: randomUUID() })))
    for (const other of others) expect(await unlessHeldUp(clock, () => bench.rows(other, text, limits(100)))).toEqual([[5_000_000]])
  }, slowly)

  it('is asked to come back later when it has used up its places', () => {
    expect(ends()).toContain('TooManyQueries')
    // On a busy machine its own child may take too long to start.
    expect(ends().filter((end) => !['QueryTimeout', 'TooManyQueries', 'EngineUnavailable'].includes(end))).toEqual([])
  })
})

describe('a database that has run one long statement', () => {
  it('is answered by a child of the usual priority again, and loses nothing on the way', async () => {
    const bench = await Bench.start({ DRAIN_SECONDS: '1' })
    const target = await bench.database('create table t(a)')
    const long = code(bench.run(target, endless, limits(6)))
    await until(() => yielding(bench).length > 0, 'the child yields')
    expect(await long).toBe('QueryTimeout')
    let n = 0
    await until(async () => {
      n += 1
      await bench.run(target, 'insert into t values (?)', { params: [n] })
      return yielding(bench).length === 0
    }, 'the child that yielded has gone', 60_000)
    expect(await bench.rows(target, 'select count(*), max(a) from t')).toEqual([[n, n]])
    await bench.close()
  }, slowly)
})
