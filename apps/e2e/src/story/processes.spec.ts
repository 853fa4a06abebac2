import { type MachineClock, startMachineClock } from '@tenantry/testing'
import { speakTo } from './api.js'
import { listenTo } from './ears.js'
import { nothingIsLost, startLedger, workUntil } from './diligence.js'
import { type Services, startServices } from './services.js'
import { signUp } from './people.js'
import { tellStory } from './story.js'
import { clearUp, makeFolder } from './system.js'
import { until } from './until.js'

let clock: MachineClock
beforeAll(async () => { clock = await startMachineClock() })
afterAll(() => clock.stop())

let services: Services

beforeAll(async () => { services = await startServices(await makeFolder()) }, 90_000)
afterAll(clearUp, 30_000)

it('tells the whole story of a first day with every service in a process of its own', async () => {
  await tellStory(clock, services.url)
}, 120_000)

it.each(['control-plane', 'provisioner', 'query-gateway'] as const)('loses nothing that was accepted when %s is killed at work, and goes on when it is back', async (name) => {
  const api = speakTo(services.url)
  const accepted = await startLedger(api)
  const done = new AbortController()
  const working = workUntil(api, accepted, name, done.signal)
  const hasAccepted = (more: number, than: { databases: number; numbers: number }) => async (): Promise<boolean> =>
    accepted.databases.size >= than.databases + more && accepted.numbers.length >= than.numbers + more
  try {
    await until('something was accepted', hasAccepted(5, { databases: 0, numbers: 0 }), 20)
    await services.kill(name)
    await services.start(name)
    await until('more is accepted', hasAccepted(5, { databases: accepted.databases.size, numbers: accepted.numbers.length }), 20)
  } finally {
    done.abort()
    await working
  }
  await nothingIsLost(api, accepted)
  await tellStory(clock, services.url)
}, 120_000)

it('drains and ends in peace, every service of it', async () => {
  const ears = await listenTo(services.url, '/v2/events', (await signUp(speakTo(services.url))).token)
  const ended = await services.stop()
  expect(ears.state()).toBe('ended')
  expect(ended.filter(({ code }) => code !== 0)).toEqual([])
  expect(services.output()).not.toMatch(/a long password|tnt_[0-9a-f]{8}_\w{32}|eyJ[\w-]{20,}/)
}, 60_000)
