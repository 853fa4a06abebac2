import { type System, clearUp, startSystem, stopSystem } from './system.js'
import { tellStory } from './story.js'

let system: System | undefined

beforeAll(async () => { system = await startSystem() }, 60_000)
afterAll(() => clearUp(system?.folder), 30_000)

it('tells the whole story of a first day in one process, and again at the same time by several people', async () => {
  const url = system?.url ?? ''
  await tellStory(url)
  await Promise.all([tellStory(url), tellStory(url), tellStory(url)])
}, 60_000)

it('has written no error and no secret to its log, and stops when it is told to', async () => {
  const output = system?.output() ?? ''
  expect(output).not.toMatch(/"level":"(?:error|fatal)"/)
  expect(output).not.toMatch(/a long password|tnt_[0-9a-f]{8}_\w{32}|eyJ[\w-]{20,}/)
  await stopSystem(system)
}, 30_000)
