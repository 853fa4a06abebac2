/** Who answers a request. `edge` is this program itself. */
export const services = ['identity', 'control-plane', 'query-gateway'] as const
export type ServiceName = (typeof services)[number]
export type Owner = ServiceName | 'edge'

export interface Route {
  /** A method, or '*' where the owner decides which methods it knows. */
  readonly method: string
  /** Segments between slashes: a word, {name} for any one segment, or * at the end for any number of them. */
  readonly pattern: string
  readonly owner: Owner
}

const to = (owner: Owner, method: string, ...patterns: readonly string[]): readonly Route[] =>
  patterns.map((pattern) => ({ method, pattern, owner }))

/**
 * THE table of who owns which path, the same in one process and in many. What needs a password or a secret is identity's, what
 * needs an engine the gateway's, what needs a record the control plane's. The most specific row wins, wherever it stands.
 */
export const routes: readonly Route[] = [
  ...to('edge', 'GET', '/healthz', '/health', '/readyz', '/docs', '/docs/openapi.json', '/v2/databases/{id}/graphiql', '/graphiql/{asset}'),
  ...to('identity', '*', '/', '/id', '/id/*', '/.well-known/*'),
  ...to('identity', '*', '/v2/users/{id}/keys', '/v2/users/{id}/keys/*', '/v2/orgs/{id}/keys'),
  ...to('query-gateway', '*', '/v2/databases/{id}/query/*', '/v2/databases/{id}/metrics', '/v2/databases/{id}/schema', '/v2/databases/{id}/tables/{table}/import'),
  // Clients of the original that were told of a host alone, or that know shorter paths.
  ...to('query-gateway', '*', '/v2/databases/{id}/sql', '/databases/{id}/sql', '/databases/{id}/query/sql', '/databases/{id}/metrics'),
  ...to('control-plane', '*', '/v2/*', '/sql', '/v1/*'),
]
