import { Controller, Module } from '@nestjs/common'
import { type KeyId, type Operation, type OrgId, type Principal, type Problem, type SessionId, type UserId, newId } from '@tenantry/contracts'
import { type HttpApp, Input, On, createHttpApp } from '@tenantry/http'
import { type Limits, createLogger, createMetrics, usualLimits } from '@tenantry/service'
import { type TestSigner, testSigner } from '@tenantry/testing'
import { z } from 'zod'
import { newApiKey } from './api-key.js'
import { AuthModule } from './auth.module.js'
import { countRequests } from './counting.js'
import { createGatekeeper } from './gatekeeper.js'
import { type RateKind, Rates, rateHeaders } from './rates.js'

const away = '203.0.113.7'
const call = (address: string, forwarded?: string) => ({ headers: { ...(forwarded !== undefined && { 'x-forwarded-for': forwarded }) }, rawHeaders: [], socket: { remoteAddress: address } })
const account = { email: '', firstname: '', lastname: '', founder: false, orgName: '', serverAdmin: false }
const caller = (kind: 'session' | 'key' = 'session', userId = newId<UserId>()): Principal => ({
  userId, orgId: newId<OrgId>(), epoch: 0, account, credential: kind === 'key' ? { kind, id: newId<KeyId>() } : { kind, id: newId<SessionId>() },
})

const ratesOf = (kind: RateKind, set: Partial<Limits>, now = () => 0): Rates => new Rates(kind, { ...usualLimits, ...set }, now)
const letIn = (rates: Rates, times: number, ...given: Parameters<Rates['take']>): number =>
  Array.from({ length: times }, () => rates.take(...given)).filter(({ refusal }) => !refusal).length

describe('the rates of requests', () => {
  it('bound an address, whoever calls from it, and an IPv6 network as one', () => {
    const rates = ratesOf('records', { RECORD_REQUESTS_PER_ADDRESS: 10 })
    expect(letIn(rates, 8, call(away), undefined) + letIn(rates, 8, call(`::ffff:${away}`), caller())).toBe(10)
    expect(letIn(rates, 20, call('2001:db8:1:2::1'), undefined) + letIn(rates, 20, call('2001:db8:1:2:ffff::9'), undefined)).toBe(10)
    expect(letIn(rates, 20, call('2001:db8:1:3::1'), undefined)).toBe(10)
  })

  it('count the caller that the edge names and not the edge', () => {
    const rates = ratesOf('records', { RECORD_REQUESTS_PER_ADDRESS: 2 })
    expect([letIn(rates, 5, call('10.0.0.1', `${away}, 10.0.0.9`), undefined), letIn(rates, 5, call('10.0.0.1', '203.0.113.8'), undefined)]).toEqual([2, 2])
  })

  it('bound a user whatever the credential, and a key that runs wild takes nothing from its owner', () => {
    const [rates, ann, key] = [ratesOf('records', { RECORD_REQUESTS_PER_KEY: 3, RECORD_REQUESTS_PER_USER: 10 }), caller(), caller('key')]
    expect(letIn(rates, 100, call(away), { ...key, userId: ann.userId })).toBe(3)
    expect(letIn(rates, 100, call(away), ann)).toBe(7)
    expect(letIn(rates, 100, call(away), caller())).toBe(10)
  })

  it('leave callers on this machine alone where no limit was set, and them only', () => {
    const usual = ratesOf('queries', {})
    expect(usual.take(call('127.0.0.1'), caller())).toEqual({ seen: [] })
    expect(usual.take(call('127.0.0.1', away), caller()).seen.map(({ name }) => name)).toEqual(['address', 'user'])
    expect(ratesOf('records', {}).take(call('::1'), caller('key')).seen.map(({ name }) => name)).toEqual(['key', 'user'])
    expect(letIn(ratesOf('queries', { QUERY_REQUESTS_PER_USER: 4 }), 9, call('127.0.0.1'), caller())).toBe(4)
  })

  it('say what is left of each and when it is whole, and when to come again', () => {
    let now = 0
    const [rates, ann] = [ratesOf('records', { RECORD_REQUESTS_PER_ADDRESS: 100, RECORD_REQUESTS_PER_USER: 5 }, () => now), caller()]
    const said = () => {
      const { seen, refusal } = rates.take(call(away), ann)
      return [...rateHeaders(seen), refusal?.code, refusal?.retryAfterSeconds]
    }
    expect(said()).toEqual(['ratelimit-policy', '"address";q=100;w=10, "user";q=5;w=10', 'ratelimit', '"address";r=99;t=1, "user";r=4;t=2', undefined, undefined])
    for (let more = 0; more < 4; more++) said()
    expect(said()).toEqual(['ratelimit-policy', '"address";q=100;w=10, "user";q=5;w=10', 'ratelimit', '"address";r=94;t=1, "user";r=0;t=10', 'TooManyRequests', 2])
    now = 2_000
    expect(said().slice(-2)).toEqual([undefined, undefined])
  })
})

const wire = { body: ({ code, message }: Problem) => ({ code, message }) }
const operation = (id: string, method: Operation['method'], permission: Operation['permission'], body?: Operation['body']): Operation => ({
  id, method, path: `/${id}`, tag: 'Test', summary: id, permission, success: { status: 200, description: 'Said.' }, problems: [], wire, ...(body && { body }),
})
const open = operation('open', 'GET', 'anyone')
const own = operation('own', 'GET', 'caller')
const write = operation('write', 'POST', 'data:write', { kind: 'json', schema: z.object({}) })

@Controller()
class Said {
  @On(open)
  open() { return {} }

  @On(own)
  own() { return {} }

  @On(write)
  write(@Input() _: unknown) { return {} }
}

describe('a route whose requests are counted', () => {
  const issuer = 'https://db.example.com'
  const key = newApiKey('00000000')
  let signer: TestSigner
  let app: HttpApp
  let token: string

  beforeAll(async () => {
    signer = await testSigner(issuer)
    const userId = newId<UserId>()
    token = await signer.sign({
      sub: userId, org_id: newId<OrgId>(), sid: newId<SessionId>(), epoch: 0, token_use: 'id', jti: '1', email: 'a@example.com', given_name: 'A', family_name: 'B',
      founder: false, org_name: '', server_admin: false,
    })
    const gatekeeper = createGatekeeper({
      issuer, ports: {
        jwks: () => Promise.resolve(signer.jwks), rights: () => Promise.resolve({ status: 'Active', permissions: [], version: 1 }),
        verifyKey: () => Promise.resolve({ keyId: newId<KeyId>(), orgId: newId<OrgId>(), userId, epoch: 0, account }),
        revocationsSince: () => Promise.resolve({ seq: 0, entries: [] }),
      },
    })
    @Module({ imports: [AuthModule.with(gatekeeper)], controllers: [Said] })
    class App {}
    const rates = ratesOf('records', { RECORD_REQUESTS_PER_USER: 8, RECORD_REQUESTS_PER_ADDRESS: 20 })
    app = await createHttpApp(App, {
      metrics: createMetrics('test', 'shared process'), bodyLimitBytes: 1000, limits: usualLimits, ready: () => Promise.resolve({ ok: true, checks: {} }),
      logger: createLogger('test', 'silent'), wire, translate: () => undefined, prepare: (_app, fastify) => countRequests(fastify, gatekeeper, rates),
    })
  })
  afterAll(() => app.app.close())

  const ask = async (url: string, headers: Record<string, string> = {}, body?: string) => {
    const answer = await app.fastify.inject({ method: body === undefined ? 'GET' : 'POST', url, headers, remoteAddress: away, ...(body !== undefined && { payload: body }) })
    return [answer.statusCode, answer.headers['ratelimit'], answer.headers['retry-after']]
  }

  it('says on every answer what is left, also on those that are refused before anybody read them, and once it is past a limit nothing else', async () => {
    const bearer = { authorization: `Bearer ${token}` }
    const [address, user] = ['"address";r=', '"user";r=']
    expect(await ask('/own')).toEqual([401, `${address}19;t=1`, undefined])
    // Who it was is found out on the way, and known from then on.
    expect(await ask('/own', bearer)).toEqual([200, `${address}18;t=1, ${user}7;t=2`, undefined])
    expect(await ask('/own', bearer)).toEqual([200, `${address}17;t=2, ${user}6;t=3`, undefined])
    expect(await ask('/write', { ...bearer, 'content-type': 'application/json' }, '{}')).toEqual([403, `${address}16;t=2, ${user}5;t=4`, undefined])
    expect(await ask('/write', { ...bearer, 'content-type': 'application/json' }, '{')).toEqual([400, `${address}15;t=3, ${user}4;t=5`, undefined])
    expect(await ask('/write', { ...bearer, 'content-encoding': 'gzip' }, '{}')).toEqual([415, `${address}14;t=3, ${user}3;t=7`, undefined])
    expect(await ask('/write', { ...bearer, 'content-type': 'application/json' }, 'x'.repeat(1_001))).toEqual([413, `${address}13;t=4, ${user}2;t=8`, undefined])
    expect(await ask('/own', { 'x-api-key': key })).toEqual([200, `${address}12;t=4, "key";r=9999;t=1, ${user}1;t=9`, undefined])
    expect(await ask('/own', { 'x-api-key': key })).toEqual([200, `${address}11;t=5, "key";r=9998;t=1, ${user}0;t=10`, undefined])
    expect(await ask('/own', bearer)).toEqual([429, `${address}10;t=5, ${user}0;t=10`, '2'])
    expect(await ask('/open')).toEqual([200, undefined, undefined])
    for (let more = 0; more < 10; more++) expect((await ask('/own'))[0]).toBe(401)
    expect(await ask('/own')).toEqual([429, `${address}0;t=10`, '1'])
    expect(await ask('/open')).toEqual([200, undefined, undefined])
  })
})
