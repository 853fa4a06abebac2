import { setTimeout as delay } from 'node:timers/promises'
import pg from 'pg'
import { type Api, speakTo } from '../story/api.js'
import { createBitmaps, runPql } from '../story/bitmaps.js'
import { type Person, signUp } from '../story/people.js'
import { type Services, startServices } from '../story/services.js'
import { clearUp, makeFolder } from '../story/system.js'
import { until } from '../story/until.js'
import { memoryOf } from './memory.js'
import { Upload, type Way, upload } from './upload.js'

const isLong = process.env['TEST_LONG'] === '1'
const megabyte = 1024 * 1024
const gateways = ['query-gateway', 'query-gateway 2'] as const
const schema = { indexes: [{ name: 'seg', fields: [{ name: 'hobbies', options: { type: 'set', keys: true } }, { name: 'age', options: { type: 'int' } }] }] }
const requestSeconds = 3
const smallBytes = 2 * megabyte
const limits = { REQUEST_SECONDS: String(requestSeconds), IMPORT_SECONDS: '300' }

let services: Services
let api: Api
let person: Person

beforeAll(async () => {
  services = await startServices(await makeFolder(), {
    twice: ['query-gateway'], changes: { 'query-gateway': limits, edge: limits, 'engine-host': { ENGINE_CHILD_MEMORY_MB: '96', ENGINE_TEMPORARY_MB: '256' } },
  })
  await makeSmallShape(services.environment('control-plane')['DATABASE_URL'] ?? '')
  api = speakTo(services.url)
  person = await signUp(api)
}, 90_000)
afterAll(clearUp, 30_000)

/** One of which the storage is full soon. */
const makeSmallShape = async (url: string): Promise<void> => {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    await client.query(`
      INSERT INTO control_plane.shapes (name, display_name, vendor, region, engine, node, storage_bytes)
        SELECT 'bitmap-tiny', 'Bitmaps, 2 MB', vendor, region, engine, node, $1 FROM control_plane.shapes WHERE name = 'bitmap-small'`, [smallBytes])
  } finally {
    await client.end()
  }
}

const created = (name: string, shape?: string): Promise<string> => createBitmaps(api, person, name, schema, shape)
const way = (database: string, url = services.url): Way => ({ url, token: person.token, database, table: 'seg' })
const counted = (database: string, text = 'Count(All())'): Promise<unknown> => runPql(api, person, database, `[seg]${text}`)
const isWritable = async (database: string): Promise<boolean> =>
  (await api('POST', `/v2/databases/${database}/query/pql`, { token: person.token, text: '[seg]Set(5, age=1)' })).status === 200

const header = '_id,hobbies,age\n'
const line = (at: number): string => `${at},hobby${at % 100},${at % 100}\n`
const lines = (from: number, to: number): string => Array.from({ length: to - from }, (_, at) => line(from + at)).join('')

const importsSeenBy = async (name: typeof gateways[number]): Promise<number> => {
  const { text } = await speakTo(services.adminUrl(name))('GET', '/metrics')
  return text.split('\n').filter((told) => /_count\{.*\/import"/.test(told)).reduce((sum, told) => sum + Number(told.split(' ').at(-1)), 0)
}

it('imports through the edge by whichever gateway, at once and slower than other requests may be', async () => {
  const databases = await Promise.all(['a', 'b', 'c', 'd'].map((name) => created(`edge ${name}`)))
  const [slowOne = '', ...others] = databases
  const slow = new Upload(way(slowOne))
  await slow.send(header)
  const reports = await Promise.all(others.map((database) => upload(way(database), header + lines(0, 20_000))))
  for (const report of reports) expect(report).toMatchObject({ status: 200, body: { imported: 20_000, rejected: 0 } })
  for (let at = 0; at < requestSeconds + 1; at += 1) {
    await slow.send(line(at))
    await delay(1_000)
  }
  expect(await slow.end(line(999))).toMatchObject({ status: 200, body: { imported: requestSeconds + 2 } })
  expect(await Promise.all(databases.map((database) => counted(database)))).toEqual([[requestSeconds + 2], [20_000], [20_000], [20_000]])
  for (const name of gateways) expect(await importsSeenBy(name)).toBeGreaterThan(0)
}, 60_000)

it('takes everything back when a client hangs up at the edge, and at once when its gateway is killed', async () => {
  const database = await created('given up')
  const given = new Upload(way(database))
  await given.send(header + lines(0, 50_000))
  await until('the import has begun', async () => !await isWritable(database), 60)
  given.giveUp()
  await until('a write is taken again', () => isWritable(database), 60)
  expect(await counted(database)).toEqual([1])

  const lost = new Upload(way(database, services.direct('query-gateway 2')))
  await lost.send(header + lines(0, 50_000))
  await until('the import has begun', async () => !await isWritable(database), 60)
  await services.kill('query-gateway 2')
  expect(await lost.answered).toBeUndefined()
  // The engine would not end it by itself for half a minute.
  await until('a write is taken again', () => isWritable(database), 60)
  expect(await counted(database)).toEqual([1])
  expect(await upload(way(database), header + lines(0, 10))).toMatchObject({ status: 200 })
  await services.start('query-gateway 2')
}, 60_000)

it('keeps nothing when the storage is full in the middle, says so, and the database goes on', async () => {
  const database = await created('tiny', 'bitmap-tiny')
  expect(await upload(way(database), header + lines(0, 100))).toMatchObject({ status: 200 })
  const full = await upload(way(database), header + lines(0, 200_000))
  expect(full).toMatchObject({ status: 503, body: { code: 'StorageFull', message: expect.stringMatching(/storage.*Nothing of the import was kept/) } })
  expect(await counted(database, 'Count(All()) Count(Row(age=7))')).toEqual([100, 1])
  expect(await isWritable(database)).toBe(true)
  expect(await upload(way(database), header + lines(100, 200))).toMatchObject({ status: 200, body: { imported: 100 } })
  expect(await counted(database)).toEqual([200])
}, 60_000)

it(`holds no more in the gateway of what a slow client sends than a little (${isLong ? 400 : 100} MB)`, async () => {
  const database = await created('trickle')
  const pids = gateways.map((name) => services.pid(name) ?? 0)
  // Little work for the engine, so that the client is what they wait for.
  const query = '?header=false&columns=_id,_'
  const block = Array.from({ length: 1_000 }, (_, at) => `${at},${'x'.repeat(1_040)}\n`).join('')
  // What an import makes in a process, code and pools and the room that its collector leaves itself, is there before it is measured.
  for (const name of gateways) expect(await upload({ ...way(database, services.direct(name)), query }, block.repeat(40))).toMatchObject({ status: 200, body: { rejected: 0 } })
  const before = await memoryOf(pids)
  let most = 0
  const look = async (): Promise<void> => { most = Math.max(most, await memoryOf(pids) - before) }
  const slow = new Upload({ ...way(database), query })
  for (let sent = 0; sent < (isLong ? 400 : 100) * megabyte; sent += block.length) {
    await slow.send(block)
    await look()
    await delay(5)
  }
  expect(await slow.end()).toMatchObject({ status: 200, body: { rejected: 0 } })
  const stalled = new Upload({ ...way(database), query })
  await stalled.send(block.repeat(20))
  await until('a client that sends no more is answered', async () => {
    await look()
    return await Promise.race([stalled.answered, delay(100)]) !== undefined
  }, 20)
  expect(await stalled.answered).toMatchObject({ status: 408, body: { message: expect.stringContaining('nothing came') } })
  // A process that works keeps some room to work in; none of it grows with what was sent.
  expect(most / megabyte).toBeLessThan(60)
  expect(await counted(database)).toEqual([1_000])
}, 240_000)

it('refuses in words what needs more memory than bitmaps have, and loses nothing', async () => {
  const database = await created('far')
  expect(await upload(way(database), header + lines(0, 1_000))).toMatchObject({ status: 200 })
  // Records so far from each other that each has a container of its own in every bitmap of its number.
  const far = Array.from({ length: 200_000 }, (_, at) => `${(at + 1) * 65_536},,${2 ** 50 + at}\n`).join('')
  const refused = await upload(way(database), header + far)
  expect(refused).toMatchObject({ status: 400, body: { code: 'Bad Request', message: expect.stringMatching(/more memory .*import fewer rows at a time.*Nothing of the import was kept/) } })
  expect(await counted(database, 'Count(All()) Count(Row(hobbies=hobby7)) Count(Row(age=7))')).toEqual([1_000, 10, 10])
  expect(await isWritable(database)).toBe(true)
  expect(await upload(way(database), header + lines(1_000, 2_000))).toMatchObject({ status: 200 })
  expect(await counted(database)).toEqual([2_000])
}, 60_000)

it('ends in peace after all that', async () => {
  const ended = await services.stop()
  expect(ended.filter(({ code }) => code !== 0)).toEqual([])
  expect(services.output()).not.toMatch(/"level":"(?:error|fatal)"/)
}, 60_000)
