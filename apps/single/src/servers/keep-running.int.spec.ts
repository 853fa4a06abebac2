import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { type Logger, createLogger } from '@tenantry/service'
import { until } from '@tenantry/testing'
import { keepNats } from './nats.js'
import { keepPostgres } from './postgres.js'

const secret = 'a-secret-for-these-tests'
const never = new AbortController().signal
let dataDir: string

const listeningLogger = (said: string[]): Logger => {
  const logger = createLogger('test', 'silent')
  logger.error = (...words: unknown[]): void => { said.push(String(words[1])) }
  return logger
}

/** Takes the port as soon as the one who has it lets it go. */
const holding = (port: number) => until('the port can be taken', async () => {
  const server = createServer()
  const taken = await once(server.listen(port, '127.0.0.1'), 'listening').then(() => true, () => false)
  return taken ? server : undefined
}, 10_000, 1)

const answersAt = (port: number): Promise<boolean> => fetch(`http://127.0.0.1:${port}/`).then(() => true, (error: Error) => !String(error.cause).includes('ECONNREFUSED'))

beforeEach(async () => { dataDir = await mkdtemp(path.join(tmpdir(), 'tenantry-single-')) })
afterEach(() => rm(dataDir, { recursive: true, force: true, maxRetries: 5 }))

it.each([['NATS', keepNats], ['Postgres', keepPostgres]])('brings %s back to the port where its clients look, however long another program holds it', async (_name, keep) => {
  const said: string[] = []
  const kept = await keep(dataDir, secret, listeningLogger(said), never)
  try {
    process.kill(kept.first.pid, 'SIGKILL')
    await kept.first.exited
    const stranger = await holding(kept.first.port)
    await until('the start has failed twice', () => said.filter((line) => line.includes('could not be started again')).length >= 2)
    expect(kept.pid()).toBeUndefined()
    stranger.close()
    await until('the server runs again', () => kept.pid(), 20_000)
    expect(await answersAt(kept.first.port)).toBe(true)
  } finally {
    await kept.stop()
  }
}, 60_000)
