import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import pg from 'pg'
import { CannotStart } from '../cannot-start.js'
import { commandLineOf } from '../process-table.js'
import { waitFor } from '../wait.js'
import { startPostgres, type Postgres } from './start.js'

const password = 'a "pass" word%'
let folder: string
let started: Postgres[] = []

const start = async (port?: number): Promise<Postgres> => {
  const server = await startPostgres({ dataDir: path.join(folder, 'pg'), password, durable: false, ...(port !== undefined && { port }) })
  started.push(server)
  return server
}

const ask = async (server: Postgres, sql: string): Promise<unknown> => {
  const client = new pg.Client({ connectionString: server.url('postgres'), connectionTimeoutMillis: 5_000 })
  client.on('error', () => undefined)
  await client.connect()
  try {
    const { rows } = await client.query<{ answer: unknown }>(sql)
    return rows[0]?.answer
  } finally {
    await client.end()
  }
}

const isGone = (pid: number): Promise<true | undefined> => waitFor(async () => await commandLineOf(pid) ? undefined : true, 10)

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'tenantry-embedded-'))
})

afterEach(async () => {
  await Promise.all(started.map((server) => server.stop()))
  started = []
  await rm(folder, { recursive: true, force: true, maxRetries: 5 })
})

it('answers with checksums on, by password only, and on the loopback address only', async () => {
  const server = await start()
  expect(await ask(server, `select current_setting('data_checksums') || current_setting('listen_addresses') as answer`)).toBe('on127.0.0.1')
  expect(await ask(server, `select rolpassword like 'SCRAM-SHA-256%' as answer from pg_authid where rolname = 'postgres'`)).toBe(true)
  const stranger = new pg.Client({ connectionString: server.url('postgres', 'postgres', 'wrong') })
  await expect(stranger.connect()).rejects.toThrow('password authentication failed')
})

it('writes every commit to the disk when it is asked to be durable, whatever the settings files say', async () => {
  const dataDir = path.join(folder, 'pg')
  const first = await start()
  await ask(first, 'alter system set fsync = off')
  await first.stop()
  const server = await startPostgres({ dataDir, password, durable: true })
  started.push(server)
  expect(await ask(server, `select current_setting('fsync') || current_setting('synchronous_commit') || current_setting('full_page_writes') as answer`))
    .toBe('ononon')
})

it('finds its data again after a stop, and tells that the end was asked for', async () => {
  const first = await start()
  await ask(first, 'create table kept as select 7 as answer')
  await first.stop()
  expect(await first.exited).toEqual({ code: 0, signal: null, asked: true })
  expect(await commandLineOf(first.pid)).toBeUndefined()
  expect(await ask(await start(), 'select answer from kept')).toBe(7)
})

it('starts again after a kill and tells that nobody had asked for the end', async () => {
  const first = await start()
  await ask(first, 'create table kept as select 7 as answer')
  await ask(first, 'checkpoint')
  process.kill(first.pid, 'SIGKILL')
  expect(await first.exited).toEqual({ code: null, signal: 'SIGKILL', asked: false })
  expect(await ask(await start(), 'select answer from kept')).toBe(7)
})

it('ends a server that an earlier run left running on the same directory', async () => {
  const orphan = await start()
  await ask(orphan, 'create table kept as select 7 as answer')
  const server = await start()
  expect(await isGone(orphan.pid)).toBe(true)
  expect(await ask(server, 'select answer from kept')).toBe(7)
})

it('leaves a stranger alone that was given the process id of an earlier run', async () => {
  const first = await start()
  await first.stop()
  const stranger = spawn('sleep', ['60'])
  await writeFile(path.join(folder, 'pg', 'postmaster.pid'), `${stranger.pid}\n${path.join(folder, 'pg')}\n1\n5432\n\n127.0.0.1\n1 1\nready\n`)
  expect(await ask(await start(), 'select 1 as answer')).toBe(1)
  expect(stranger.exitCode ?? stranger.signalCode).toBeNull()
  stranger.kill('SIGKILL')
})

it('takes another port when the one it prefers is taken', async () => {
  const blocker = createServer().listen(0, '127.0.0.1')
  await once(blocker, 'listening')
  const address = blocker.address()
  const taken = typeof address === 'object' && address ? address.port : 0
  const server = await start(taken)
  expect(server.port).not.toBe(taken)
  expect(await ask(server, 'select 1 as answer')).toBe(1)
  blocker.close()
})

it('fails when the port that it must have is taken, and starts once it is free', async () => {
  const first = await start()
  await first.stop()
  const stranger = createServer().listen(first.port, '127.0.0.1')
  await once(stranger, 'listening')
  const again = (): Promise<Postgres> => startPostgres({ dataDir: path.join(folder, 'pg'), password, durable: false, port: first.port, exactPort: true })
  await expect(again()).rejects.toThrow(CannotStart)
  await new Promise((resolve) => stranger.close(resolve))
  const second = await again()
  started.push(second)
  expect(second.port).toBe(first.port)
})

it('removes what a killed first start left behind', async () => {
  await mkdir(path.join(folder, 'pg.unfinished-1234', 'base'), { recursive: true })
  await start()
  expect((await readdir(folder)).sort()).toEqual(['pg'])
})

it('refuses data of another version in one sentence and leaves them as they are', async () => {
  await mkdir(path.join(folder, 'pg'))
  await writeFile(path.join(folder, 'pg', 'PG_VERSION'), '15\n')
  await expect(start()).rejects.toThrow(/is of Postgres 15 and this program brings Postgres \d+: start it with the release that wrote the data/)
  expect(await readFile(path.join(folder, 'pg', 'PG_VERSION'), 'utf8')).toBe('15\n')
})

it('refuses a folder that holds something else', async () => {
  await mkdir(path.join(folder, 'pg'))
  await writeFile(path.join(folder, 'pg', 'letter.txt'), 'dear')
  await expect(start()).rejects.toThrow('is not empty and holds no Postgres data')
})

it('leaves no process behind when the start is called off', async () => {
  const calling = new AbortController()
  const lines: string[] = []
  const onLog = (line: string): void => {
    lines.push(line)
    if (line.includes('starting PostgreSQL')) calling.abort(new Error('called off'))
  }
  await expect(startPostgres({ dataDir: path.join(folder, 'pg'), password, durable: false, onLog, signal: calling.signal })).rejects.toThrow('called off')
  expect(await isGone(Number(/\[(\d+)\]/.exec(lines[0] ?? '')?.[1]))).toBe(true)
})
