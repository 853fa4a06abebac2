import { randomUUID } from 'node:crypto'
import { type MachineClock, startMachineClock } from '@tenantry/testing'
import { type Answer, type Api, speakTo } from './api.js'
import { type ApiDocument, documentOf } from './document.js'
import { signUp } from './people.js'
import { tellStory } from './story.js'
import { type System, clearUp, startSystem } from './system.js'

let clock: MachineClock
beforeAll(async () => { clock = await startMachineClock() })
afterAll(() => clock.stop())

let system: System
let api: Api
let document: ApiDocument

beforeAll(async () => {
  system = await startSystem()
  api = speakTo(system.url)
  document = await documentOf(api)
}, 60_000)
afterAll(clearUp, 30_000)

it('describes operations that all exist, each under a name of its own', async () => {
  expect(document.operations.length).toBeGreaterThan(20)
  expect(new Set(document.operations.map(({ operationId }) => operationId)).size).toBe(document.operations.length)
  for (const { method, path } of document.operations) {
    const { status, text } = await api(method, path.replaceAll(/\{\w+\}/g, () => randomUUID()))
    expect([method, path, status === 405 || text.includes('There is nothing at'), status >= 500]).toEqual([method, path, false, false])
  }
})

it('asks for a credential wherever it says so, and nowhere else', async () => {
  for (const { method, path, security } of document.operations) {
    const { status } = await api(method, path.replaceAll(/\{\w+\}/g, () => randomUUID()), method === 'GET' ? {} : { json: {} })
    expect([method, path, status === 401]).toEqual([method, path, security === undefined])
  }
})

it('is true of every answer of the whole story', async () => {
  const answers: Answer[] = []
  await tellStory(clock, system.url, (answer) => answers.push(answer))
  expect(answers.map((answer) => document.disagreement(answer)).filter((said) => said !== undefined)).toEqual([])
  expect(answers.length).toBeGreaterThan(50)
}, 120_000)

it('is true of what a member asks and of what is refused', async () => {
  const { token, userId, orgId } = await signUp(api)
  const answers = [
    ...await Promise.all(['/v2/users/current', `/v2/users/${userId}`, `/v2/orgs/${orgId}`, `/v2/orgs/${orgId}/keys`, '/v2/shapes', '/v2/shapes/sqlite-small', '/.well-known/jwks.json',
      '/.well-known/openid-configuration', '/', '/id', `/v2/databases/${randomUUID()}`].map((path) => api('GET', path, { token }))),
    await api('GET', '/v2/databases'),
    await api('POST', '/v2/databases', { token, json: { name: '' } }),
    await api('POST', '/id', { json: { USERNAME: 'nobody@example.com', PASSWORD: 'a wrong password' } }),
    await api('PUT', `/v2/orgs/${orgId}`, { token, json: { company_name: 'Analytical Engines' } }),
  ]
  expect(answers.map((answer) => document.disagreement(answer)).filter((said) => said !== undefined)).toEqual([])
})

it('sees when an answer does not fit', async () => {
  const answer = await api('GET', '/v2/shapes', { token: (await signUp(api)).token })
  expect(document.disagreement(answer)).toBeUndefined()
  expect(document.disagreement({ ...answer, text: answer.text.replace('"region"', '"place"') })).toMatch(/^listShapes 200: /)
  expect(document.disagreement({ ...answer, text: answer.text.replace('"region"', '"surplus":1,"region"') })).toMatch(/^listShapes 200: /)
  expect(document.disagreement({ ...answer, status: 418 })).toMatch(/not in the document/)
})
