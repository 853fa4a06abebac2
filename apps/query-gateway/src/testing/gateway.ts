import { once as onceEvent } from 'node:events'
import http from 'node:http'
import type { AddressInfo } from 'node:net'
import { type DatabaseId, type DatabaseState, type OrgId, type Permission, type UserId, internalSubject, newId } from '@tenantry/contracts'
import type { Answer, Engine, QueryLanguage, QueryPort } from '@tenantry/engines-contract'
import { type NatsConnection, connectNats } from '@tenantry/events'
import { type RunningService, createLogger } from '@tenantry/service'
import { testNats, testSigner } from '@tenantry/testing'
import { parseQueryGatewayConfig } from '../config.js'
import { gatewayTo } from '../create.js'

const issuer = 'http://tenantry.test'

/** What the engine does in each language; a test sets what it needs. */
export type FakePorts = Partial<Record<QueryLanguage, QueryPort['run']>>

export interface Gateway {
  readonly url: string
  readonly ports: FakePorts
  readonly service: RunningService
  readonly connection: NatsConnection
  /** What the control plane says of every caller and every database but the unknown one. */
  readonly said: { permissions: Permission[]; state: DatabaseState; documents?: { version: number; only: boolean } | undefined }
  /** The documents that are registered, by their hashes, and how often they were asked for. */
  readonly registered: { readonly byHash: Map<string, string>; asked: number }
  readonly unknown: DatabaseId
  tokenOf(orgId?: OrgId, userId?: UserId): Promise<string>
  close(): Promise<void>
}

export const answering = (data: string, rows = 0): Answer => ({ fields: Buffer.from('[]'), data: Buffer.from(data), rows, micros: 1 })

/** A gateway over real sockets and a real NATS, to an engine of a few lines: what is tested is the way there. */
export const startGateway = async (variables: Readonly<Record<string, string>> = {}): Promise<Gateway> => {
  const logger = createLogger('test', 'silent')
  const [nats, signer] = await Promise.all([testNats(), testSigner(issuer)])
  const connection = await connectNats({ ...nats, name: 'test' }, logger)
  const said: Gateway['said'] = { permissions: ['data:read', 'data:write'], state: 'RUNNING' }
  const unknown = newId<DatabaseId>()
  const registered: Gateway['registered'] = { byHash: new Map(), asked: 0 }
  const answers = (name: 'control.document.find' | 'control.target.find' | 'control.rights.find' | 'identity.revocations.since', answer: (ask: Record<string, string>) => unknown): unknown =>
    connection.subscribe(internalSubject(name), { callback: (_error, message) => { message.respond(JSON.stringify(answer(message.json()))) } })
  answers('identity.revocations.since', () => ({ answer: { seq: 0, entries: [] } }))
  answers('control.rights.find', () => ({ answer: { status: 'Active', permissions: said.permissions, version: 1 } }))
  answers('control.target.find', (ask) => ask['databaseId'] === unknown ? { problem: { code: 'DatabaseNotFound', message: 'There is no such database.' } }
    : { answer: { ...ask, state: said.state, engine: 'sqlite', generation: 1, version: 3, limits: { storageBytes: 1000 }, node: 'local', documents: said.documents } })
  answers('control.document.find', ({ hash = '' }) => {
    registered.asked += 1
    return { answer: { document: registered.byHash.get(hash) } }
  })
  await connection.flush()

  const servers: http.Server[] = []
  const open = async (listener: http.RequestListener): Promise<string> => {
    const server = http.createServer(listener).listen(0, '127.0.0.1')
    await onceEvent(server, 'listening')
    servers.push(server)
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  }
  const ports: FakePorts = {}
  const portOf = (language: QueryLanguage): QueryPort => ({ run: async (...ask) => await ports[language]?.(...ask) ?? answering('[]') })
  const engine = { name: 'sqlite', sql: portOf('sql'), graphql: portOf('graphql'), changes: portOf('changes') } as Pick<Engine, 'name' | 'sql' | 'graphql' | 'changes'> as Engine
  const silent = { name: 'bitmap' } as Pick<Engine, 'name'> as Engine
  const identityUrl = await open((_request, response) => { response.setHeader('content-type', 'application/json').end(JSON.stringify(signer.jwks)) })
  const config = parseQueryGatewayConfig({
    NATS_URL: nats.url, NATS_TOKEN: nats.token, PUBLIC_URL: issuer, IDENTITY_URL: identityUrl, CONTROL_PLANE_URL: 'http://127.0.0.1:1', ENGINE_SOCKET: '/nowhere',
    INTERNAL_TOKEN: 'an-internal-token-of-tests', ...variables,
  })
  const service = await gatewayTo({ sqlite: engine, bitmap: silent }, config, logger, { ready: async () => undefined, close: async () => undefined })
  const url = await open((request, response) => service.handle(request, response))
  return {
    url, ports, service, connection, said, registered, unknown,
    tokenOf: (orgId = newId<OrgId>(), userId = newId<UserId>()) => signer.sign({
      sub: userId, org_id: orgId, sid: newId<string>(), epoch: 0, token_use: 'id', jti: newId<string>(), email: 'a@b.test', given_name: 'A', family_name: 'B', founder: true,
      org_name: 'Org', server_admin: false,
    }),
    async close() {
      await service.close()
      await connection.close()
      for (const server of servers) { server.closeAllConnections(); server.close() }
      await nats.stop()
    },
  }
}
