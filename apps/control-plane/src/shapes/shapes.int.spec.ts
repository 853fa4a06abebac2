import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { jetstream } from '@nats-io/jetstream'
import { type DatabaseId, newId } from '@tenantry/contracts'
import { until } from '@tenantry/testing'
import { parseControlPlaneConfig } from '../config.js'
import { type RunningControlPlane, runningControlPlane } from '../testing/running.js'

interface ShapeAnswer {
  readonly name: string
  readonly metadata: { readonly available: boolean; readonly unavailable_because?: string }
  readonly properties: Readonly<Record<string, unknown>>
}

const listed = async (running: RunningControlPlane, who: Parameters<RunningControlPlane['call']>[0]): Promise<ReadonlyMap<string, ShapeAnswer>> => {
  const { json } = await running.call(who, 'GET', '/v2/shapes')
  return new Map((json['shapes'] as readonly ShapeAnswer[]).map((shape) => [shape.name, shape]))
}

const shaped = (running: RunningControlPlane, who: Parameters<RunningControlPlane['call']>[0], shape: string) =>
  running.call(who, 'POST', '/v2/databases', { name: newId<string>(), database_options: { shape } })

describe('shapes', () => {
  let folder: string
  let running: RunningControlPlane
  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'shapes-'))
    const file = path.join(folder, 'shapes.json')
    await writeFile(file, JSON.stringify({ shapes: [{ name: 'bitmap-large', engine: 'bitmap', disk_bytes: 2_097_152 }, { name: 'featurebase-two', engine: 'featurebase', disk_bytes: 1_048_576, placement: 'two' },
      { name: 'featurebase-lost', engine: 'featurebase', disk_bytes: 1_048_576, placement: 'lost' }, { name: 'sqlite-large', engine: 'sqlite', disk_bytes: 2_097_152 }], hidden: ['sqlite-small'] }))
    running = await runningControlPlane({ SHAPES_FILE: file, FEATUREBASE_SERVERS: 'one=http://127.0.0.1:1,two=http://127.0.0.1:2,three=http://127.0.0.1:3' })
  })
  afterAll(async () => {
    await running.close()
    await rm(folder, { recursive: true })
  })

  it('are told with what their databases can do, where they live, and how much they hold', async () => {
    const shapes = await listed(running, await running.person())
    expect([...shapes.keys()].sort()).toEqual(['bitmap-large', 'bitmap-small', 'featurebase-lost', 'featurebase-server', 'featurebase-two', 'postgres-small', 'sqlite-large'])
    expect(shapes.get('bitmap-large')?.properties).toMatchObject({ engine: 'bitmap', placement: 'local', disk_bytes: 2_097_152, disk_bytes_kept: true, languages: expect.arrayContaining(['sql', 'pql', 'import']) })
    expect(shapes.get('sqlite-large')?.properties['languages']).toEqual(['sql', 'graphql'])
    expect(shapes.get('featurebase-server')?.properties).toMatchObject({ engine: 'featurebase', placement: 'any', disk_bytes_kept: false, languages: ['sql', 'pql', 'schema'] })
    expect(shapes.get('bitmap-small')?.metadata.available).toBe(true)
  })

  it('that are hidden or not there make no database, and what has no place is refused in words and leaves no record', async () => {
    const ada = await running.person()
    for (const shape of ['sqlite-small', 'nothing']) expect(await shaped(running, ada, shape)).toMatchObject({ status: 400 })
    expect((await listed(running, ada)).get('featurebase-lost')?.metadata).toMatchObject({ available: false, unavailable_because: expect.stringContaining('the server lost is not configured') })
    const refused = await shaped(running, ada, 'featurebase-lost')
    expect([refused.status, refused.text]).toEqual([409, expect.stringContaining('the server lost is not configured')])
    expect((await running.call(ada, 'GET', '/v2/databases')).json['resources']).toEqual([])
  })

  it('give each database a server of its own, also to many at once, and give it to the next one when the data of the last is purged', async () => {
    const ada = await running.person()
    const tries = await Promise.all(Array.from({ length: 9 }, () => shaped(running, ada, 'featurebase-server')))
    const made = tries.filter(({ status }) => status === 201).map(({ json }) => json['id'] as DatabaseId)
    expect(tries.map(({ status }) => status).sort()).toEqual([201, 201, 201, 409, 409, 409, 409, 409, 409])
    const nodes = await running.records.query<{ node: string }>('SELECT node FROM databases WHERE id = ANY($1)', [made])
    expect(nodes.rows.map(({ node }) => node).sort()).toEqual(['one', 'three', 'two'])
    expect((await shaped(running, ada, 'featurebase-two')).text).toContain('its server belongs to another database')
    expect((await listed(running, ada)).get('featurebase-server')?.metadata).toMatchObject({ available: false, unavailable_because: expect.stringContaining('all 3 servers') })

    const purged = JSON.stringify({ id: newId<string>(), at: new Date().toISOString(), databaseId: made[0], orgId: ada.orgId, generation: 1 })
    await until('the stream of the provisioner is there', () => jetstream(running.connection).publish('provisioner.database.purged', purged))
    await until('a server is free again', async () => (await listed(running, ada)).get('featurebase-server')?.metadata.available === true)
    expect((await shaped(running, ada, 'featurebase-server')).status).toBe(201)
  })

  it('that are withdrawn stay with the databases that have them', async () => {
    const ada = await running.person()
    const id = (await shaped(running, ada, 'bitmap-large')).json['id']
    await running.records.query('UPDATE shapes SET offered = false WHERE name = \'bitmap-large\'')
    expect((await running.call(ada, 'GET', '/v2/shapes/bitmap-large')).status).toBe(404)
    expect((await running.call(ada, 'GET', `/v2/databases/${String(id)}`)).json).toMatchObject({ database_options: { shape: 'bitmap-large' } })
    await running.another()
    expect((await running.call(ada, 'GET', '/v2/shapes/bitmap-large')).status).toBe(200)
  })
})

it('is not started with a file of shapes, or a list of servers, that is wrong', () => {
  const env = { DATABASE_URL: 'postgres://127.0.0.1/x', NATS_URL: 'nats://127.0.0.1:1', NATS_TOKEN: 'a token of sixteen', PUBLIC_URL: 'http://a', IDENTITY_URL: 'http://a', INTERNAL_TOKEN: 'an-internal-token-of-tests' }
  const said = (more: Readonly<Record<string, string>>): unknown => {
    try {
      return parseControlPlaneConfig({ ...env, ...more })
    } catch (error) {
      return error
    }
  }
  expect(said({})).toMatchObject({ ownServers: { featurebase: [] } })
  expect(said({ SHAPES: '{"hidden":["nothing"]}' })).toMatchObject({ name: 'Exit', code: 78, message: expect.stringContaining('SHAPES_FILE: hidden names nothing') })
  expect(said({ SHAPES_FILE: '/nowhere' })).toMatchObject({ name: 'Exit', code: 78, message: expect.stringContaining('/nowhere') })
  for (const FEATUREBASE_SERVERS of ['http://a', 'a=ftp://a', 'a=http://a,a=http://b', 'a=http://a,b=http://a', 'any=http://a', 'a=http://u:p@a', 'a=http://a/b']) {
    expect(said({ FEATUREBASE_SERVERS })).toMatchObject({ name: 'Exit', code: 78, message: expect.stringContaining('FEATUREBASE_SERVERS') })
  }
})
