// Starts one Postgres and one NATS for a test run: the embedded programs, or containers when TEST_INFRA=containers.
import { execFile } from 'node:child_process'
import { mkdtemp, readdir, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { promisify } from 'node:util'
import { isAlive } from '../ready/is-alive.mjs'

const run = promisify(execFile)
const root = path.resolve(import.meta.dirname, '../..')
const prefix = 'tenantry-test-'
const password = 'test'
const token = 'test'

/** Removes the folders of runs that were killed; their servers died with them. */
const removeAbandoned = async () => {
  const folders = (await readdir(tmpdir())).filter((name) => name.startsWith(prefix) && !isAlive(Number(name.slice(prefix.length).split('-')[0])))
  await Promise.all(folders.map((name) => rm(path.join(tmpdir(), name), { recursive: true, force: true, maxRetries: 5 })))
}

const newestChange = async (folder) => {
  const files = await readdir(folder, { recursive: true, withFileTypes: true })
  const times = await Promise.all(files.filter((file) => file.isFile()).map(async (file) => (await stat(path.join(file.parentPath, file.name))).mtimeMs))
  return Math.max(0, ...times)
}

/** A setup file is run as it is, so it needs the compiled library, also when jest is called by hand. */
const compiledEmbedded = async () => {
  const folder = path.join(root, 'libs/embedded')
  const built = await stat(path.join(folder, 'dist/index.js')).catch(() => undefined)
  if (!built || built.mtimeMs < await newestChange(path.join(folder, 'src'))) {
    await run(process.execPath, [path.join(root, 'tools/build.mjs')], { cwd: folder, timeout: 60_000 })
  }
  return import(path.join(folder, 'dist/index.js'))
}

const startEmbedded = async () => {
  const { startNats, startPostgres } = await compiledEmbedded()
  await removeAbandoned()
  const folder = await mkdtemp(path.join(tmpdir(), `${prefix}${process.pid}-`))
  const started = await Promise.allSettled([
    startPostgres({ dataDir: path.join(folder, 'postgres'), password, durable: false }),
    startNats({ storeDir: path.join(folder, 'nats'), token }),
  ])
  const stop = async () => {
    await Promise.all(started.map((server) => server.value?.stop()))
    await rm(folder, { recursive: true, force: true, maxRetries: 5 })
  }
  const failure = started.find((server) => server.status === 'rejected')
  if (failure) {
    await stop()
    throw failure.reason
  }
  const [postgres, nats] = started.map((server) => server.value)
  return { postgresUrl: postgres.url('postgres'), natsUrl: nats.url, natsToken: token, stop }
}

const startContainers = async () => {
  const { GenericContainer, Wait } = await import('testcontainers')
  const postgres = await new GenericContainer('postgres:18-alpine').withEnvironment({ POSTGRES_PASSWORD: password })
    .withCommand(['postgres', '-c', 'fsync=off', '-c', 'max_connections=60']).withExposedPorts(5432)
    .withWaitStrategy(Wait.forLogMessage(/database system is ready to accept connections/, 2)).withStartupTimeout(60_000).start()
  try {
    const nats = await new GenericContainer('nats:2-alpine').withCommand(['-js', '--auth', token]).withExposedPorts(4222)
      .withWaitStrategy(Wait.forLogMessage(/Server is ready/)).withStartupTimeout(60_000).start()
    return {
      postgresUrl: `postgres://postgres:${password}@${postgres.getHost()}:${postgres.getMappedPort(5432)}/postgres`,
      natsUrl: `nats://${nats.getHost()}:${nats.getMappedPort(4222)}`,
      natsToken: token,
      stop: async () => { await Promise.all([postgres.stop(), nats.stop()]) },
    }
  } catch (error) {
    await postgres.stop()
    throw error
  }
}

export const startInfra = () => process.env.TEST_INFRA === 'containers' ? startContainers() : startEmbedded()
