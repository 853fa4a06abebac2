import { execFile } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { promisify } from 'node:util'
import { killStarted, nobodyIsLeft, startSingle, until } from './single.process.js'

const run = promisify(execFile)
const main = path.resolve(import.meta.dirname, '../../../single/dist/main.js')
const killsAtMs = [150, 700, 1_100, 1_900, 2_600] as const
let folder: string
let dataDir: string

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'tenantry-whole-'))
  dataDir = path.join(folder, 'data')
})

afterEach(async () => {
  await killStarted()
  await rm(folder, { recursive: true, force: true, maxRetries: 5 })
}, 30_000)

interface Tenant { readonly token: string; readonly database: string }

const post = async (url: string, body: unknown, token?: string): Promise<Record<string, unknown>> => {
  const answer = await fetch(url, {
    method: 'POST', body: typeof body === 'string' ? body : JSON.stringify(body),
    headers: { 'content-type': typeof body === 'string' ? 'text/plain' : 'application/json', ...(token !== undefined && { authorization: `Bearer ${token}` }) },
  })
  if (!answer.ok) throw new Error(`${url} answered ${answer.status}: ${await answer.text()}`)
  return await answer.json() as Record<string, unknown>
}

const tokenIn = (answer: Record<string, unknown>): string => (answer['AuthenticationResult'] as { IdToken: string }).IdToken
const account = { email: 'someone@example.com', password: 'a long enough password' }

const newTenant = async (url: string): Promise<Tenant> => {
  const token = tokenIn(await post(`${url}/id/signup`, { ...account, firstname: 'Some', lastname: 'One' }))
  const database = String((await post(`${url}/v2/databases`, { name: 'first', database_options: { shape: 'sqlite-small' } }, token))['id'])
  await until('the database answers', () => query(url, { token, database }, 'select 1').then(() => true, () => false))
  return { token, database }
}

const query = async (url: string, { token, database }: Tenant, sql: string): Promise<unknown> =>
  (await post(`${url}/v2/databases/${database}/query/sql`, sql, token))['data']

it('prints commands that give the first answer when they are pasted', async () => {
  const single = startSingle({ DATA_DIR: dataDir }, main)
  await single.ready
  const pasted = single.output().split('\n').filter((line) => /^(?:TOKEN|DB|curl)\b/.test(line))
  expect(pasted).toHaveLength(4)
  const { stdout } = await run('sh', ['-c', pasted.join('\n')], { timeout: 30_000 })
  expect(stdout.trim().split('\n').map((answer) => JSON.parse(answer) as unknown)).toMatchObject([{ data: [['cat', ['fish', 'sleep']], ['dog', ['fish', 'walks']]] }, { results: [2, [{ key: 'fish', count: 2 }, {}, {}]] }])
}, 60_000)

it('makes the first account from this machine the administrator', async () => {
  const url = await startSingle({ DATA_DIR: dataDir }, main).ready
  const token = tokenIn(await post(`${url}/id/signup`, { ...account, firstname: 'Some', lastname: 'One' }))
  expect(JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString())).toMatchObject({ server_admin: true })
}, 60_000)

it('answers a database of an earlier life after a stop and after kills at several moments', async () => {
  const first = startSingle({ DATA_DIR: dataDir, PORT: '0', PUBLIC_URL: 'http://tenantry.test' }, main)
  await expect(first.ready).resolves.toBe('http://tenantry.test')
  const admin = /metrics and readiness are at (\S+);/.exec(first.output())?.[1] ?? ''
  expect((await fetch(`${admin}/readyz`)).status).toBe(200)
  first.process.kill('SIGTERM')
  expect((await first.ended).code).toBe(0)
  await nobodyIsLeft(dataDir)

  const second = startSingle({ DATA_DIR: dataDir }, main)
  const tenant = await newTenant(await second.ready)
  await query(await second.ready, tenant, 'create table kept (word text)')
  await query(await second.ready, tenant, `insert into kept values ('still here')`)
  for (const at of killsAtMs) {
    second.process.kill('SIGKILL')
    const life = startSingle({ DATA_DIR: dataDir }, main)
    await delay(at)
    life.process.kill('SIGKILL')
    await life.ended
    await nobodyIsLeft(dataDir)
  }

  const last = startSingle({ DATA_DIR: dataDir }, main)
  const url = await last.ready
  const token = tokenIn(await post(`${url}/id`, { USERNAME: account.email, PASSWORD: account.password }))
  expect(await query(url, { ...tenant, token }, 'select word from kept')).toEqual([['still here']])
}, 120_000)

it('breaks off no query that it has begun when it is told to stop', async () => {
  const single = startSingle({ DATA_DIR: dataDir }, main)
  const url = await single.ready
  const tenant = await newTenant(url)
  let answered = 0
  const refused: string[] = []
  const ask = async (): Promise<void> => {
    while (refused.length === 0) {
      // A connection that is no longer taken ends the loop; an answer that is not the right one is what must not happen.
      const failure = await query(url, tenant, 'select 1').then(() => undefined, String)
      if (failure === undefined) answered += 1
      else if (failure.includes('answered')) refused.push(failure)
      else return
    }
  }
  const asking = Promise.all([ask(), ask(), ask(), ask()])
  await until('queries are answered', async () => answered > 20)
  single.process.kill('SIGTERM')
  await asking
  expect(refused).toEqual([])
  expect((await single.ended).code).toBe(0)
  await nobodyIsLeft(dataDir)
}, 60_000)

it('serves metrics of every service in one text', async () => {
  const single = startSingle({ DATA_DIR: dataDir }, main)
  await newTenant(await single.ready)
  const admin = /metrics and readiness are at (\S+);/.exec(single.output())?.[1] ?? ''
  const metrics = await (await fetch(`${admin}/metrics`)).text()
  for (const service of ['single', 'identity', 'control-plane', 'query-gateway']) expect(metrics).toContain(`service="${service}"`)
  const heads = metrics.split('\n').filter((line) => line.startsWith('# TYPE'))
  expect(new Set(heads).size).toBe(heads.length)
}, 60_000)
