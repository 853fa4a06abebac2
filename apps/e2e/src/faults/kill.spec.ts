import { startLoad } from './load.js'
import { torment } from './nemesis.js'
import { isLong, randomFrom, seedOf } from './random.js'
import { endTargets, startSeparate, startWhole } from './target.js'

const separateRounds = isLong ? 1_300 : 130
const wholeRounds = isLong ? 700 : 70

afterEach(endTargets, 30_000)

it(`loses and doubles nothing while any process of many is killed, ${separateRounds} times`, async () => {
  const random = randomFrom(seedOf(20_261))
  const target = await startSeparate(random)
  const load = await startLoad(target.url, random)
  const killed = await torment(target, load, random, { rounds: separateRounds, auditEvery: 65 })
  expect(Object.keys(killed).sort()).toEqual(Object.keys(target.victims).sort())
  expect(load.history.count('done')).toBeGreaterThan(separateRounds / 2)
  console.log(`seed ${random.seed}: killed ${JSON.stringify(killed)}; ${load.history.count('done')} done, ${load.history.count('refused')} refused, ${load.history.count('unknown')} unknown`)
}, separateRounds * 10_000)

it(`loses and doubles nothing while one process and its children are killed, ${wholeRounds} times`, async () => {
  const random = randomFrom(seedOf(20_262))
  const target = await startWhole(random)
  const load = await startLoad(target.url, random)
  const killed = await torment(target, load, random, { rounds: wholeRounds, auditEvery: 35 })
  expect(Object.keys(killed).sort()).toEqual(Object.keys(target.victims).sort())
  expect(load.history.count('done')).toBeGreaterThan(wholeRounds / 2)
  console.log(`seed ${random.seed}: killed ${JSON.stringify(killed)}; ${load.history.count('done')} done, ${load.history.count('refused')} refused, ${load.history.count('unknown')} unknown`)
  expect(await target.stop()).toBe(0)
}, wholeRounds * 10_000)
