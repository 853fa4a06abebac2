import { execFile } from 'node:child_process'
import { cp, readFile, readdir, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { promisify } from 'node:util'
import { z } from 'zod'
import { startSingle } from '../start/single.process.js'
import { type Api, expectStatus, read, speakTo } from '../story/api.js'
import { becomes, createDatabase, getDatabase, listDatabases, rowsOf, runSql } from '../story/databases.js'
import { signUp } from '../story/people.js'
import { apps, clearUp, makeFolder, startSystem, stopSystem } from '../story/system.js'

const run = promisify(execFile)
const firstVersion = path.join(import.meta.dirname, 'first-version')
const person = z.object({ email: z.string(), password: z.string(), userId: z.string(), orgId: z.string(), refreshToken: z.string() })
const peopleShown = z.object({ people: z.object({ ada: person.extend({ key: z.string(), keyId: z.string() }), bob: person }), databases: z.object({ orders: z.string(), gone: z.string() }) })
const tokensShown = z.object({ AuthenticationResult: z.object({ IdToken: z.string(), RefreshToken: z.string() }) })

let folder: string
let dataDir: string

beforeEach(async () => {
  folder = await makeFolder()
  dataDir = path.join(folder, 'data')
  await run(process.execPath, [path.join(import.meta.dirname, 'restore-version.mjs'), firstVersion, dataDir], { timeout: 60_000, env: { ...process.env, NODE_OPTIONS: '' } })
}, 90_000)
afterEach(clearUp, 30_000)

const inRecords = async (sql: string): Promise<unknown> =>
  JSON.parse((await run(process.execPath, [path.join(import.meta.dirname, 'in-records.mjs'), dataDir, sql], { timeout: 60_000, env: { ...process.env, NODE_OPTIONS: '' }, maxBuffer: 64 * 1024 * 1024 })).stdout)

const logIn = async (api: Api, body: Readonly<Record<string, string>>): Promise<{ IdToken: string; RefreshToken: string }> =>
  read(tokensShown, 200, await api('POST', '/id', { json: body })).AuthenticationResult

it('goes on with everything that the first version has left', async () => {
  const { people: { ada, bob }, databases } = peopleShown.parse(JSON.parse(await readFile(path.join(firstVersion, 'people.json'), 'utf8')))
  const system = await startSystem({}, folder)
  const api = speakTo(system.url)

  const { IdToken: token } = await logIn(api, { USERNAME: ada.email, PASSWORD: ada.password })
  expectStatus(401, await api('POST', '/id', { json: { USERNAME: bob.email, PASSWORD: ada.password } }))
  const renewed = await logIn(api, { REFRESH_TOKEN: ada.refreshToken })
  const again = await logIn(api, { REFRESH_TOKEN: renewed.RefreshToken })
  const bobs = { token: (await logIn(api, { REFRESH_TOKEN: bob.refreshToken })).IdToken }

  expect((await listDatabases(api, { token })).filter(({ id }) => id === databases.orders)).toMatchObject([{ name: 'orders', database_status: 'RUNNING', org_id: ada.orgId, owned_by: ada.userId }])
  expect((await getDatabase(api, { token: again.IdToken }, databases.gone)).database_status).toBe('DELETED')
  expect((await listDatabases(api, bobs)).length).toBe(0)
  expectStatus(404, await runSql(api, bobs, databases.orders, 'select 1'))

  for (const credential of [{ token }, { key: ada.key }]) expect(await rowsOf(api, credential, databases.orders, 'select * from orders order by id')).toEqual([[1, 'lamp', 12.5], [2, 'Ærø "chair"', null]])
  await rowsOf(api, { key: ada.key }, databases.orders, `insert into orders values (3, 'written later', 1)`)
  expect(await rowsOf(api, { token }, databases.orders, 'select count(*) as count from orders')).toEqual([[3]])
  expectStatus(409, await api('POST', '/v2/databases', { token, json: { name: 'orders' } }))
  const another = await createDatabase(api, { token }, 'another')
  await becomes(api, { token }, another, 'RUNNING')
  expectStatus(202, await api('DELETE', `/v2/databases/${databases.orders}`, { token }))
  await becomes(api, { token }, databases.orders, 'DELETED')
  expectStatus(202, await api('PUT', `/v2/users/${ada.userId}/keys/${ada.keyId}`, { token, json: { status: 'REVOKED' } }))
  await signUp(api)

  expect(system.output()).not.toMatch(/"level":"(?:error|fatal)"/)
  await stopSystem(system)
  expect(await inRecords(`SELECT format_type(atttypid, atttypmod) AS type FROM pg_attribute WHERE attrelid = 'control_plane.databases'::regclass AND attname = 'options'`)).toEqual([{ type: 'json' }])
  await stopSystem(await startSystem({}, folder))
}, 90_000)

const refusal = async (): Promise<{ code: number | null; said: string }> => {
  const { code, output } = await startSingle({ DATA_DIR: dataDir }, path.join(apps, 'single/dist/main.js')).ended
  return { code, said: output.trim() }
}

// Every column of every table, and how many rows each table has.
const shape = `SELECT table_schema, table_name, column_name, data_type,
  (xpath('/row/count/text()', query_to_xml(format('SELECT count(*) FROM %I.%I', table_schema, table_name), false, true, '')))[1]::text AS rows
  FROM information_schema.columns WHERE table_schema IN ('identity', 'control_plane', 'provisioner') ORDER BY 1, 2, 3`

it('changes nothing in records that a newer version has changed in a way of its own, and says which version is needed', async () => {
  await inRecords(`INSERT INTO identity.migrations (timestamp, name) VALUES (9999999999999, 'BreakingSplitOfNames9999999999999')`)
  const before = await inRecords(shape)
  const files = (await readdir(path.join(dataDir, 'tenants'), { recursive: true })).sort()
  expect(await refusal()).toEqual({
    code: 78, said: 'The schema identity was changed by a newer version in a way this program does not understand (BreakingSplitOfNames9999999999999); start that version.',
  })
  expect(await inRecords(shape)).toEqual(before)
  expect((await readdir(path.join(dataDir, 'tenants'), { recursive: true })).sort()).toEqual(files)
}, 60_000)

it('refuses a directory of a later format, or of another Postgres, in a sentence, and leaves it as it is', async () => {
  const marker = path.join(dataDir, 'tenantry.json')
  const known = await readFile(marker, 'utf8')
  await writeFile(marker, known.replace('"format":1', '"format":2'))
  expect(await refusal()).toEqual({ code: 78, said: expect.stringMatching(/^DATA_DIR \S+ was written by a newer Tenantry \(format 2, this one knows 1\); start that version\.$/) })
  await writeFile(marker, known)
  await cp(path.join(dataDir, 'postgres/PG_VERSION'), path.join(folder, 'PG_VERSION'))
  await writeFile(path.join(dataDir, 'postgres/PG_VERSION'), '17\n')
  expect(await refusal()).toEqual({ code: 78, said: expect.stringMatching(/^The data in \S+postgres is of Postgres 17 and this program brings Postgres 18: start it with the release that wrote the data\.$/) })
  await cp(path.join(folder, 'PG_VERSION'), path.join(dataDir, 'postgres/PG_VERSION'))
  await stopSystem(await startSystem({}, folder))
}, 60_000)
