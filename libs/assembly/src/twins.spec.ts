import { Controller, Module } from '@nestjs/common'
import { AuthModule, Caller, createGatekeeper } from '@tenantry/auth'
import { type Operation, type OrgId, type Principal, type SessionId, type UserId, newId } from '@tenantry/contracts'
import { type HttpApp, type HttpAppRules, On, createHttpApp } from '@tenantry/http'
import { createLogger, createMetrics, usualLimits } from '@tenantry/service'
import { type TestSigner, testSigner, until } from '@tenantry/testing'

const wire: Operation['wire'] = { body: ({ code }) => ({ code }) }
const who: Operation = {
  id: 'who', method: 'GET', path: '/who', tag: 'Test', summary: 'Say who asks', permission: 'caller', success: { status: 200, description: 'The caller.' }, problems: [], wire,
}

@Controller()
class WhoController {
  @On(who)
  who(@Caller() caller: Principal) {
    return { user: caller.userId }
  }
}

@Module({})
class WhoModule {}

const ready: HttpAppRules['ready'] = () => Promise.resolve({ ok: true, checks: {} })
const issuer = 'https://db.example.com'

/** Both twins have one name, one issuer and one key id: only what they were given tells them apart. */
const makeTwin = async (): Promise<{ signer: TestSigner; http: HttpApp; counted: () => Promise<number> }> => {
  const signer = await testSigner(issuer)
  const logger = createLogger('twin', 'silent')
  const metrics = createMetrics('twin', 'shared process')
  const gatekeeper = createGatekeeper({
    issuer,
    ports: {
      jwks: () => Promise.resolve({ keys: signer.jwks.keys.map((key) => ({ kid: 'test-key', kty: 'RSA', ...key })) }),
      verifyKey: () => Promise.resolve(undefined),
      rights: () => Promise.resolve({ status: 'Active', permissions: [], version: 1 }),
      revocationsSince: () => Promise.resolve({ seq: 0, entries: [] }),
    },
  })
  const module = { module: WhoModule, imports: [AuthModule.with(gatekeeper)], controllers: [WhoController] }
  const http = await createHttpApp(module, { logger, wire, translate: () => undefined, metrics, bodyLimitBytes: 1024, limits: usualLimits, ready })
  const counted = async () => (await metrics.requests.get()).values.reduce((sum, one) => sum + (one.metricName?.endsWith('_count') ? one.value : 0), 0)
  return { signer, http, counted }
}

const claims = (userId: UserId) => ({
  sub: userId, org_id: newId<OrgId>(), sid: newId<SessionId>(), epoch: 0, token_use: 'id', jti: 'one', email: 'ann@example.com',
  given_name: 'Ann', family_name: 'Example', founder: true, org_name: 'Example', server_admin: false,
})

describe('two apps of one name in one process', () => {
  const twins: Awaited<ReturnType<typeof makeTwin>>[] = []
  beforeAll(async () => { twins.push(await makeTwin(), await makeTwin()) })
  afterAll(async () => { await Promise.all(twins.map(({ http }) => http.app.close())) })

  const ask = async (twin: number, token: string) => {
    const answer = await twins[twin]?.http.fastify.inject({ url: '/who', headers: { authorization: `Bearer ${token}` } })
    return { status: answer?.statusCode, body: answer?.json<unknown>() }
  }
  const tokenOf = async (twin: number, userId: UserId) => await twins[twin]?.signer.sign(claims(userId)) ?? ''

  it('admit their own callers and refuse those of the other', async () => {
    const [ann, bob] = [newId<UserId>(), newId<UserId>()]
    const [first, second] = [await tokenOf(0, ann), await tokenOf(1, bob)]
    expect(await ask(0, first)).toEqual({ status: 200, body: { user: ann } })
    expect(await ask(1, second)).toEqual({ status: 200, body: { user: bob } })
    expect((await ask(0, second)).status).toBe(401)
    expect((await ask(1, first)).status).toBe(401)
  })

  it('count their own requests alone', async () => {
    const [first, second] = await Promise.all(twins.map(({ counted }) => counted()))
    await ask(0, 'none')
    await until('the request is counted', async () => await twins[0]?.counted() === (first ?? 0) + 1)
    expect(await twins[1]?.counted()).toBe(second)
  })
})
