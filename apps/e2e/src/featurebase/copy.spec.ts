import { z } from 'zod'
import { type FakeFeaturebase, fakeFeaturebase } from '@tenantry/testing'
import path from 'node:path'
import { outputOf } from '../clients/programs.js'
import { type Api, read, speakTo } from '../story/api.js'
import { listDatabases, rowsOf } from '../story/databases.js'
import { type Person, createKey, signUp } from '../story/people.js'
import { apps, clearUp, startSystem } from '../story/system.js'

let server: FakeFeaturebase
let url: string
let api: Api
let ada: Person
let key: string

const options = (given: object): string => JSON.stringify(given)
const schema = `{"indexes":[{"name":"people","createdAt":1674247263913498345,"options":{"keys":false,"trackExistence":true},"shardWidth":1048576,"fields":[${[
  ['_exists', options({ type: 'set', cacheType: 'none', cacheSize: 0, keys: false })],
  ['big', '{"type":"int","base":0,"bitDepth":63,"min":-9223372036854775808,"max":9223372036854775807,"keys":false,"foreignIndex":""}'],
  ['hobbies', options({ type: 'set', cacheType: 'ranked', cacheSize: 50_000, keys: true })], ['tags', options({ type: 'set', cacheType: 'ranked', cacheSize: 50_000, keys: false })],
  ['city', options({ type: 'mutex', cacheType: 'ranked', cacheSize: 50_000, keys: true })], ['balance', '{"type":"decimal","base":0,"scale":2,"bitDepth":10,"min":-92233720368547758.08,"max":92233720368547758.07,"keys":false}'],
  ['joined', options({ type: 'timestamp', base: 0, bitDepth: 33, min: 0, max: 1, epoch: '1970-01-01T00:00:00Z', timeUnit: 's' })], ['active', options({ type: 'bool' })],
  ['seen', options({ type: 'time', timeQuantum: 'YMD', keys: true, noStandardView: false, ttl: '0s' })],
].map(([name, given]) => `{"name":"${name}","createdAt":1674247263913498346,"options":${given}}`).join(',')}]},
  {"name":"cities","createdAt":1,"options":{"keys":true,"trackExistence":false},"fields":[{"name":"country","options":{"type":"mutex","keys":true,"cacheType":"ranked","cacheSize":50000}},{"name":"inhabitants","options":{"type":"int","min":0,"max":100}}],"shardWidth":1048576},
  {"name":"fb_views","createdAt":1,"options":{"keys":true,"trackExistence":true},"fields":[],"shardWidth":1048576}]}`

const lists = 'Rows(big), Rows(hobbies), Rows(tags), Rows(city), Rows(balance), Rows(joined), Rows(active), Rows(seen)'
const columns = (...rows: readonly string[]): { status: number; text: string } => ({ status: 200, text: `{"results":[{"fields":[],"columns":[${rows.join(',')}]}]}` })

beforeAll(async () => {
  server = await fakeFeaturebase()
  server.told.set('/schema', schema)
  server.pql.set(`people Extract(Limit(All(), limit=2, offset=0), ${lists})`, columns(
    '{"column":1,"rows":[9223372036854775807,["chess","a \\"b\\" 12"],[7,9],"Aarhus",12.30,"2021-01-05T08:30:00Z",true,["/shop"]]}',
    '{"column":9007199254740993,"rows":[-9223372036854775807,null,[],null,null,null,false,null]}'))
  server.pql.set(`people Extract(Limit(All(), limit=2, offset=2), ${lists})`, columns('{"column":9007199254740994,"rows":[null,null,null,null,-0.01,null,null,null]}'))
  server.pql.set('cities Extract(Limit(Union(UnionRows(Rows(country)), Row(inhabitants != null)), limit=2, offset=0), Rows(country), Rows(inhabitants))', columns('{"column":"Aarhus","rows":["Denmark",29]}'))
  const system = await startSystem()
  url = system.url
  api = speakTo(url)
  ada = await signUp(api)
  key = (await createKey(api, ada)).secret
}, 60_000)
afterAll(async () => {
  await clearUp()
  await server.close()
}, 30_000)

const copy = (...args: readonly string[]): Promise<string> =>
  outputOf(process.execPath, [path.resolve(apps, '../tools/tenantry.mjs'), 'copy-featurebase', '--url', url, ...args], '', { ...process.env, TENANTRY_TOKEN: key })
const idOf = async (): Promise<string> => (await listDatabases(api, ada)).find(({ name }) => name === 'moved')?.id ?? ''
const results = z.object({ results: z.array(z.unknown()) })

describe('npx tenantry copy-featurebase', () => {
  it('copies the tables of a server with all their values, page by page, and again without doubling any', async () => {
    for (let time = 0; time < 2; time += 1) {
      expect(await copy('--from', server.url, '--name', 'moved', '--page', '2')).toMatch(/people: 3 records; of seen the values without their times\ncities: 1 records\n$/)
      const id = await idOf()
      expect((await api('POST', `/v2/databases/${id}/query/pql`, { token: ada.token, text: `[people]Extract(All(), ${lists})` })).text).toContain([
        '"columns":[{"column":1,"rows":[9223372036854775807,["chess","a \\"b\\" 12"],[7,9],"Aarhus",12.3,"2021-01-05T08:30:00Z",true,["/shop"]]}',
        '{"column":9007199254740993,"rows":[-9223372036854775807,null,null,null,null,null,false,null]}',
        '{"column":9007199254740994,"rows":[null,null,null,null,-0.01,null,null,null]}]'].join(','))
      expect(read(results, 200, await api('POST', `/v2/databases/${id}/query/pql`, { token: ada.token, text: '[cities]Count(Row(country="Denmark"))' })).results).toEqual([1])
      expect(await rowsOf(api, ada, id, 'select _id, inhabitants from cities')).toEqual([['Aarhus', 29]])
    }
    expect(server.asked.every(({ method, path: asked }) => method === 'GET' || asked.endsWith('/query'))).toBe(true)
  }, 60_000)

  it('says what is wrong, and with whom', async () => {
    await expect(copy('--from', 'host', '--name', 'x')).rejects.toThrow(/--from is an address/)
    await expect(copy('--name', 'x')).rejects.toThrow(/--from and --name/)
    await expect(copy('--from', 'http://127.0.0.1:1', '--name', 'x')).rejects.toThrow(/The FeatureBase server at http:\/\/127\.0\.0\.1:1 does not answer/)
    await expect(copy('--from', server.url, '--name', 'x', '--tables', 'nope')).rejects.toThrow(/no table nope; it has people, cities/)
    await expect(copy('--from', server.url, '--name', 'moved', '--page', '3')).rejects.toThrow(/refused POST \/index\/people\/query with 400: executing: people: index not found/)
  }, 60_000)
})
