import { isLong, randomFrom, seedOf } from '../faults/random.js'
import { recordsIn } from '../faults/records.js'
import { type Answer, type Api, speakTo } from '../story/api.js'
import { type ApiDocument, documentOf } from '../story/document.js'
import { type System, clearUp, startSystem } from '../story/system.js'
import { type Stage, setStage } from './asking.js'
import { type Cell, cellsOf, fits } from './cells.js'
import { type World, peopleOf } from './principals.js'

const random = randomFrom(seedOf(16))
/** Of the cells so many in a hundred are looked at; all of them in the long run. */
const percent = isLong ? 100 : 30
const atOnce = 8

let system: System
let api: Api
let document: ApiDocument
let world: World
let stage: Stage

beforeAll(async () => {
  // Keys that are none are shown often here, and people come in crowds.
  system = await startSystem({ SIGNUPS_PER_HOUR: '100000', FAILED_TOKENS_PER_MINUTE: '100000', FAILED_LOGINS_PER_MINUTE: '100000' })
  api = speakTo(system.url)
  document = await documentOf(api)
  const records = recordsIn(system.dataDir)
  world = await peopleOf(api, records, document.roles)
  stage = await setStage(api, records, world)
}, 120_000)
afterAll(clearUp, 30_000)

const named = ({ operation, principal, belonging, expected }: Cell): string => `${operation.operationId} by ${principal.name}, ${belonging}: ${expected}`

/** An answer without what differs between any two of them. */
const comparable = ({ status, headers: { date: _date, 'x-request-id': _id, ratelimit: _left, ...headers }, text }: Answer): string => JSON.stringify([status, headers, text])

/** What is wrong with a cell; undefined when nothing is. */
const faultOf = async (cell: Cell): Promise<string | undefined> => {
  const answer = await stage.ask(cell)
  if (!fits(cell.expected, answer.status)) return `${named(cell)}, but it is ${answer.status} ${answer.text.slice(0, 200)}`
  const said = document.disagreement(answer)
  if (said) return `${named(cell)}, but ${said}`
  if (cell.expected !== 404 || cell.belonging === 'random') return undefined
  const random = await stage.ask({ ...cell, belonging: 'random' })
  return comparable(answer) === comparable(random) ? undefined : `${named(cell)}, but it can be told from an id that nobody has: ${comparable(answer)} and ${comparable(random)}`
}

const faultsOf = async (cells: readonly Cell[]): Promise<readonly string[]> => {
  const faults: string[] = []
  const left = cells.values()
  const work = async (): Promise<void> => {
    for (const cell of left) faults.push(...[await faultOf(cell)].filter((fault) => fault !== undefined))
  }
  await Promise.all(Array.from({ length: atOnce }, work))
  return faults
}

it('has a row for every operation, and a cell for everybody in it', () => {
  const cells = cellsOf(document.operations, world.principals)
  for (const { operationId } of document.operations) {
    const names = new Set(cells.filter(({ operation }) => operation.operationId === operationId).map(({ principal }) => principal.name))
    expect([operationId, names.size]).toEqual([operationId, world.principals.length])
  }
})

it('lets everybody do what the permission of the operation and the roles say, and nothing else', async () => {
  const cells = cellsOf(document.operations, world.principals).filter(() => random.below(100) < percent)
  expect(cells.length).toBeGreaterThan(300)
  expect(await faultsOf(cells)).toEqual([])
}, 240_000)

it('sees a door that is open to the wrong people', async () => {
  const found = document.operations.find(({ operationId }) => operationId === 'getDatabase')
  if (!found) throw new Error('There is no getDatabase.')
  const strict = cellsOf([{ ...found, 'x-permission': 'audit:read' }], world.principals)
  expect((await faultsOf(strict)).length).toBeGreaterThan(0)
})
