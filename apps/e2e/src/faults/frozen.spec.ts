import { setTimeout as delay } from 'node:timers/promises'
import { until } from '../story/until.js'
import { startLoad } from './load.js'
import { settled } from './nemesis.js'
import { childrenOf, signal } from './process-tree.js'
import { isLong, randomFrom, seedOf } from './random.js'
import { type SeparateTarget, endTargets, startSeparate } from './target.js'
import { postmasterOf } from './victims.js'

const sleepMs = isLong ? 90_000 : 5_000
const frozenMs = isLong ? 30_000 : 3_000
const seed = seedOf(20_266)

let target: SeparateTarget

beforeAll(async () => { target = await startSeparate(randomFrom(seed), { twice: ['provisioner'] }) }, 120_000)
afterAll(endTargets, 30_000)

const atWork = async (fault: () => Promise<void>, when: string): Promise<void> => {
  const load = await startLoad(target.url, randomFrom(seed))
  const works = (more: number): Promise<void> => {
    const before = load.history.count('done')
    return until('the load gets on', () => Promise.resolve(load.history.count('done') >= before + more), 60)
  }
  await works(30)
  await fault()
  await works(30)
  await settled(target, load, `seed ${seed}, ${when}`)
}

it('lets nothing that a sleeping provisioner still wanted to do come true once it wakes', async () => {
  for (const sleeper of ['provisioner', 'provisioner 2'] as const) {
    await atWork(async () => {
      const pid = target.services.pid(sleeper) ?? 0
      expect(signal(pid, 'SIGSTOP')).toBe(true)
      await delay(sleepMs)
      signal(pid, 'SIGCONT')
    }, `${sleeper} slept`)
  }
}, 2 * sleepMs + 300_000)

it('loses nothing while Postgres is frozen, and goes on when it is not', async () => {
  await atWork(async () => {
    const postmaster = await postmasterOf(target.folder) ?? 0
    const pids = [postmaster, ...await childrenOf(postmaster)]
    for (const pid of pids) signal(pid, 'SIGSTOP')
    await delay(frozenMs)
    for (const pid of pids) signal(pid, 'SIGCONT')
  }, 'Postgres was frozen')
}, frozenMs + 240_000)

it('loses nothing while Postgres is started again', async () => {
  await atWork(async () => {
    await target.services.order('stop', 'postgres')
    await delay(frozenMs)
    await target.services.order('start', 'postgres')
  }, 'Postgres was started again')
}, frozenMs + 240_000)
