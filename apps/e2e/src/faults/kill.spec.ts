import { startLoad } from './load.js'
import { torment } from './nemesis.js'
import { type Random, isLong, randomFrom, seedOf } from './random.js'
import { type Target, endTargets, startSeparate, startWhole } from './target.js'

const times = isLong ? 10 : 1
const separateRounds = 130 * times
const wholeRounds = 70 * times

/** Kills again and again under load, looking every so often that nothing is lost, doubled or stuck. */
const endure = async <T extends Target>(start: (random: Random) => Promise<T>, about: { seed: number; rounds: number; auditEvery: number }): Promise<T> => {
  const random = randomFrom(seedOf(about.seed))
  const target = await start(random)
  const load = await startLoad(target.url, random)
  const killed = await torment(target, load, random, about)
  expect(Object.keys(killed).sort()).toEqual(Object.keys(target.victims).sort())
  expect(load.history.count('done')).toBeGreaterThan(about.rounds / 2)
  console.log(`seed ${random.seed}: killed ${JSON.stringify(killed)}; ${load.history.count('done')} done, ${load.history.count('refused')} refused, ${load.history.count('unknown')} unknown`)
  return target
}

afterEach(endTargets, 30_000)

it(`loses and doubles nothing while any process of many is killed, ${separateRounds} times`, async () => {
  await endure(startSeparate, { seed: 20_261, rounds: separateRounds, auditEvery: 65 })
}, separateRounds * 10_000)

it(`loses and doubles nothing while one process and its children are killed, ${wholeRounds} times`, async () => {
  const target = await endure(startWhole, { seed: 20_262, rounds: wholeRounds, auditEvery: 35 })
  expect(await target.stop()).toBe(0)
}, wholeRounds * 10_000)
