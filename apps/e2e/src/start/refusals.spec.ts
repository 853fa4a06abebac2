import { once } from 'node:events'
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { type Server, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { killStarted, nobodyIsLeft, startSingle } from './single.process.js'

let folder: string
let dataDir: string
const servers: Server[] = []

const listen = async (greeting: string): Promise<number> => {
  const server = createServer((socket) => { socket.on('error', () => undefined).write(greeting) }).listen(0, '127.0.0.1')
  servers.push(server)
  await once(server, 'listening')
  const address = server.address()
  return typeof address === 'object' && address ? address.port : 0
}

const refusal = async (env: Readonly<Record<string, string>>): Promise<string> => {
  const single = startSingle({ DATA_DIR: dataDir, ...env })
  const timer = setTimeout(() => single.process.kill('SIGTERM'), 60_000)
  const { code, output } = await single.ended
  clearTimeout(timer)
  expect(code).toBe(78)
  await nobodyIsLeft(dataDir)
  return output.trim()
}

const entries = async (): Promise<readonly string[]> => (await readdir(dataDir)).sort()

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'tenantry-refuse-'))
  dataDir = path.join(folder, 'data')
})

afterEach(async () => {
  await killStarted()
  for (const server of servers.splice(0)) server.close()
  await rm(folder, { recursive: true, force: true, maxRetries: 5 })
})

it('refuses a taken port before it makes anything', async () => {
  const port = await listen('')
  expect(await refusal({ PORT: String(port) })).toBe(`Port ${port} on 127.0.0.1 is taken by another program; set PORT to a free one.`)
  expect(await readdir(folder)).toEqual([])
}, 30_000)

it('refuses a folder with somebody else\'s files and leaves them alone', async () => {
  await mkdir(dataDir)
  await writeFile(path.join(dataDir, 'letter.txt'), 'dear')
  expect(await refusal({})).toMatch(/^DATA_DIR \S+ holds files that are not Tenantry's \(letter\.txt\); choose an empty folder[^\n]*$/)
  expect(await entries()).toEqual(['letter.txt'])
}, 30_000)

it('refuses a folder that a newer program has written', async () => {
  await mkdir(dataDir)
  await writeFile(path.join(dataDir, 'tenantry.json'), '{"program":"tenantry","format":99}')
  expect(await refusal({})).toMatch(/^DATA_DIR \S+ was written by a newer Tenantry \(format 99, this one knows \d+\); start that version\.$/)
  expect(await entries()).toEqual(['tenantry.json'])
}, 30_000)

it('refuses a folder whose marker is broken', async () => {
  await mkdir(dataDir)
  await writeFile(path.join(dataDir, 'tenantry.json'), '{"program":')
  expect(await refusal({})).toMatch(/^DATA_DIR \S+ is broken: tenantry\.json in it cannot be read; restore the folder from a backup\.$/)
}, 30_000)

it('refuses a path that is a file', async () => {
  await writeFile(dataDir, 'x')
  expect(await refusal({})).toMatch(/^DATA_DIR \S+ cannot be used as a folder: [^\n]*$/)
}, 30_000)

it('refuses a folder that another instance uses, and leaves that one running', async () => {
  const first = startSingle({ DATA_DIR: dataDir })
  const url = await first.ready
  const second = startSingle({ DATA_DIR: dataDir })
  const { code, output } = await second.ended
  expect([code, output.trim()]).toEqual([78, `Another Tenantry (process ${first.process.pid}) uses DATA_DIR ${dataDir}; stop it, or choose another DATA_DIR.`])
  expect((await fetch(`${url}/readyz`)).status).toBe(200)
}, 30_000)

it('refuses to make a new secret when an old one is gone', async () => {
  const first = startSingle({ DATA_DIR: dataDir })
  await first.ready
  first.process.kill('SIGTERM')
  await first.ended
  await rm(path.join(dataDir, 'secrets', 'sealing-key'))
  expect(await refusal({})).toMatch(/^The secret \S+sealing-key is missing, [^\n]*; restore the file from a backup\.$/)
  await writeFile(path.join(dataDir, 'secrets', 'sealing-key'), '', { mode: 0o600 })
  expect(await refusal({})).toMatch(/^The secret \S+sealing-key is damaged; [^\n]*$/)
}, 60_000)

it('refuses a NATS server that is too old, and names both versions', async () => {
  const port = await listen('INFO {"version":"2.9.10","jetstream":true}\r\n')
  expect(await refusal({ NATS_URL: `nats://127.0.0.1:${port}` })).toMatch(/^The server at 127\.0\.0\.1:\d+ is NATS 2\.9\.10, and this program needs 2\.12\.4 or later: [^\n]*$/)
}, 30_000)

it('refuses a Postgres that nobody answers for', async () => {
  expect(await refusal({ DATABASE_URL: 'postgres://nobody@127.0.0.1:1/none' })).toMatch(/^Postgres at 127\.0\.0\.1:1 cannot be used: [^\n]*ECONNREFUSED[^\n]*$/)
}, 30_000)

it('tells every wrong value at once, and starts nothing', async () => {
  const said = await refusal({ PORT: 'eighty', TLS: 'perhaps', DRAIN_SECONDS: '-1', TRUSTED_PROXIES: 'everybody' })
  expect(said.split('\n')[0]).toBe('The configuration is wrong:')
  for (const name of ['PORT', 'TLS', 'DRAIN_SECONDS', 'TRUSTED_PROXIES']) expect(said).toMatch(new RegExp(`^  ${name}: `, 'm'))
  expect(await readdir(folder)).toEqual([])
}, 30_000)

it('refuses an address that others can reach without TLS, unless it is told that this is meant', async () => {
  expect(await refusal({ HOST: '0.0.0.0' })).toMatch(/^ {2}HOST: 0\.0\.0\.0 can be reached by other machines: /m)
  const single = startSingle({ DATA_DIR: dataDir, HOST: '0.0.0.0', INSECURE: '1' })
  expect((await fetch(`${await single.ready}/healthz`)).status).toBe(200)
}, 30_000)
