import { randomUUID } from 'node:crypto'
import { z } from 'zod'
import { type Api, expectStatus, read, speakTo } from '../story/api.js'
import { type Person, logIn, signUp } from '../story/people.js'
import { type Services, startServices } from '../story/services.js'
import { clearUp, makeFolder } from '../story/system.js'
import { until } from '../story/until.js'

// A new key is published for so long before it signs; the programs look for it three times as often.
const leadSeconds = 2
const workers = 6

let services: Services
let identities: readonly [Api, Api]
let doors: readonly ((token: string) => Promise<number>)[]

beforeAll(async () => {
  services = await startServices(await makeFolder(), { changes: { identity: { SIGNUPS_PER_HOUR: '1000', KEY_LEAD_SECONDS: String(leadSeconds), BCRYPT_COST: '4' } } })
  identities = [speakTo(services.direct('identity')), speakTo(await services.startTwin('identity'))]
  const [controlPlane, gateway] = [speakTo(services.direct('control-plane')), speakTo(services.direct('query-gateway'))]
  const query = `/v2/databases/${randomUUID()}/query/sql`
  const keys = `/v2/users/${randomUUID()}/keys`
  const asked = async (api: Api, method: string, path: string, ask: object): Promise<number> => (await api(method, path, ask)).status
  doors = [
    (token) => asked(controlPlane, 'GET', '/v2/users/current', { token }), (token) => asked(gateway, 'POST', query, { token, text: 'select 1' }),
    (token) => asked(identities[0], 'GET', keys, { token }), (token) => asked(identities[1], 'GET', keys, { token }),
  ]
}, 150_000)
afterAll(clearUp, 30_000)

const nobody: Person = { email: '', password: '', userId: '', orgId: '', token: '' }
const header = z.object({ kid: z.string() })
const kidOf = (token: string): string => header.parse(JSON.parse(Buffer.from(token.split('.')[0] ?? '', 'base64url').toString())).kid
const turned = z.object({ answer: z.object({ keys: z.array(z.string()), signs: z.string() }) })
const turn = async (identity: Api, wish: object): Promise<z.infer<typeof turned>['answer']> =>
  read(turned, 200, await identity('POST', '/internal/identity.signing-keys.rotate', { token: services.environment('identity')['INTERNAL_TOKEN'] ?? '', json: wish })).answer
const admitted = async (token: string): Promise<boolean> => (await Promise.all(doors.map((door) => door(token)))).every((status) => status === 200 || status === 404)
const refused = async (token: string): Promise<boolean> => (await Promise.all(doors.map((door) => door(token)))).every((status) => status === 401)

it('turns the keys twice under load, and refuses nobody for it', async () => {
  const tokens: string[] = []
  const wrong: string[] = []
  let done = false
  let asked = 0
  const work = async (person: Person, worker: number): Promise<void> => {
    for (let round = worker; !done; round++) {
      if (round % 5 === 0) tokens.push(await logIn(identities[round % 2 === 0 ? 0 : 1], person))
      // Old tokens as often as new ones: each is good for an hour.
      const token = tokens[round % 2 === 0 ? tokens.length - 1 : round % tokens.length] ?? ''
      const status = await doors[round % doors.length]?.(token) ?? 0
      asked += 1
      if (status !== 200 && status !== 404) wrong.push(`${status} for a token of ${kidOf(token)}`)
    }
  }
  const people = await Promise.all(Array.from({ length: workers }, () => signUp(identities[0])))
  tokens.push(...people.map(({ token }) => token))
  const working = Promise.all(people.map(work))
  try {
    for (const turns of [1, 2]) {
      // Both sign with the same key by now; of tokens that are on their way none says which.
      const signing = kidOf(await logIn(identities[0], people[0] ?? nobody))
      const { keys, signs } = await turn(identities[turns - 1 === 0 ? 0 : 1], {})
      expect([keys.length, signs]).toEqual([turns + 1, signing])
      await until('both sign with the new key', async () => {
        const signed = await Promise.all(identities.map(async (identity) => kidOf(await logIn(identity, people[0] ?? nobody))))
        return signed.every((kid) => kid === keys.at(-1))
      }, 60)
    }
  } finally {
    done = true
    await working
  }
  expect(wrong).toEqual([])
  expect([new Set(tokens.map(kidOf)).size, asked > 100]).toEqual([3, true])
}, 60_000)

it('refuses within a minute what a key has signed that was taken away, and lets its owner renew it', async () => {
  const tokens = z.object({ AuthenticationResult: z.object({ IdToken: z.string(), RefreshToken: z.string() }) })
  const person = await signUp(identities[0])
  const login = await identities[0]('POST', '/id', { json: { USERNAME: person.email, PASSWORD: person.password } })
  const { IdToken: old, RefreshToken } = read(tokens, 200, login).AuthenticationResult
  expect(await admitted(old)).toBe(true)
  const { keys, signs } = await turn(identities[1], { at_once: true })
  expect(keys).toEqual([signs])
  await until('the old token is refused everywhere', () => refused(old), 60)
  const renewed = read(tokens, 200, await identities[0]('POST', '/id', { json: { REFRESH_TOKEN: RefreshToken } })).AuthenticationResult.IdToken
  expect([kidOf(renewed), await admitted(renewed)]).toEqual([signs, true])
  expect(await refused(old)).toBe(true)
}, 90_000)

it('turns no key for who has no internal token, nor through the edge', async () => {
  const before = await speakTo(services.url)('GET', '/.well-known/jwks.json')
  const person = await signUp(identities[0])
  const path = '/internal/identity.signing-keys.rotate'
  for (const ask of [{}, { token: person.token }, { token: 'x'.repeat(43) }]) expectStatus(404, await identities[0]('POST', path, { ...ask, json: {} }))
  expectStatus(404, await speakTo(services.url)('POST', path, { token: services.environment('identity')['INTERNAL_TOKEN'] ?? '', json: {} }))
  expect((await speakTo(services.url)('GET', '/.well-known/jwks.json')).text).toBe(before.text)
})
