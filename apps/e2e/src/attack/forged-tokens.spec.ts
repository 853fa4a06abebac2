import { randomUUID } from 'node:crypto'
import { filled, kindsIn } from '../contract/places.js'
import { type Answer, type Api, type Ask, expectStatus, speakTo } from '../story/api.js'
import { documentOf } from '../story/document.js'
import { forgedTokens, wronglySigned } from '../story/forge.js'
import { type Person, createKey, logIn, signUp } from '../story/people.js'
import { expectRefusal } from '../story/refusal.js'
import { type Services, startServices } from '../story/services.js'
import { clearUp, makeFolder } from '../story/system.js'
import { signingKeyOf } from './signing-key.js'

let folder: string
let services: Services
let person: Person
let forged: Readonly<Record<string, string>>
let doors: readonly (readonly [name: string, api: Api, method: string, path: string, text: string | undefined])[]

beforeAll(async () => {
  folder = await makeFolder()
  services = await startServices(folder)
  const edge = speakTo(services.url)
  person = await signUp(edge)
  const { text } = await edge('GET', '/.well-known/jwks.json')
  const key = await signingKeyOf(services.environment('identity'))
  const prefixed = (entries: Readonly<Record<string, string>>, name: string) => Object.fromEntries(Object.entries(entries).map(([trick, token]) => [`${name}: ${trick}`, token]))
  const access = await logIn(edge, person)
  forged = { ...forgedTokens(person.token, text), ...prefixed(wronglySigned(person.token, key), 'signed'), ...prefixed(wronglySigned(access, key), 'signed access') }
  const query = `/v2/databases/${randomUUID()}/query/sql`
  const routes = [['identity', 'GET', `/v2/users/${person.userId}/keys`], ['control-plane', 'GET', '/v2/users/current'], ['query-gateway', 'POST', query, 'select 1']] as const
  doors = routes.flatMap(([name, method, path, body]) => [
    [name, speakTo(services.direct(name)), method, path, body] as const, [`${name} behind the edge`, edge, method, path, body] as const,
  ])
}, 150_000)
afterAll(clearUp, 30_000)

const atEvery = (ask: Ask): Promise<readonly Answer[]> =>
  Promise.all(doors.map(([, api, method, path, text]) => api(method, path, { ...ask, ...(text !== undefined && { text }) })))

const refusedAlike = async (ask: Ask): Promise<string> => {
  const said = (await atEvery(ask)).map((answer) => JSON.stringify(expectRefusal(401, answer, folder)))
  expect(new Set(said).size).toBe(1)
  return said[0] ?? ''
}

it('admits the true token everywhere, so that what follows is about the false ones', async () => {
  const answers = await atEvery({ token: person.token })
  expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200, 404, 404])
})

it('refuses more than sixty forged tokens at every service, straight and behind the edge, however they are carried, in the same words', async () => {
  expect(Object.keys(forged).length).toBeGreaterThan(150)
  const said = new Set<string>()
  for (const [at, token] of Object.values(forged).entries()) {
    const carriers: readonly Ask[] = [{ token }, { headers: ['Authorization', token] }, { key: token }]
    // In a short run each token is carried in one way, and each way carries a third of them.
    const tried = process.env['TEST_LONG'] === '1' ? carriers : carriers.slice(at % carriers.length, at % carriers.length + 1)
    for (const ask of tried) said.add(await refusedAlike(ask))
  }
  expect(said.size).toBe(1)
}, 120_000)

it('refuses them at every operation that is not for anyone', async () => {
  const edge = speakTo(services.url)
  const { operations } = await documentOf(edge)
  const closed = operations.filter(({ security }) => security === undefined)
  expect(closed.length).toBeGreaterThan(35)
  const tokens = Object.values(forged)
  const many = process.env['TEST_LONG'] === '1' ? tokens.length : 5
  for (const [at, { method, path, requestBody }] of closed.entries()) {
    const where = filled(path, kindsIn(path).map(() => randomUUID()))
    const body = requestBody === undefined ? {} : requestBody.content['application/json'] ? { json: {} } : { text: 'select 1' }
    const some = Array.from({ length: many }, (_, n) => tokens[(at * many + n) % tokens.length] ?? '')
    const answers = await Promise.all(some.map((token) => edge(method, where, { ...body, token })))
    for (const answer of answers) expectRefusal(401, answer, folder)
  }
}, 120_000)

it('refuses what is larger than any token before anybody looks at it', async () => {
  for (const { status } of await atEvery({ token: `${person.token}${'A'.repeat(1_000_000)}` }).catch(() => [])) expect([400, 401, 413, 431]).toContain(status)
  expect((await atEvery({ token: person.token })).every(({ status }) => status !== 401)).toBe(true)
})

it('refuses two credentials, though each of them is good', async () => {
  const key = (await createKey(speakTo(services.url), person)).secret
  const pairs = [
    ['Authorization', `Bearer ${person.token}`, 'Authorization', `Bearer ${person.token}`], ['Authorization', `Bearer ${person.token}`, 'authorization', `Bearer ${key}`],
    ['X-API-Key', key, 'x-api-key', key], ['Authorization', `Bearer ${person.token}`, 'X-API-Key', key], ['Authorization', 'Bearer nonsense', 'X-API-Key', key],
  ]
  for (const [at, headers] of pairs.entries()) {
    expect([at, ...(await atEvery({ headers })).map(({ status }) => status)]).toEqual([at, ...doors.map(() => 400)])
    for (const answer of await atEvery({ headers })) expectRefusal(400, answer, folder)
  }
  for (const answer of await atEvery({ headers: ['Authorization', `Bearer ${key}`, 'X-API-Key', key] })) expect([200, 404]).toContain(answer.status)
})

it('reads no credential but from its header', async () => {
  const key = (await createKey(speakTo(services.url), person)).secret
  for (const [, api, method, path, text] of doors) {
    for (const name of ['api_key', 'apikey', 'key', 'access_token', 'token', 'x-api-key', 'authorization', 'jwt']) {
      for (const secret of [key, person.token]) {
        const ask = text === undefined ? {} : { text }
        expect(expectRefusal(401, await api(method, `${path}?${name}=${secret}`, ask), folder).code).toBe('MissingAuthenticationToken')
      }
    }
    for (const headers of [['Cookie', `token=${person.token}; access_token=${key}`], ['Proxy-Authorization', `Bearer ${person.token}`], ['X-Access-Token', person.token]]) {
      expectRefusal(401, await api(method, path, { headers, ...(text !== undefined && { text }) }), folder)
    }
  }
})

it('trusts nothing that another installation has signed, nor a clock that is ahead', async () => {
  const elsewhere = await services.startTwin('identity', { PUBLIC_URL: 'http://elsewhere.example' })
  await refusedAlike({ token: (await signUp(speakTo(elsewhere))).token })
  expectStatus(200, await speakTo(services.url)('GET', '/v2/users/current', { token: person.token }))
}, 60_000)
