import http from 'node:http'
import type { AddressInfo } from 'node:net'
import { type AccountFacts, type OrgId, Problem, type ProblemCode, type ShownFrom, type UserId, newId } from '@tenantry/contracts'
import type { AskInternal } from '@tenantry/events'
import { remotePorts } from './remote-ports.js'

const account: AccountFacts = { email: 'a@example.com', firstname: 'A', lastname: 'B', founder: false, orgName: '', serverAdmin: false }
const here: ShownFrom = { address: '127.0.0.1', chain: '', direct: true }
const refusing = (code: ProblemCode): AskInternal => () => Promise.reject(new Problem(code, 'No.'))
const rightsBy = (ask: AskInternal) => remotePorts({ ask, identityUrl: 'http://127.0.0.1:1' }).rights(newId<OrgId>(), newId<UserId>(), account)
const keyBy = (ask: AskInternal) => remotePorts({ ask, identityUrl: 'http://127.0.0.1:1' }).verifyKey('0'.repeat(64), here)

describe('the ports to other services', () => {
  it.each(['KeyNotFound', 'InvalidCredentials'] as const)('take %s for: there is no such key', async (code) => {
    await expect(keyBy(refusing(code))).resolves.toBeUndefined()
  })

  it.each(['UserNotFound', 'OrgNotFound', 'InvalidCredentials', 'Forbidden'] as const)('take %s for: this is no member', async (code) => {
    await expect(rightsBy(refusing(code))).resolves.toBeUndefined()
  })

  it('tell one caller of too many bad keys, and go on asking for all others', async () => {
    let asked = 0
    const { verifyKey } = remotePorts({
      ask: () => { asked += 1; return Promise.reject(new Problem(asked === 1 ? 'TooManyRequests' : 'KeyNotFound', 'No.', { retryAfterSeconds: 1 })) }, identityUrl: 'http://127.0.0.1:1',
    })
    await expect(verifyKey('0'.repeat(64), here)).rejects.toMatchObject({ code: 'TooManyRequests', retryAfterSeconds: 1 })
    await expect(verifyKey('1'.repeat(64), here)).resolves.toBeUndefined()
    expect(asked).toBe(2)
  })

  // "Nobody answers this" must never be taken for "there is none": a good credential would be refused.
  it.each(['RouteNotFound', 'InternalError', 'ServiceUnavailable', 'InvalidBody'] as const)('take %s for: it cannot be said now', async (code) => {
    await expect(keyBy(refusing(code))).rejects.toMatchObject({ code: 'ServiceUnavailable' })
    await expect(rightsBy(refusing(code))).rejects.toMatchObject({ code: 'ServiceUnavailable' })
  })

  describe('for the public keys', () => {
    let server: http.Server
    let answer: http.RequestListener
    const jwks = () => remotePorts({ ask: refusing('InternalError'), identityUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, deadlineMs: 100 }).jwks()

    beforeAll(async () => {
      server = http.createServer((request, response) => answer(request, response))
      await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', resolve) })
    })
    afterAll(() => {
      server.closeAllConnections()
      server.close()
    })

    it('read what identity publishes', async () => {
      answer = (request, response) => { response.end(JSON.stringify({ keys: [{ kty: 'RSA', kid: request.url, n: 'AQAB', e: 'AQAB' }] })) }
      await expect(jwks()).resolves.toEqual({ keys: [{ kty: 'RSA', kid: '/.well-known/jwks.json', n: 'AQAB', e: 'AQAB' }] })
    })

    it.each<[string, http.RequestListener]>([
      ['answers nothing', () => undefined], ['answers 500', (_, response) => { response.writeHead(500).end('{"keys":[]}') }],
      ['sends elsewhere', (_, response) => { response.writeHead(302, { location: 'http://127.0.0.1:1/' }).end() }],
      ['answers nonsense', (_, response) => { response.end('nonsense') }], ['answers something else', (_, response) => { response.end('{"keys":{"a":1}}') }],
      ['hangs in the middle', (_, response) => { response.write('{"keys":') }],
    ])('say that nobody can tell when identity %s', async (_what, listener) => {
      answer = listener
      await expect(jwks()).rejects.toMatchObject({ code: 'ServiceUnavailable' })
    })
  })
})
