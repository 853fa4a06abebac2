import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import http from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { jetstreamManager } from '@nats-io/jetstream'
import { connectNats } from '@tenantry/events'
import { createLogger } from '@tenantry/service'
import { testDatabase, testNats, until } from '@tenantry/testing'
import pg from 'pg'
import { createIdentity, migrateIdentity, parseIdentityConfig } from '../index.js'

const logger = createLogger('identity-test', 'silent')

/** The service over a Postgres and a NATS of its own. `controlPlane` answers what it asks of the control plane over HTTP. */
export const runningIdentity = async (controlPlane: http.RequestListener, settings: Readonly<Record<string, string>>) => {
  const [database, nats, folder] = await Promise.all([testDatabase('identity'), testNats(), mkdtemp(path.join(tmpdir(), 'tenantry-identity-'))])
  const closing: (() => unknown)[] = []
  const open = async (handle: http.RequestListener): Promise<string> => {
    const server = http.createServer(handle).listen(0, '127.0.0.1')
    await once(server, 'listening')
    closing.push(() => { server.closeAllConnections(); server.close() })
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  }
  const controlPlaneUrl = await open(controlPlane)
  const records = new pg.Pool({ connectionString: database.url, max: 2 })
  const connection = await connectNats({ url: nats.url, token: nats.token, name: 'test' }, logger)
  /** Another process of the service over the same records. */
  const start = async (changes: Readonly<Record<string, string>> = {}): Promise<string> => {
    const config = parseIdentityConfig({
      DATABASE_URL: database.url, NATS_URL: nats.url, NATS_TOKEN: nats.token, PUBLIC_URL: 'https://db.example.com', IDENTITY_URL: 'http://127.0.0.1:1',
      CONTROL_PLANE_URL: controlPlaneUrl, INTERNAL_TOKEN: 'an-internal-token-for-tests', SEALING_KEY: Buffer.alloc(32, 1).toString('base64url'),
      PEPPER: Buffer.alloc(32, 2).toString('base64url'), BCRYPT_COST: '4', POOL_SIZE: '5', MAIL_DIR: path.join(folder, 'mail'), ...settings, ...changes,
    })
    await migrateIdentity(config)
    const service = await createIdentity(config, logger)
    closing.push(() => service.close())
    return await open((request, response) => service.handle(request, response))
  }
  const base = await start()
  await until('the stream is there', () => jetstreamManager(connection).then((manager) => manager.streams.info('CONTROL')).then(() => true, () => false))
  const close = async (): Promise<void> => {
    for (const end of closing.reverse()) await end()
    await connection.close()
    await records.end()
    await nats.stop()
    await database.drop()
    await rm(folder, { recursive: true, force: true })
  }
  return { base, start, records, connection, folder, close }
}
export type RunningIdentity = Awaited<ReturnType<typeof runningIdentity>>
