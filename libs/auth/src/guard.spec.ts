import { Controller, Get, Module } from '@nestjs/common'
import { type Operation, type Permission, type Principal, Problem, type Rights, type SessionId, newId, type OrgId, type UserId } from '@tenantry/contracts'
import { type HttpApp, On, createHttpApp } from '@tenantry/http'
import { createLogger, createMetrics, usualLimits } from '@tenantry/service'
import { testSigner, type TestSigner } from '@tenantry/testing'
import { AuthModule } from './auth.module.js'
import { createGatekeeper } from './gatekeeper.js'
import { Caller } from './guard.js'

const wire = { body: (problem: Problem) => ({ code: problem.code }) }
const operation = (id: string, permission: Operation['permission']): Operation => ({
  id, method: 'GET', path: `/${id}`, tag: 'Test', summary: id, permission, success: { status: 200, description: 'Said.' }, problems: [], wire,
})
const open = operation('open', 'anyone')
const own = operation('own', 'caller')
const read = operation('read', 'data:read')
const write = operation('write', 'data:write')

@Controller()
class Said {
  @On(open)
  open() { return { said: 'open' } }

  @On(own)
  own(@Caller() caller: Principal) { return { said: caller.userId } }

  @On(read)
  read(@Caller() caller: Principal) { return { said: caller.userId } }

  @On(write)
  write() { return { said: 'write' } }

  @Get('forgotten')
  forgotten() { return { said: 'forgotten' } }
}

const issuer = 'https://db.example.com'
const userId = newId<UserId>()
let signer: TestSigner
let rights: Rights | undefined = { status: 'Active', permissions: ['data:read'] satisfies Permission[], version: 1 }

const appWith = async (answer: () => Rights | undefined): Promise<HttpApp> => {
  const gatekeeper = createGatekeeper({
    issuer, ports: {
      jwks: () => Promise.resolve(signer.jwks), verifyKey: () => Promise.resolve(undefined), rights: () => Promise.resolve(answer()),
      revocationsSince: () => Promise.resolve({ seq: 0, entries: [] }),
    },
  })
  @Module({ imports: [AuthModule.with(gatekeeper)], controllers: [Said] })
  class App {}
  return await createHttpApp(App, {
    metrics: createMetrics('test', 'shared process'), bodyLimitBytes: 1000, limits: usualLimits, ready: () => Promise.resolve({ ok: true, checks: {} }),
    logger: createLogger('test', 'silent'), wire, translate: () => undefined,
  })
}

const token = (): Promise<string> => signer.sign({
  sub: userId, org_id: newId<OrgId>(), sid: newId<SessionId>(), epoch: 0, token_use: 'id', jti: '1', email: 'a@example.com', given_name: 'A', family_name: 'B',
  founder: false, org_name: '', server_admin: false,
})

const ask = async ({ fastify }: HttpApp, url: string, headers: Record<string, string> = {}): Promise<unknown[]> => {
  const answer = await fastify.inject({ method: 'GET', url, headers })
  return [answer.statusCode, answer.json<{ code?: string; said?: string }>().said ?? answer.json<{ code?: string }>().code]
}

describe('the guard', () => {
  let app: HttpApp
  let bearer: Record<string, string>

  beforeAll(async () => {
    signer = await testSigner(issuer)
    app = await appWith(() => rights)
    bearer = { authorization: `Bearer ${await token()}` }
  })
  afterAll(() => app.app.close())

  it('lets anyone through where anyone may come', async () => {
    expect(await ask(app, '/open')).toEqual([200, 'open'])
    expect(await ask(app, '/open', { authorization: 'Bearer nonsense' })).toEqual([200, 'open'])
  })

  it('asks strangers for a credential everywhere else, and how', async () => {
    for (const path of ['/own', '/read', '/write']) {
      expect(await ask(app, path)).toEqual([401, 'MissingCredentials'])
      expect(await ask(app, path, { authorization: 'Bearer nonsense' })).toEqual([401, 'InvalidCredentials'])
    }
    expect((await app.fastify.inject('/own')).headers['www-authenticate']).toBe('Bearer')
  })

  it('tells the handler who was admitted', async () => {
    expect(await ask(app, '/own', bearer)).toEqual([200, userId])
    expect(await ask(app, '/read', bearer)).toEqual([200, userId])
  })

  it('forbids what the caller has no permission for', async () => {
    expect(await ask(app, '/write', bearer)).toEqual([403, 'Forbidden'])
  })

  it('refuses two credentials', async () => {
    expect(await ask(app, '/own', { ...bearer, 'x-api-key': 'tnt_x' })).toEqual([400, 'AmbiguousCredentials'])
  })

  it('closes a route that nobody described', async () => {
    expect((await app.fastify.inject({ url: '/forgotten', headers: bearer })).statusCode).toBe(500)
  })

  it('refuses a member who was put out, on every route for callers', async () => {
    const other = await appWith(() => rights)
    rights = { status: 'Deactivated', permissions: ['data:read', 'data:write'], version: 2 }
    for (const path of ['/own', '/read', '/write']) expect(await ask(other, path, bearer)).toEqual([401, 'InvalidCredentials'])
    await other.app.close()
  })

  it('of one app knows nothing of another\'s callers, though both have the same routes', async () => {
    const [one, other] = await Promise.all([appWith(() => ({ status: 'Active', permissions: ['data:write'], version: 1 })), appWith(() => ({ status: 'Active', permissions: [], version: 1 }))])
    expect(await ask(one, '/write', bearer)).toEqual([200, 'write'])
    expect(await ask(other, '/write', bearer)).toEqual([403, 'Forbidden'])
    await Promise.all([one.app.close(), other.app.close()])
  })
})
