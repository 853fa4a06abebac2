import { once as onceEvent } from 'node:events'
import http from 'node:http'
import type { AddressInfo } from 'node:net'
import { jetstream } from '@nats-io/jetstream'
import { type BuiltInRole, type DatabaseFact, type DatabaseId, type OrgId, type SessionId, type UserId, newId } from '@tenantry/contracts'
import { connectNats } from '@tenantry/events'
import { type RunningService, createLogger } from '@tenantry/service'
import { testDatabase, testNats, testSigner, until } from '@tenantry/testing'
import pg from 'pg'
import { createControlPlane, migrateControlPlane, parseControlPlaneConfig } from '../index.js'

export interface Person { readonly userId: UserId; readonly orgId: OrgId; readonly sessionId: SessionId; readonly token: string }

export interface Answer { readonly status: number; readonly text: string; readonly json: Record<string, unknown>; readonly headers: Headers }

const issuer = 'http://tenantry.test'
const logger = createLogger('test', 'silent')

/** A control plane with tables and a NATS of its own, and what a test says to it. */
export const runningControlPlane = async (settings: Readonly<Record<string, string>> = {}) => {
  const [database, nats, signer] = await Promise.all([testDatabase('control_plane'), testNats(), testSigner(issuer)])
  let natsRuns = true
  const stopNats = async (): Promise<void> => {
    if (natsRuns) await nats.stop()
    natsRuns = false
  }
  const closing: (() => Promise<unknown>)[] = [() => database.drop(), stopNats]
  const open = async (listener: http.RequestListener): Promise<string> => {
    const server = http.createServer(listener).listen(0, '127.0.0.1')
    await onceEvent(server, 'listening')
    closing.push(async () => { server.closeAllConnections(); server.close() })
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  }
  const identityUrl = await open((_request, response) => { response.setHeader('content-type', 'application/json').end(JSON.stringify(signer.jwks)) })
  const config = parseControlPlaneConfig({
    DATABASE_URL: database.url, NATS_URL: nats.url, NATS_TOKEN: nats.token, PUBLIC_URL: issuer, IDENTITY_URL: identityUrl,
    INTERNAL_TOKEN: 'an-internal-token-of-tests', SWEEP_SECONDS: '1', ...settings,
  })
  await migrateControlPlane(config)
  /** Another process of the service over the same records. */
  const another = async (): Promise<{ base: string; service: RunningService }> => {
    const made = await createControlPlane(config, logger)
    let closed: Promise<void> | undefined
    const service: RunningService = { ...made, close: () => closed ??= made.close() }
    closing.push(() => service.close())
    return { service, base: await open((request, response) => service.handle(request, response)) }
  }
  const anotherClient = async (): Promise<pg.Client> => {
    const client = new pg.Client({ connectionString: database.url })
    await client.connect()
    return client
  }
  const { base, service } = await another()
  const connection = await connectNats({ ...nats, name: 'test' }, logger)
  const records = await anotherClient()
  closing.push(() => connection.close(), () => records.end())

  const person = async (about: Partial<Person> & { readonly founder?: boolean; readonly exp?: number; readonly inviteId?: string } = {}): Promise<Person> => {
    const { userId = newId<UserId>(), orgId = newId<OrgId>(), sessionId = newId<SessionId>(), founder = about.inviteId === undefined, exp, inviteId } = about
    const email = `${userId}@example.test`
    const token = await signer.sign({
      sub: userId, org_id: orgId, sid: sessionId, epoch: 0, token_use: 'id', jti: newId<string>(), email, given_name: 'Ada', family_name: 'Byron', founder,
      org_name: `Organization for ${email}`, server_admin: false, ...(inviteId !== undefined && { invite_id: inviteId }), ...(exp !== undefined && { exp, iat: exp - 3_600 }),
    }, { typ: 'JWT' })
    return { userId, orgId, sessionId, token }
  }

  const call = async (who: Person | undefined, method: string, path: string, body?: unknown, headers: Record<string, string> = {}): Promise<Answer> => {
    const response = await fetch(base + path, {
      method,
      headers: { ...(who && { authorization: `Bearer ${who.token}` }), ...(body !== undefined && { 'content-type': 'application/json' }), ...headers },
      ...(body !== undefined && { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(20_000),
    })
    const text = await response.text()
    return { status: response.status, text, json: (text.startsWith('{') ? JSON.parse(text) : {}) as Record<string, unknown>, headers: response.headers }
  }

  /** Another member of somebody's org, with a role in it. */
  const member = async (owner: Person, role: BuiltInRole): Promise<Person> => {
    await call(owner, 'GET', '/v2/users/current')
    const one = await person({ orgId: owner.orgId, founder: false })
    await records.query('INSERT INTO users (id, email, firstname, lastname, updated_by) VALUES ($1, $2, $3, $3, $1)', [one.userId, `${one.userId}@example.test`, 'Bob'])
    await records.query(`INSERT INTO memberships (org_id, user_id, role, status, updated_by) VALUES ($1, $2, $3, 'Active', $2)`, [one.orgId, one.userId, role])
    return one
  }

  const create = async (who: Person, name: string = newId<string>()): Promise<DatabaseId> => (await call(who, 'POST', '/v2/databases', { name, database_options: {} })).json['id'] as DatabaseId

  /** Says what the provisioner would. */
  const report = async (who: Person, id: DatabaseId, fact: DatabaseFact, version = 1, reason?: string): Promise<void> => {
    const seen = JSON.stringify({
      id: newId<string>(), at: new Date().toISOString(), databaseId: id, orgId: who.orgId, generation: 1, version, fact, ...(reason !== undefined && { reason }),
    })
    await until('the stream of the provisioner is there', () => jetstream(connection).publish('provisioner.database.seen', seen))
  }

  const stateOf = async (who: Person, id: DatabaseId): Promise<unknown> => (await call(who, 'GET', `/v2/databases/${id}`)).json['database_status']

  const close = async (): Promise<void> => {
    for (const end of closing.reverse()) await end()
  }
  return { base, service, databaseUrl: database.url, another, anotherClient, records, nats: { stop: stopNats }, connection, person, member, call, create, report, stateOf, close }
}

export type RunningControlPlane = Awaited<ReturnType<typeof runningControlPlane>>
