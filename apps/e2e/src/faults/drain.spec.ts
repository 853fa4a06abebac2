import http from 'node:http'
import { setTimeout as delay } from 'node:timers/promises'
import { speakTo } from '../story/api.js'
import { becomes, createDatabase, rowsOf } from '../story/databases.js'
import { type Person, signUp } from '../story/people.js'
import { until } from '../story/until.js'
import { isLong, randomFrom, seedOf } from './random.js'
import { type SeparateTarget, endTargets, startSeparate } from './target.js'

const restarts = isLong ? 10 : 1
const slowStatement = 'with recursive n (n) as (select 1 union all select n + 1 from n where n < 3000000) select count(*) from n'

let target: SeparateTarget
let person: Person
let database: string

beforeAll(async () => {
  target = await startSeparate(randomFrom(seedOf(20_265)), { twice: ['identity', 'control-plane', 'query-gateway'] })
  target.services.keepUp(false)
  const api = speakTo(target.url)
  person = await signUp(api)
  database = await createDatabase(api, person, 'kept')
  await becomes(api, person, database, 'RUNNING')
  await rowsOf(api, person, database, 'create table marks (mark text not null)')
}, 180_000)
afterAll(endTargets, 30_000)

interface Said { readonly status: number; readonly retryAfter: string | undefined; readonly text: string }

/** Asks over connections that are kept, as most clients do. Rejects when there is no whole answer. */
const keptClient = (url: string) => {
  const agent = new http.Agent({ keepAlive: true, maxSockets: 2 })
  const ask = (method: string, path: string, body?: string): Promise<Said> => new Promise((resolve, reject) => {
    const headers = { authorization: `Bearer ${person.token}`, ...(body !== undefined && { 'content-type': path.endsWith('/sql') ? 'text/plain' : 'application/json', 'content-length': Buffer.byteLength(body) }) }
    const request = http.request(new URL(path, url), { method, agent, headers, timeout: 20_000 }, (response) => {
      let text = ''
      response.setEncoding('utf8').on('data', (piece: string) => { text += piece }).on('error', reject)
        .on('end', () => response.complete ? resolve({ status: response.statusCode ?? 0, retryAfter: response.headers['retry-after'], text }) : reject(new Error('half an answer')))
    })
    // A connection that had just been made is reset when the port closes before anybody has taken it: the door was closed.
    const told = (error: NodeJS.ErrnoException): Error => error.code === 'ECONNRESET' && !request.reusedSocket ? Object.assign(error, { code: 'CLOSED' }) : error
    request.on('timeout', () => request.destroy(new Error('no answer in time'))).on('error', (error) => reject(told(error))).end(body)
  })
  return { ask, close: () => agent.destroy() }
}

interface Record { readonly done: string[]; readonly others: string[] }

/** Works over kept connections until told to stop: statements, records and people. */
const work = (name: string, stop: AbortSignal): { readonly seen: Record; readonly over: Promise<unknown> } => {
  const seen: Record = { done: [], others: [] }
  const { ask, close } = keptClient(target.url)
  const note = async (what: string, asking: Promise<Said>, mark?: string): Promise<void> => {
    const said = await asking.catch((error: NodeJS.ErrnoException) => ({ status: 0, retryAfter: undefined, text: error.code ?? error.message }))
    if (said.status >= 200 && said.status < 300) seen.done.push(mark ?? what)
    else seen.others.push(`${what}: ${said.status} ${said.retryAfter === undefined ? '' : '(retry after) '}${said.text.slice(0, 200)}`)
  }
  const sql = `/v2/databases/${database}/query/sql`
  const loop = async (deed: (n: number) => Promise<void>): Promise<void> => {
    for (let n = 0; !stop.aborted; n += 1) {
      await deed(n)
      await delay(2)
    }
  }
  const over = Promise.all([
    loop((n) => note('insert', ask('POST', sql, `insert into marks values ('${name}-${n}')`), `${name}-${n}`)),
    loop(() => note('select', ask('POST', sql, 'select 1'))),
    loop(() => note('list', ask('GET', '/v2/databases?limit=1'))),
    loop(() => note('log in', ask('POST', '/id', JSON.stringify({ USERNAME: person.email, PASSWORD: person.password })))),
  ]).finally(close)
  return { seen, over }
}

const during = async (name: string, fault: () => Promise<void>): Promise<Record> => {
  const stop = new AbortController()
  const { seen, over } = work(name, stop.signal)
  try {
    await until('requests are answered', () => Promise.resolve(seen.done.length > 40), 30)
    await fault()
    const before = seen.done.length
    await until('more requests are answered', () => Promise.resolve(seen.done.length > before + 40), 30)
  } finally {
    stop.abort()
    await over
  }
  const stored = new Set((await rowsOf(speakTo(target.url), person, database, `select mark from marks where mark like '${name}-%'`)).map(([mark]) => mark))
  expect(seen.done.filter((mark) => mark.startsWith(`${name}-`) && !stored.has(mark))).toEqual([])
  return seen
}

it.each(['identity', 'control-plane', 'query-gateway'] as const)('restarts one of two processes of %s without one failed request', async (name) => {
  for (let round = 0; round < restarts; round += 1) {
    for (const instance of [name, `${name} 2`] as const) {
      const { others } = await during(`${instance.replace(' ', '')}${round}`, async () => {
        expect(await target.services.end(instance)).toBe(0)
        await target.services.start(instance)
      })
      expect(others).toEqual([])
    }
  }
}, 120_000 * restarts)

it('restarts the engine host without breaking off a statement that has begun, and refuses the others for a moment only', async () => {
  const slow = keptClient(target.url)
  const sql = `/v2/databases/${database}/query/sql`
  const { others } = await during('host', async () => {
    const begun = slow.ask('POST', sql, slowStatement)
    await delay(300)
    expect(await target.services.end('engine-host')).toBe(0)
    expect(await begun).toMatchObject({ status: 200 })
    await target.services.start('engine-host')
  })
  slow.close()
  expect(others.filter((one) => !/^(?:insert|select): (?:503 \(retry after\)|429)/.test(one))).toEqual([])
}, 120_000)

it('restarts the edge, and its clients meet a closed door or a whole answer', async () => {
  const { others } = await during('edge', async () => {
    expect(await target.services.end('edge')).toBe(0)
    await target.services.start('edge')
  })
  expect(others.filter((one) => !/ (?:ECONNREFUSED|CLOSED)$/.test(one))).toEqual([])
}, 120_000)

it('says that it is not ready as soon as it is told to end, and goes on answering for a moment', async () => {
  const own = speakTo(target.services.direct('query-gateway'))
  expect((await own('GET', '/readyz')).status).toBe(200)
  const ended = target.services.end('query-gateway')
  let answers = 0
  await until('it is not ready', async () => {
    const { status } = await own('GET', '/readyz')
    answers += 1
    return status === 503
  }, 30)
  expect(answers).toBeGreaterThan(0)
  const unknown = await own('GET', '/nothing').catch(() => undefined)
  expect(unknown?.headers.connection ?? 'close').toBe('close')
  expect(await ended).toBe(0)
  await target.services.start('query-gateway')
}, 60_000)
