import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { type Socket, connect } from 'node:net'
import { text as textOf } from 'node:stream/consumers'
import { setTimeout as delay } from 'node:timers/promises'
import { type MachineClock, startMachineClock } from '@tenantry/testing'
import { z } from 'zod'
import { processesOf } from '../start/single.process.js'
import { type Answer, type Api, read, speakTo } from '../story/api.js'
import { becomes, createDatabase } from '../story/databases.js'
import { type Person, signUp } from '../story/people.js'
import { expectRefusal } from '../story/refusal.js'
import { serviceNames } from '../story/service-environments.js'
import { startServices } from '../story/services.js'
import { clearUp, makeFolder, startSystem } from '../story/system.js'
import { until } from '../story/until.js'

const set = {
  HEADER_BYTES: 4_000, HEADER_COUNT: 20, URL_BYTES: 600, HEADERS_SECONDS: 1, REQUEST_SECONDS: 10, CONNECTIONS_PER_ADDRESS: 60,
  BODY_BYTES: 3_000, ACCOUNT_BODY_BYTES: 2_000, JSON_DEPTH: 5, JSON_ITEMS: 7,
  QUERY_TEXT_BYTES: 5_000, QUERY_TIMEOUT_SECONDS: 5, ANSWER_BYTES: 20_000, ANSWER_ROWS: 50,
  QUERIES_IN_FLIGHT: 2, QUERIES_WAITING: 2, QUERIES_IN_FLIGHT_PER_ORG: 3, QUERIES_WAITING_PER_ORG: 3, QUERIES_IN_FLIGHT_IN_ALL: 4, DATABASES_PER_ORG: 3, KEYS_PER_ORG: 2,
  // Only what is asked with a key counts towards these.
  RECORD_REQUESTS_PER_KEY: 12, QUERY_REQUESTS_PER_KEY: 11,
} as const
const environment = Object.fromEntries(Object.entries(set).map(([name, value]) => [name, String(value)]))

const toldShown = z.object({ limits: z.array(z.object({
  name: z.string(), value: z.int(), unit: z.string(), description: z.string(),
  exceeded: z.object({ effect: z.string(), status: z.int().optional(), code: z.string().optional() }),
})) })
type Told = z.infer<typeof toldShown>['limits'][number]

const endless = 'with recursive c (n) as (select 1 union all select n + 1 from c) select count(*) from c'

const systems = {
  'in one process': async () => {
    const { url, folder } = await startSystem(environment)
    return { url, folder }
  },
  'in many': async () => {
    const folder = await makeFolder()
    const { url } = await startServices(folder, { changes: Object.fromEntries(serviceNames.map((name) => [name, environment])) })
    return { url, folder }
  },
} as const

describe.each(Object.entries(systems))('the limits of an installation %s', (_where, start) => {
  let system: { readonly url: string; readonly folder: string }
  let api: Api
  let person: Person
  let databases: string[]
  let stranger: Person
  let other: string
  const told = new Map<string, Told>()
  let clock: MachineClock
  beforeAll(async () => { clock = await startMachineClock() })
  afterAll(() => clock.stop())
  const sockets: Socket[] = []

  const make = async (owner: Person, name: string): Promise<string> => {
    const id = await createDatabase(api, owner, name)
    await becomes(api, owner, id, 'RUNNING')
    return id
  }

  beforeAll(async () => {
    system = await start()
    api = speakTo(system.url)
    person = await signUp(api)
    databases = [await make(person, 'one'), await make(person, 'two'), await make(person, 'three')]
    stranger = await signUp(api)
    other = await make(stranger, 'other')
    for (const limit of read(toldShown, 200, await api('GET', '/v2/limits', { token: person.token })).limits) told.set(limit.name, limit)
  }, 90_000)
  afterAll(async () => {
    for (const socket of sockets) socket.destroy()
    await clearUp()
  }, 30_000)

  const limit = (name: string): number => told.get(name)?.value ?? Number.NaN
  /** Fails unless a request was refused just as the limit says that it would be. */
  const expectTold = (name: string, answer: Answer): string => {
    const { status = 0, code } = told.get(name)?.exceeded ?? {}
    const said = expectRefusal(status, answer, system.folder)
    expect([name, said.code]).toEqual([name, code])
    if (status === 429 || status === 503) expect(Number(answer.headers['retry-after'])).toBeGreaterThanOrEqual(1)
    return said.message
  }
  const sql = (database: string, text: string, way = '', owner = person): Promise<Answer> => api('POST', `/v2/databases/${database}/query/sql${way}`, { token: owner.token, text })
  /** A statement takes one way through the gateway when everything about it is known already, and another one otherwise. */
  const bothWays = async (text: string): Promise<readonly [Answer, Answer]> => {
    const [database = ''] = databases
    expect((await sql(database, 'select 1')).status).toBe(200)
    const [warm, cold] = [await sql(database, text), await sql(database, text, '?plan=false')]
    expect([warm.status, warm.text.replaceAll(/\d+(?=[,}])/g, '0')]).toEqual([cold.status, cold.text.replaceAll(/\d+(?=[,}])/g, '0')])
    return [warm, cold]
  }

  it('are told to whoever may call, with the values that were set', async () => {
    expectRefusal(401, await api('GET', '/v2/limits'), system.folder)
    expect([...told.values()].map(({ value }) => value)).toEqual(expect.arrayContaining(Object.values(set)))
    expect(limit('databases_of_an_org')).toBe(3)
    expect(told.size).toBeGreaterThan(30)
  })

  describe('for a request', () => {
    const update = (json: unknown): Promise<Answer> => api('PUT', `/v2/databases/${databases[0] ?? ''}`, { token: person.token, json })
    const nested = (levels: number): unknown => levels === 0 ? 1 : [nested(levels - 1)]
    const padded = (bytes: number): string => JSON.stringify({ name: 'one', more: '' }).replace('""', `"${'x'.repeat(bytes - JSON.stringify({ name: 'one', more: '' }).length)}"`)
    const sized = (bytes: number): Promise<Answer> => api('PUT', `/v2/databases/${databases[0] ?? ''}`, { token: person.token, text: padded(bytes), headers: ['Content-Type', 'application/json'] })

    it.each([
      ['body_bytes', (most: number) => sized(most)],
      ['json_depth', (most: number) => update({ name: 'one', more: nested(most - 1) })],
      ['json_items', (most: number) => update({ name: 'one', more: Array.from({ length: most }, () => 1) })],
      ['page_items', (most: number) => api('GET', `/v2/databases?limit=${most}`, { token: person.token })],
      ['url_bytes', (most: number) => api('GET', `/v2/databases?${'x'.repeat(most - '/v2/databases?'.length)}`, { token: person.token })],
      // Host, Connection, Authorization and a length are there already.
      ['headers', (most: number) => api('GET', '/v2/databases', { token: person.token, headers: Array.from({ length: most - 3 }, (_, at) => [`X-${at}`, 'y']).flat() })],
    ])('hold to the last one, and not beyond: %s', async (name, ask) => {
      expect([name, String((await ask(limit(name))).status)]).toEqual([name, expect.stringMatching(/^2/)])
      expectTold(name, await ask(limit(name) + 1))
    })

    it('hold for a login, for headers, and for how many databases there are', async () => {
      expectTold('account_body_bytes', await api('POST', '/id', { json: { USERNAME: 'x'.repeat(limit('account_body_bytes')), PASSWORD: 'x' } }))
      expectTold('header_bytes', await api('GET', '/v2/databases', { token: person.token, headers: ['X', 'x'.repeat(limit('header_bytes'))] }))
      expectTold('databases_of_an_org', await api('POST', '/v2/databases', { token: person.token, json: { name: 'four' } }))
    })
  })

  describe('for a statement', () => {
    it('hold for its text', async () => {
      const most = limit('statement_bytes')
      for (const answer of await bothWays('select 1 --'.padEnd(most, 'x'))) expect(answer.status).toBe(200)
      for (const answer of await bothWays('select 1 --'.padEnd(most + 1, 'x'))) expectTold('statement_bytes', answer)
      for (const answer of await bothWays('select 1 --'.padEnd(most / 2 + 10, 'é'))) expectTold('statement_bytes', answer)
    })

    it('hold for the rows and the bytes of its answer', async () => {
      const rows = (count: number): string => `with recursive c (n) as (select 1 union all select n + 1 from c where n < ${count}) select n from c`
      for (const answer of await bothWays(rows(limit('answer_rows')))) expect(answer.status).toBe(200)
      for (const answer of await bothWays(rows(limit('answer_rows') + 1))) expectTold('answer_rows', answer)
      for (const answer of await bothWays(`select printf('%.*c', ${limit('answer_bytes') - 100}, 'x')`)) expect(answer.status).toBe(200)
      for (const answer of await bothWays(`select printf('%.*c', ${limit('answer_bytes')}, 'x')`)) expectTold('answer_bytes', answer)
    })

    it('hold for its time, for how many wait for a database and for an org, and hinder nobody else', async () => {
      await Promise.all(databases.map((database) => sql(database, 'select 1')))
      const [one = '', two = '', three = ''] = databases
      const [began, beganByMachine] = [performance.now(), clock.now()]
      let ended = 0
      const expectHeld = (answer: Answer): void => {
        ended += 1
        expectTold('statement_seconds', answer)
        expect((performance.now() - began) / 1_000).toBeGreaterThan(limit('statement_seconds') - 0.1)
        expect((clock.now() - beganByMachine) / 1_000).toBeLessThan(limit('statement_seconds') + 8)
      }
      const held: Promise<void>[] = []
      /** Asks for one statement more than there is room for, all at once, whatever comes first: gives the answer to the one that found none. */
      const fill = (database: string, room: number): Promise<Answer> => new Promise((resolve, reject) => {
        const askings = Array.from({ length: room + 1 }, async (_, at): Promise<boolean> => {
          const answer = await sql(database, endless, at % 2 === 0 ? '' : '?plan=false')
          if (answer.status !== 429) {
            expectHeld(answer)
            return false
          }
          resolve(answer)
          return true
        })
        held.push(Promise.all(askings).then((refused) => {
          expect(refused.filter(Boolean)).toHaveLength(1)
        }))
        held.at(-1)?.catch(reject)
      })
      expect(expectTold('statements_waiting_of_a_database', await fill(one, limit('statements_in_flight_of_a_database') + limit('statements_waiting_of_a_database')))).toContain('this database')
      for (const way of ['', '?plan=false']) expectTold('statements_waiting_of_a_database', await sql(one, 'select 1', way))
      const leftOfOrg = limit('statements_in_flight_of_an_org') + limit('statements_waiting_of_an_org') - limit('statements_in_flight_of_a_database') - limit('statements_waiting_of_a_database')
      expect(expectTold('statements_waiting_of_an_org', await fill(two, leftOfOrg))).toContain('your org')
      for (const way of ['', '?plan=false']) expectTold('statements_waiting_of_an_org', await sql(three, 'select 1', way))
      // One turn of all is left, since the org may not have it: nobody else waits for what it runs.
      expect([(await sql(other, 'select 1', '', stranger)).status, ended]).toEqual([200, 0])
      await Promise.all(held)
      for (const database of databases) expect((await sql(database, 'select 1')).status).toBe(200)
    }, 60_000)

    it('are not what a statement meets whose engine is lost', async () => {
      const loses = async (way: string): Promise<boolean> => {
        const used = await processorTimes(system.folder)
        const asking = sql(other, `${endless} -- ${way}`, way, stranger)
        const over = asking.then(() => true)
        let busy: number | undefined
        while (busy === undefined && !await Promise.race([over, delay(20, false)])) busy = await busierThan(used, system.folder)
        if (busy !== undefined) process.kill(busy, 'SIGKILL')
        const answer = await asking
        // On a busy machine it may have come to nothing: a child that has no time to work, or one that works on something else.
        if (answer.status !== 503) return false
        expect(expectRefusal(503, answer, system.folder).code).toBe('ServiceUnavailable')
        expect(Number(answer.headers['retry-after'])).toBeGreaterThanOrEqual(1)
        return true
      }
      for (const way of ['', '?plan=false']) {
        await until('the database answers', async () => (await sql(other, 'select 1', '', stranger)).status === 200, 60)
        await until(`a statement is lost: ${way}`, () => loses(way), 120)
      }
    }, 120_000)
  })

  describe('for an API key', () => {
    const makeKey = (): Promise<Answer> => api('POST', `/v2/users/${person.userId}/keys`, { token: person.token, json: { description: 'x' } })

    it('hold for how many there are, and for how often one is used, and say what is left', async () => {
      const { secret } = read(z.object({ secret: z.string() }), 201, await makeKey())
      read(z.object({ secret: z.string() }), 201, await makeKey())
      expectTold('keys_of_an_org', await makeKey())
      const record = (): Promise<Answer> => api('GET', '/v2/databases', { key: secret })
      const query = (way: string): Promise<Answer> => api('POST', `/v2/databases/${databases[0] ?? ''}/query/sql${way}`, { key: secret, text: 'select 1' })
      for (const [name, ask] of [['record_requests_of_a_key', record], ['query_requests_of_a_key', () => query('')], ['query_requests_of_a_key', () => query('?plan=false')]] as const) {
        let refused: Answer | undefined
        await until(`one is too many: ${name}`, async () => {
          const answers = await Promise.all(Array.from({ length: limit(name) + 5 }, ask))
          // A machine that stands still for the second that headers have refuses some before it knows whose they are.
          for (const { status, headers } of answers) if (status !== 408) expect(headers['ratelimit-policy']).toContain(`"key";q=${limit(name)};w=10`)
          refused = answers.find(({ status, text }) => status === 429 && text.includes('with this API key'))
          return refused !== undefined
        }, 30)
        if (refused) expectTold(name, refused)
        expect(refused?.headers['ratelimit']).toContain('"key";r=0;t=')
      }
      expect([(await sql(databases[0] ?? '', 'select 1')).status, (await api('GET', '/v2/databases', { token: person.token })).status]).toEqual([200, 200])
    })
  })

  describe('for a connection', () => {
    const opened = async (): Promise<Socket> => {
      const { hostname, port } = new URL(system.url)
      const socket = connect(Number(port), hostname)
      socket.on('error', () => undefined)
      sockets.push(socket)
      await once(socket, 'connect')
      return socket
    }

    it('cut one that is slow, in words', async () => {
      const socket = await opened()
      socket.write('GET / HTTP/1.1\r\nHost: localhost\r\n')
      const said = await textOf(socket)
      expect(said).toMatch(new RegExp(`^HTTP/1.1 ${told.get('headers_seconds')?.exceeded.status} [^]*"${told.get('headers_seconds')?.exceeded.code}"`))
    })

    it('bound how many there are of one address', async () => {
      const most = limit('connections_of_an_address')
      const held = await Promise.all(Array.from({ length: most }, opened))
      const refused = await textOf(await opened())
      expect(refused).toMatch(new RegExp(`^HTTP/1.1 ${told.get('connections_of_an_address')?.exceeded.status} [^]*"${told.get('connections_of_an_address')?.exceeded.code}"`))
      for (const socket of held) socket.destroy()
      await until('somebody is let in again', async () => (await api('GET', '/v2/limits', { token: person.token }).catch(() => undefined))?.status === 200, 10)
    })
  })
})

/** How long each child of the engine host has worked, in hundredths of a second. */
const processorTimes = async (folder: string): Promise<ReadonlyMap<number, number>> => {
  const read = (pid: number, name: string): Promise<string> => readFile(`/proc/${pid}/${name}`, 'utf8').catch(() => '')
  const times = await Promise.all((await processesOf(folder)).map(async (pid): Promise<[number, number][]> => {
    const isChild = (await read(pid, 'cmdline')).includes('engine-host/dist/child/main.js')
    // The command stands in brackets and may hold anything: what follows the last one is fields.
    return isChild ? [[pid, Number((await read(pid, 'stat')).replace(/^.*\) /s, '').split(' ')[11])]] : []
  }))
  return new Map(times.flat())
}

const busierThan = async (used: ReadonlyMap<number, number>, folder: string): Promise<number | undefined> => {
  for (const [pid, time] of await processorTimes(folder)) if (time - (used.get(pid) ?? 0) >= 10) return pid
  return undefined
}
