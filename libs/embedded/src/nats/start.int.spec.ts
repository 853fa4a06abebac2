import { spawn } from 'node:child_process'
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { jetstream, jetstreamManager } from '@nats-io/jetstream'
import { connect, type NatsConnection } from '@nats-io/transport-node'
import { CannotStart } from '../cannot-start.js'
import { commandLineOf } from '../process-table.js'
import { checkNats } from './check.js'
import { startNats, type Nats } from './start.js'

const token = 'a "token"'
let storeDir: string
let started: Nats[] = []

const start = async (port?: number): Promise<Nats> => {
  const server = await startNats({ storeDir, token, ...(port !== undefined && { port }) })
  started.push(server)
  return server
}

const within = async <T>(server: Nats, work: (connection: NatsConnection) => Promise<T>): Promise<T> => {
  const connection = await connect({ servers: server.url, token: server.token, timeout: 5_000, reconnect: false })
  try {
    return await work(connection)
  } finally {
    await connection.close()
  }
}

const keepOne = (server: Nats): Promise<void> => within(server, async (connection) => {
  await (await jetstreamManager(connection)).streams.add({ name: 'KEPT', subjects: ['kept.>'] })
  await jetstream(connection).publish('kept.one', 'seven')
})

const countKept = (server: Nats): Promise<number> =>
  within(server, async (connection) => (await (await jetstreamManager(connection)).streams.info('KEPT')).state.messages)

beforeEach(async () => {
  storeDir = await mkdtemp(path.join(tmpdir(), 'tenantry-embedded-'))
})

afterEach(async () => {
  await Promise.all(started.map((server) => server.stop()))
  started = []
  await rm(storeDir, { recursive: true, force: true, maxRetries: 5 })
})

it('finds its streams again after a stop, and tells that the end was asked for', async () => {
  const first = await start()
  await keepOne(first)
  await first.stop()
  expect((await first.exited).asked).toBe(true)
  expect(await countKept(await start())).toBe(1)
})

it('keeps what it acknowledged when it is killed right after', async () => {
  const first = await start()
  await keepOne(first)
  process.kill(first.pid, 'SIGKILL')
  expect((await first.exited).asked).toBe(false)
  expect(await countKept(await start())).toBe(1)
})

it('writes to the disk before it acknowledges, and shows its token to nobody else', async () => {
  await start()
  const settings = path.join(storeDir, 'nats.conf')
  const written = await readFile(settings, 'utf8')
  expect(written).toMatch(/sync_interval: always/)
  expect(written).not.toContain('a \"token')
  expect((await stat(settings)).mode & 0o777).toBe(0o600)
})

it('lets nobody in without the token', async () => {
  const server = await start()
  await expect(connect({ servers: server.url, timeout: 5_000, reconnect: false })).rejects.toThrow(/Authorization Violation/i)
})

it('ends a server that an earlier run left running on the same store', async () => {
  const orphan = await start()
  await keepOne(orphan)
  expect(await countKept(await start())).toBe(1)
  expect(await commandLineOf(orphan.pid)).toBeUndefined()
})

it('leaves a stranger alone that was given the process id of an earlier run', async () => {
  await (await start()).stop()
  const stranger = spawn('sleep', ['60'])
  await writeFile(path.join(storeDir, 'nats.pid'), String(stranger.pid))
  await start()
  expect(stranger.exitCode ?? stranger.signalCode).toBeNull()
  stranger.kill('SIGKILL')
})

it('takes another port when the one it prefers is taken', async () => {
  const first = await start()
  const other = await mkdtemp(path.join(tmpdir(), 'tenantry-embedded-'))
  const second = await startNats({ storeDir: other, token, port: first.port })
  started.push(second)
  expect(second.port).not.toBe(first.port)
  await rm(other, { recursive: true, force: true })
})

it('fails when the port that it must have is taken, and starts once it is free', async () => {
  const first = await start()
  const other = await mkdtemp(path.join(tmpdir(), 'tenantry-embedded-'))
  const again = (): Promise<Nats> => startNats({ storeDir: other, token, port: first.port, exactPort: true })
  await expect(again()).rejects.toThrow(CannotStart)
  await first.stop()
  const second = await again()
  started.push(second)
  expect(second.port).toBe(first.port)
  await second.stop()
  await rm(other, { recursive: true, force: true })
})

it('is accepted by the check that a server from elsewhere must pass', async () => {
  const server = await start()
  await expect(checkNats(server.url)).resolves.toBeUndefined()
})
