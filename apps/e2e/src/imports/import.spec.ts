import { setTimeout as delay } from 'node:timers/promises'
import { commandOf } from '../faults/process-tree.js'
import { processesOf } from '../start/single.process.js'
import { type Api, speakTo } from '../story/api.js'
import { createBitmaps, runPql, teaching } from '../story/bitmaps.js'
import { becomes, createDatabase } from '../story/databases.js'
import { type Person, signUp } from '../story/people.js'
import { type System, clearUp, startSystem, stopSystem } from '../story/system.js'
import { until } from '../story/until.js'
import { memoryOf } from './memory.js'
import { Upload, type Way, upload } from './upload.js'

const isLong = process.env['TEST_LONG'] === '1'
const megabyte = 1024 * 1024
const schema = { indexes: [{ name: 'seg', fields: [
  { name: 'hobbies', options: { type: 'set', keys: true } }, { name: 'age', options: { type: 'int', min: 0, max: 99 } }, { name: 'city', options: { type: 'mutex', keys: true } },
] }, ...teaching.indexes] }
const set = { IMPORT_BYTES: 300 * megabyte, IMPORT_SECONDS: 300, REQUEST_SECONDS: 4, IMPORTS_PER_ORG: 3 }

let system: System
let api: Api
let person: Person
let database: string
const way = (more: Partial<Way> = {}): Way => ({ url: system.url, token: person.token, database, table: 'seg', ...more })
const counted = (text = 'Count(All())'): Promise<unknown> => runPql(api, person, database, `[seg]${text}`)

beforeAll(async () => {
  system = await startSystem(Object.fromEntries(Object.entries(set).map(([name, value]) => [name, String(value)])))
  api = speakTo(system.url)
  person = await signUp(api)
}, 90_000)
beforeEach(async () => { database = await createBitmaps(api, person, `imports ${performance.now()}`, schema) })
afterAll(clearUp, 30_000)

const header = '_id,hobbies,age,city\n'
const line = (at: number): string => `${at},hobby${at % 100},${at % 100},city${at % 7}\n`
const lines = (from: number, to: number): string => Array.from({ length: to - from }, (_, at) => line(from + at)).join('')

it('loads CSV and NDJSON, and the example of a query across two tables finds what was loaded', async () => {
  expect(await upload(way(), header + lines(0, 1_000))).toMatchObject({ status: 200, body: { imported: 1_000, rejected: 0, errors: [] } })
  expect(await counted('Count(All()) Count(Row(hobbies=hobby7)) Sum(Row(city=city0), field=age)')).toMatchObject([1_000, 10, { count: 143 }])
  const people = '{"_id":1,"hobbies":["Teaching","Chess"]}\n{"_id":2,"hobbies":["Teaching"]}\n{"_id":3,"hobbies":["Chess"]}\n'
  expect((await upload(way({ table: 'cseg', type: 'application/x-ndjson' }), people)).body).toEqual({ imported: 3, rejected: 0, errors: [] })
  expect((await upload(way({ table: 'skills', query: '?header=false&columns=id,_,bools' }), '1,x,available_for_hire\n2,y,\n3,z,available_for_hire\n')).body).toMatchObject({ imported: 3 })
  expect((await upload(way({ table: 'cseg', query: '?separator=;' }), '_id,hobbies\n4,Skating;Singing\n')).body).toMatchObject({ imported: 1 })
  expect(await runPql(api, person, database, '[cseg]Row(hobbies=Singing)')).toEqual([{ columns: [4] }])
  const text = '[cseg]Count(Intersect(Row(hobbies="Teaching"),Distinct(Row(bools=\'available_for_hire\'), field= id, index=skills)))'
  expect(await runPql(api, person, database, text)).toEqual([1])
}, 60_000)

it('refuses all of it with the first bad rows, or leaves them out', async () => {
  const rows = `${header}1,a,5,x\n2,b,500,x\n3,c\n4,d,7,y\n`
  const errors = [{ row: 2, message: expect.stringContaining('bounds') }, { row: 3, message: expect.stringContaining('2 values') }]
  expect(await upload(way(), rows)).toMatchObject({ status: 400, body: { imported: 0, rejected: 2, errors, message: expect.stringContaining('Row 2') } })
  expect(await counted()).toEqual([0])
  expect(await upload(way({ query: '?on_error=skip' }), rows)).toMatchObject({ status: 200, body: { imported: 2, rejected: 2, errors } })
  expect(await counted()).toEqual([2])
}, 60_000)

it('refuses what it cannot be, in words', async () => {
  const rowless = await createDatabase(api, person, 'rows only')
  await becomes(api, person, rowless, 'RUNNING')
  const cases = [
    [{ type: 'text/plain' }, 400, 'Content-Type'], [{ table: 'nothing' }, 404, 'nothing'], [{ query: '?on_error=later' }, 400, 'on_error'], [{ query: '?id=key' }, 400, 'key'],
    [{ type: 'application/x-ndjson', query: '?columns=a' }, 400, 'columns'], [{ type: 'application/x-ndjson', query: '?separator=;' }, 400, 'separator'], [{ query: '?separator=x' }, 400, 'separator'], [{ database: rowless }, 501, 'IMPORT'], [{ database: person.orgId }, 404, 'database'], [{ token: 'none' }, 401, 'credential'],
  ] as const
  for (const [more, status, word] of cases) expect([more, await upload(way(more), header + line(1))]).toMatchObject([more, { status, body: { message: expect.stringMatching(new RegExp(word, 'i')) } }])
  expect(await counted()).toEqual([0])
}, 60_000)

it('answers in the middle of a body that is bad, too large, or one too many of the org', async () => {
  const bad = new Upload(way())
  const block = lines(0, 100_000)
  await bad.send(`${header}1,a,500,x\n`)
  for (let at = 0; at < 10; at += 1) await bad.send(block)
  expect(await bad.answered).toMatchObject({ status: 400, body: { rejected: 1 } })
  const sized = new Upload(way({ length: set.IMPORT_BYTES + 1 }))
  expect(await sized.answered).toMatchObject({ status: 413 })
  expect(await counted()).toEqual([0])

  const others = await Promise.all(Array.from({ length: set.IMPORTS_PER_ORG + 1 }, async (_, at) => await createBitmaps(api, person, `of many ${at}`, schema)))
  const many = others.map((other) => new Upload(way({ database: other })))
  for (const one of many) await one.send(header + line(1))
  // There is no place for one of them, whichever comes last: nothing else asks for one meanwhile.
  const last = await Promise.race(many.map(async (one) => ({ one, answer: await one.answered })))
  expect(last.answer).toMatchObject({ status: 429 })
  expect(await upload(way(), header + line(1))).toMatchObject({ status: 429 })
  for (const one of many) if (one !== last.one) expect(await one.end()).toMatchObject({ status: 200 })
  expect(await upload(way(), header + line(1))).toMatchObject({ status: 200 })
}, 60_000)

it('keeps reads as they were until its end, waits with writes, and takes one import of a database at a time', async () => {
  await runPql(api, person, database, '[seg]Set(5, age=1)')
  const one = new Upload(way())
  await one.send(header + lines(0, 60_000))
  // A write that changes nothing asks whether it has.
  await until('the import has begun', async () => (await api('POST', `/v2/databases/${database}/query/pql`, { token: person.token, text: '[seg]Set(5, age=1)' })).status === 503, 60)
  expect(await counted('Count(All()) Count(Row(age=1)) Count(Row(hobbies=hobby7))')).toEqual([1, 1, 0])
  expect(await upload(way(), header + line(3))).toMatchObject({ status: 429, headers: { 'retry-after': expect.any(String) } })
  expect(await one.end(lines(60_000, 60_001))).toMatchObject({ status: 200, body: { imported: 60_001 } })
  expect(await counted('Count(All()) Count(Row(age=5)) Count(Row(hobbies=hobby7))')).toEqual([60_001, 600, 600])
}, 60_000)

it('keeps nothing of an import that its client gives up, or whose engine is killed, and says so', async () => {
  const given = new Upload(way())
  await given.send(header + lines(0, 50_000))
  given.giveUp()
  await until('a write is taken again', async () => (await api('POST', `/v2/databases/${database}/query/pql`, { token: person.token, text: '[seg]Set(1, age=2)' })).status === 200, 60)
  expect(await counted()).toEqual([1])

  const killed = new Upload(way())
  await killed.send(header + lines(0, 50_000))
  await until('the import has begun', async () => (await api('POST', `/v2/databases/${database}/query/pql`, { token: person.token, text: '[seg]Set(1, age=2)' })).status === 503, 60)
  for (const pid of await processesOf(system.folder)) if ((await commandOf(pid)).includes('child/main')) process.kill(pid, 'SIGKILL')
  await killed.send(lines(50_000, 80_000))
  expect(await killed.end()).toMatchObject({ status: 503, headers: { 'retry-after': expect.any(String) }, body: { message: expect.stringContaining('nothing of it was kept') } })
  expect(await counted()).toEqual([1])
  expect(await upload(way(), header + lines(0, 100))).toMatchObject({ status: 200 })
  expect(await counted()).toEqual([100])
}, 60_000)

it('may take longer than other requests, and is cut when nothing comes', async () => {
  const [slow, silent] = [new Upload(way()), new Upload(way({ database: await createBitmaps(api, person, 'silent', schema) }))]
  await silent.send(header + line(1))
  await slow.send(header)
  for (let at = 0; at < set.REQUEST_SECONDS + 2; at += 1) {
    await slow.send(line(at))
    await delay(1_000)
  }
  expect(await silent.answered).toMatchObject({ status: 408, body: { message: expect.stringContaining('nothing came') } })
  expect(await slow.end(line(999))).toMatchObject({ status: 200, body: { imported: set.REQUEST_SECONDS + 3 } })
}, 60_000)

it(`holds no more of a large body than a little, however fast it comes (${isLong ? 200 : 24} MB)`, async () => {
  const pids = await processesOf(system.folder)
  const memory = (): Promise<number> => memoryOf(pids)
  // Whatever the first import makes, code and bitmaps and caches, is there before it is measured.
  expect(await upload(way(), header + lines(0, 200_000))).toMatchObject({ status: 200 })
  const block = lines(0, 200_000)
  const bytes = (isLong ? 200 : 24) * megabyte
  const before = await memory()
  let most = 0
  const large = new Upload(way())
  await large.send(header)
  for (let sent = 0; sent < bytes; sent += block.length) {
    await large.send(block)
    most = Math.max(most, await memory() - before)
  }
  expect(await large.end()).toMatchObject({ status: 200, body: { rejected: 0 } })
  most = Math.max(most, await memory() - before)
  // A process that works keeps some room to work in; none of it grows with what was sent.
  expect(most / megabyte).toBeLessThan(150)
  expect(await counted()).toEqual([200_000])
}, 240_000)

it('has logged no fault of its own over all that, and stops in peace', async () => {
  expect(system.output()).not.toMatch(/"level":"(?:error|fatal)"/)
  await stopSystem(system)
}, 30_000)
