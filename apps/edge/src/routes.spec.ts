import { compileRoutes } from './matcher.js'
import { operations } from './operations.js'
import { routes } from './routes.js'

const owned = compileRoutes(routes, [])
const match = compileRoutes(routes, operations)
const id = '7c5b3f0a-0000-4000-8000-000000000000'

it.each([
  ['GET', '/healthz', 'edge'], ['GET', '/readyz', 'edge'], ['GET', '/docs', 'edge'], ['GET', '/docs/openapi.json', 'edge'], ['GET', `/v2/databases/${id}/graphiql`, 'edge'], ['GET', '/graphiql/graphiql.js', 'edge'], ['POST', `/v2/databases/${id}/query/graphql`, 'query-gateway'],
  ['POST', '/', 'identity'], ['POST', '/id', 'identity'], ['GET', '/id/oauth2/authorize', 'identity'], ['GET', '/.well-known/jwks.json', 'identity'],
  ['POST', `/v2/users/${id}/keys`, 'identity'], ['DELETE', `/v2/users/${id}/keys/9`, 'identity'], ['GET', `/v2/orgs/${id}/keys`, 'identity'],
  ['GET', '/v2/users/current/keys', 'identity'],
  ['POST', `/v2/databases/${id}/query/sql`, 'query-gateway'], ['POST', `/v2/databases/${id}/query/pql`, 'query-gateway'],
  ['POST', `/databases/${id}/sql`, 'query-gateway'], ['POST', `/v2/databases/${id}/sql`, 'query-gateway'], ['POST', `/databases/${id}/query/sql`, 'query-gateway'],
  ['GET', `/databases/${id}/metrics`, 'query-gateway'], ['GET', '/health', 'edge'], ['POST', '/sql', 'control-plane'], ['POST', '/v2/sql', 'control-plane'],
  ['GET', `/v2/databases/${id}/metrics`, 'query-gateway'],
  ['GET', '/v2/databases', 'control-plane'], ['GET', `/v2/databases/${id}`, 'control-plane'], ['GET', '/v2/users/current', 'control-plane'],
  ['GET', '/v2/users', 'control-plane'], ['PUT', `/v2/orgs/${id}`, 'control-plane'], ['GET', '/v2/shapes', 'control-plane'],
  ['POST', `/v2/databases/${id}/action/undelete`, 'control-plane'],
])('gives %s %s to %s', (method, path, owner) => {
  expect(owned(method, path)).toEqual({ kind: 'owned', owner })
})

it.each([
  ['/internal/identity.key.verify'], ['/metrics'], ['/status'], ['/queryer/health'], ['/v3/databases'], ['/docs/other'], ['/healthz/more'], ['/databases'], [`/databases/${id}`], ['/databases//sql'],
])('owns nothing at %s', (path) => {
  expect(match('GET', path)).toEqual({ kind: 'unknown' })
})

it('names the methods that an operation has when another one is asked for', () => {
  expect(match('PATCH', `/v2/databases/${id}`)).toEqual({ kind: 'wrongMethod', allowed: ['DELETE', 'GET', 'HEAD', 'PUT'] })
  expect(match('GET', `/v2/databases/${id}/query/sql`)).toEqual({ kind: 'wrongMethod', allowed: ['POST'] })
  expect(match('POST', '/healthz')).toEqual({ kind: 'wrongMethod', allowed: ['GET', 'HEAD'] })
})

it('gives every operation of every dialect to the owner that its row names', () => {
  expect(operations.length).toBeGreaterThan(10)
  for (const { method, path } of operations) {
    expect(match(method, path.replaceAll(/\{\w+\}/g, id)).kind).toBe('owned')
  }
})

it('refuses a table in which two rows claim the same', () => {
  expect(() => compileRoutes([...routes, { method: '*', pattern: '/v2/*', owner: 'identity' }], [])).toThrow('Two services own /v2/*')
  expect(() => compileRoutes([...routes, { method: 'GET', pattern: '/healthz', owner: 'edge' }], [])).toThrow('stands twice')
  expect(() => compileRoutes([...routes, { method: '*', pattern: '/v2/users/{other}/keys', owner: 'query-gateway' }], [])).toThrow('Two services own')
})

it('refuses an operation that nobody owns', () => {
  expect(() => compileRoutes(routes, [{ method: 'GET', path: '/api/databases' }])).toThrow('No service owns GET /api/databases')
})
