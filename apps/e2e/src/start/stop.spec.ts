import { once } from 'node:events'
import { mkdtemp, readFile, readdir, rm } from 'node:fs/promises'
import type { IncomingMessage } from 'node:http'
import https from 'node:https'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { killStarted, nobodyIsLeft, processesOf, standIn, startProgram, startSingle, until } from './single.process.js'

let folder: string
let dataDir: string

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'tenantry-start-'))
  dataDir = path.join(folder, 'data')
})

afterEach(async () => {
  await killStarted()
  await rm(folder, { recursive: true, force: true, maxRetries: 5 })
}, 30_000)

const keep = async (url: string, word: string): Promise<number> => (await fetch(`${url}/v2/databases`, { method: 'POST', body: word })).status
const kept = async (url: string): Promise<readonly string[]> => (await (await fetch(`${url}/v2/databases`)).json() as { word: string }[]).map(({ word }) => word)
const slowly = (url: string): Promise<Response> => fetch(`${url}/v2/shapes`)
const refuses = async (url: string): Promise<boolean> => await fetch(`${url}/healthz`).then(() => false, () => true)

it('answers from the moment of the ready line, and finds its data again at the next start', async () => {
  const first = startSingle({ DATA_DIR: dataDir })
  const url = await first.ready
  expect((await fetch(`${url}/readyz`)).status).toBe(200)
  expect(await keep(url, 'one')).toBe(200)
  expect(first.output().trimEnd().split('\n').at(-1)).toBe(`Tenantry is ready: ${url}`)
  first.process.kill('SIGTERM')
  expect(await first.ended).toMatchObject({ code: 0, signal: null })
  await nobodyIsLeft(dataDir)

  expect(await kept(await startSingle({ DATA_DIR: dataDir }).ready)).toEqual(['one'])
}, 60_000)

it('lets a request in flight end after SIGTERM, and takes no new one', async () => {
  const single = startSingle({ DATA_DIR: dataDir })
  const url = await single.ready
  const inFlight = slowly(url)
  await until('the request is on its way', async () => (await fetch(`${url}/healthz`)).ok)
  single.process.kill('SIGTERM')
  await until('new connections are refused', () => refuses(url))
  const answer = await inFlight
  expect([answer.status, await answer.json()]).toEqual([200, ['slow']])
  expect((await single.ended).code).toBe(0)
  await nobodyIsLeft(dataDir)
}, 60_000)

it('ends at once at a second signal, and takes its children along', async () => {
  const single = startSingle({ DATA_DIR: dataDir })
  const url = await single.ready
  const inFlight = slowly(url).catch(() => 'cut')
  await until('the request is on its way', async () => (await fetch(`${url}/healthz`)).ok)
  single.process.kill('SIGINT')
  await until('new connections are refused', () => refuses(url))
  single.process.kill('SIGINT')
  expect((await single.ended).code).toBe(1)
  expect(await inFlight).toBe('cut')
  await nobodyIsLeft(dataDir)
}, 60_000)

it('stops cleanly when it is told to before it is ready', async () => {
  const single = startSingle({ DATA_DIR: dataDir })
  await until('Postgres is on its way', async () => (await processesOf(dataDir)).length > 2)
  single.process.kill('SIGTERM')
  expect((await single.ended).code).toBe(0)
  await nobodyIsLeft(dataDir)
  await startSingle({ DATA_DIR: dataDir }).ready
}, 60_000)

it('drains at a Ctrl-C in a terminal, which reaches the whole foreground group', async () => {
  const terminal = startProgram('script', ['-qec', `exec ${process.execPath} ${standIn}`, '/dev/null'], { DATA_DIR: dataDir, SHELL: '/bin/sh' })
  const url = await terminal.ready
  const inFlight = slowly(url)
  await until('the request is on its way', async () => (await fetch(`${url}/healthz`)).ok)
  terminal.process.stdin?.write('\u0003')
  expect((await inFlight).status).toBe(200)
  expect((await terminal.ended).code).toBe(0)
  await nobodyIsLeft(dataDir)
}, 60_000)

it('brings Postgres, NATS and the engine host back when they die', async () => {
  const url = await startSingle({ DATA_DIR: dataDir }).ready
  expect(await keep(url, 'before')).toBe(200)
  const before = await processesOf(dataDir)
  const [main = 0, ...servers] = [...before].sort((one, other) => one - other)
  expect(servers.length).toBeGreaterThan(4)
  for (const pid of servers) try { process.kill(pid, 'SIGKILL') } catch { /* It has died with its parent. */ }
  await until('the data can be written again', async () => await keep(url, 'after').catch(() => 0) === 200, 20)
  expect(await kept(url)).toEqual(['after', 'before'])
  await until('all servers run again', async () => {
    const now = await processesOf(dataDir)
    return now.includes(main) && now.length >= before.length && !servers.some((pid) => now.includes(pid))
  }, 20)
}, 60_000)

it('uses the Postgres and the NATS that it is given, and starts none of its own', async () => {
  const lender = startSingle({ DATA_DIR: path.join(folder, 'lender') })
  const lenderUrl = await lender.ready
  const secret = (name: string): Promise<string> => readFile(path.join(folder, 'lender', 'secrets', name), 'utf8').then((text) => text.trim())
  const postgresPort = (await readFile(path.join(folder, 'lender', 'postgres', 'postmaster.pid'), 'utf8')).split('\n')[3]
  const natsPort = /^port: (\d+)$/m.exec(await readFile(path.join(folder, 'lender', 'nats', 'nats.conf'), 'utf8'))?.[1]
  const given = {
    DATA_DIR: dataDir, NATS_URL: `nats://127.0.0.1:${natsPort}`, NATS_TOKEN: await secret('nats-token'),
    DATABASE_URL: `postgres://postgres:${await secret('postgres-password')}@127.0.0.1:${postgresPort}/postgres`,
  }
  const borrower = startSingle(given)
  const url = await borrower.ready
  expect([await keep(url, 'borrowed'), await keep(lenderUrl, 'own')]).toEqual([200, 200])
  expect([await kept(url), await kept(lenderUrl)]).toEqual([['borrowed'], ['own']])
  expect(await readdir(dataDir)).not.toEqual(expect.arrayContaining(['postgres']))
  borrower.process.kill('SIGTERM')
  expect((await borrower.ended).code).toBe(0)
  await nobodyIsLeft(dataDir)

  await rm(path.join(dataDir, 'secrets'), { recursive: true })
  const robbed = await startSingle(given).ended
  expect([robbed.code, robbed.output]).toEqual([78, expect.stringContaining('restore the folder from a backup')])
}, 60_000)

it('speaks TLS with a certificate of its own authority when it is asked to', async () => {
  const single = startSingle({ DATA_DIR: dataDir, TLS: 'auto' })
  const url = await single.ready
  expect(url).toMatch(/^https:/)
  const authority = /^Clients must trust (\S+)\.$/m.exec(single.output())?.[1] ?? ''
  const asking = https.get(`${url}/readyz`, { ca: await readFile(authority, 'utf8'), agent: false })
  const [answer] = await once(asking, 'response') as [IncomingMessage]
  answer.resume()
  expect(answer.statusCode).toBe(200)
}, 60_000)

it('runs twice side by side on two folders', async () => {
  const [one, other] = await Promise.all([startSingle({ DATA_DIR: dataDir }).ready, startSingle({ DATA_DIR: path.join(folder, 'other') }).ready])
  expect(one).not.toBe(other)
  expect([await keep(one, 'one'), await keep(other, 'other')]).toEqual([200, 200])
  expect([await kept(one), await kept(other)]).toEqual([['one'], ['other']])
}, 60_000)
