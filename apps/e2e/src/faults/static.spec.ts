import path from 'node:path'
import { speakTo } from '../story/api.js'
import { becomes, createDatabase, rowsOf } from '../story/databases.js'
import { createKey, signUp } from '../story/people.js'
import type { InstanceName } from '../story/service-environments.js'
import { type Asked, type Measured, measure } from './meter.js'
import { childrenOf, signal } from './process-tree.js'
import { isLong, randomFrom, seedOf } from './random.js'
import { type SeparateTarget, endTargets, readyAgain, startSeparate } from './target.js'
import { natsOf, postmasterOf } from './victims.js'

const phaseMs = isLong ? 60_000 : 2_000
/** What is calm is measured before and after each phase: how busy the machine is besides changes in the meantime. */
const calmMs = isLong ? 20_000 : 2_000
/** A gateway's minute is then six seconds: what it keeps grows old within the test. The long run takes its time. */
const fastClock = { NODE_OPTIONS: `--import=${path.join(import.meta.dirname, 'fast-clock.mjs')}` }
const mostTimesSlower = 1.2
const roomMs = 5
/** No machine is so busy that a caller waits this long, unless it waits for somebody who is away. */
const hangMs = 1_500

type Part = 'identity' | 'control-plane' | 'nats' | 'postgres'
const parts: readonly Part[] = ['identity', 'control-plane', 'nats', 'postgres']

let target: SeparateTarget

beforeAll(async () => {
  target = await startSeparate(randomFrom(seedOf(20_264)), isLong ? {} : { changes: { 'query-gateway': fastClock } })
  target.services.keepUp(false)
}, 120_000)
afterAll(endTargets, 30_000)

const isService = (part: Part): part is Part & InstanceName => part !== 'nats' && part !== 'postgres'

const processesOfPart = async (part: Part): Promise<readonly number[]> => {
  if (isService(part)) return [target.services.pid(part) ?? 0].filter(Boolean)
  const server = await (part === 'nats' ? natsOf : postmasterOf)(target.folder)
  return server === undefined ? [] : [server, ...await childrenOf(server)]
}

const freeze = async (part: Part): Promise<() => void> => {
  const pids = await processesOfPart(part)
  expect(pids.length).toBeGreaterThan(0)
  for (const pid of pids) signal(pid, 'SIGSTOP')
  return () => { for (const pid of pids) signal(pid, 'SIGCONT') }
}

const end = (part: Part): Promise<void> => isService(part) ? target.services.kill(part) : target.services.order('stop', part)
const startAgain = async (ended: readonly Part[]): Promise<void> => {
  for (const part of ended) if (!isService(part)) await target.services.order('start', part)
  for (const part of ended) if (isService(part)) await target.services.start(part)
}

const phases: readonly { readonly name: string; readonly run: (during: () => Promise<void>) => Promise<void> }[] = [
  ...parts.map((part) => ({ name: `${part} is frozen`, run: async (during: () => Promise<void>) => { const thaw = await freeze(part); await during(); thaw() } })),
  { name: 'all are frozen', run: async (during) => { const thaws = await Promise.all(parts.map(freeze)); await during(); for (const thaw of thaws) thaw() } },
  ...parts.map((part) => ({ name: `${part} is gone`, run: async (during: () => Promise<void>) => { await end(part); await during(); await startAgain([part]) } })),
  { name: 'all are gone', run: async (during) => { await Promise.all(parts.map(end)); await during(); await startAgain(['postgres', 'nats', 'identity', 'control-plane']) } },
]

it(`answers queries it has answered before while others are away, each ${phaseMs / 1_000} s, without one error`, async () => {
  const api = speakTo(target.url)
  const person = await signUp(api)
  const key = await createKey(api, person)
  const database = await createDatabase(api, person, 'kept')
  await becomes(api, person, database, 'RUNNING')
  await rowsOf(api, person, database, 'create table words (word text)')
  await rowsOf(api, person, database, `insert into words values ('here')`)
  const asked = (headers: Record<string, string>): Asked =>
    ({ path: `/v2/databases/${database}/query/sql`, headers: { 'content-type': 'text/plain', ...headers }, body: 'select word from words' })
  const asks = [asked({ authorization: `Bearer ${person.token}` }), asked({ 'x-api-key': key.secret }), asked({ authorization: `Bearer ${person.token}` })]
  const during = (ms: number): Promise<Measured> => measure(target.url, asks, AbortSignal.timeout(ms))

  await during(calmMs)
  let calm = await during(calmMs)
  const told = [`calm: ${spell(calm)}`]
  const wrong: string[] = []
  for (const { name, run } of phases) {
    let seen = calm
    await run(async () => {
      seen = await during(phaseMs)
      told.push(`${name}: ${spell(seen)}`)
      wrong.push(...seen.failures.map((failure) => `${name}: ${failure}`))
      if (seen.p99 > hangMs) wrong.push(`${name}: callers hang, ${spell(seen)}`)
    })
    await readyAgain(target)
    if (!isLong) continue
    const [before, after] = [calm, await during(calmMs)]
    told.push(`calm: ${spell(after)}`)
    const calmP99 = Math.max(before.p99, after.p99)
    if (seen.p99 > calmP99 * mostTimesSlower + roomMs) wrong.push(`${name}: p99 is ${seen.p99.toFixed(1)} ms instead of ${calmP99.toFixed(1)} ms`)
    calm = after
  }
  console.log(told.join('\n'))
  expect(wrong).toEqual([])

  // What was asked while the others were away and accepted is done by now, and everything else works again.
  const later = await createDatabase(api, person, 'later')
  await becomes(api, person, later, 'RUNNING')
}, (phaseMs + calmMs) * 12 + 240_000)

const spell = ({ count, p50, p99 }: Measured): string => `${count} answers, p50 ${p50.toFixed(1)} ms, p99 ${p99.toFixed(1)} ms`
