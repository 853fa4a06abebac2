import { DatabaseIdSchema, Problem, newId } from '@tenantry/contracts'
import type { Target } from '@tenantry/engines-contract'
import { type FeaturebaseEngine, featurebaseEngine } from './index.js'

// The promises of the driver, asked of a server that somebody runs: npm run test:featurebase.
const url = process.env['FEATUREBASE_URL']
const suite = url === undefined ? describe.skip : describe // skipped where FEATUREBASE_URL names no server
const unless = url === undefined ? ' (skipped: FEATUREBASE_URL names no server)' : ''

const soon = (): AbortSignal => AbortSignal.timeout(60_000)
const limits = { seconds: 30, answerBytes: 10_000_000, answerRows: 100_000 }

suite(`a real FeatureBase server${unless}`, () => {
  const target: Target = { databaseId: DatabaseIdSchema.parse(newId<string>()), generation: 1, engine: 'featurebase', node: 'real', limits: { storageBytes: 1 } }
  let engine: FeaturebaseEngine
  beforeAll(async () => {
    engine = featurebaseEngine(new Map([['real', new URL(url ?? '')]]))
    await engine.lifecycle.ensure(target, soon())
  }, 60_000)
  afterAll(async () => {
    await engine.lifecycle.remove(target, soon())
    await engine.lifecycle.purge(target, soon())
    engine.close()
  }, 60_000)

  const run = async (language: 'sql' | 'pql' | 'schema', text: string): Promise<string> => {
    const port = engine[language]
    if (!port) throw new Error(`The engine does not speak ${language}.`)
    return (await port.run(target, { text, access: 'write', limits }, soon())).data.toString()
  }

  it('is given to one database and to no second one', async () => {
    await engine.lifecycle.ensure(target, soon())
    expect(await engine.lifecycle.observe(target, soon())).toBe('running')
    await expect(engine.lifecycle.ensure({ ...target, databaseId: DatabaseIdSchema.parse(newId<string>()) }, soon())).rejects.toThrow('keeps the data of another database')
  })

  it('keeps what is written, with integers and decimals as they were', async () => {
    await run('sql', 'create table seg (_id id, age int, amount decimal(2), name string, tags stringset)')
    await run('sql', 'insert into seg (_id, age, amount, name, tags) values (1, 9007199254740993, 12.30, \'Ærø "x"\', [\'a\'])')
    expect(await run('sql', 'select _id, age, amount, name, tags from seg')).toBe('[[1,9007199254740993,12.30,"Ærø \\"x\\"",["a"]]]')
    expect(await run('pql', '[seg]Count(Row(age > 5))')).toBe('[1]')
  })

  it('lists the tenant\'s tables alone', async () => {
    expect(JSON.parse(await run('sql', 'show tables'))).toEqual([expect.arrayContaining(['seg'])])
    expect((JSON.parse(await run('schema', '')) as { indexes: { name: string }[] }).indexes.map(({ name }) => name)).toEqual(['seg'])
    expect(await engine.metrics?.sizeBytes(target, soon())).toBeGreaterThanOrEqual(0)
    expect(await engine.metrics?.families?.(target, soon())).toMatch(/fb_node_id="/)
  })

  it('blames a statement in its own words', async () => {
    await expect(run('sql', 'select * from nowhere')).rejects.toThrow(/nowhere/)
    await expect(run('pql', '[seg]Row(nofield=1)')).rejects.toBeInstanceOf(Problem)
  })

  it('stops and starts with its data', async () => {
    await engine.lifecycle.stop(target, soon())
    await expect(run('sql', 'select _id from seg')).rejects.toMatchObject({ code: 'DatabaseInWrongState' })
    await engine.lifecycle.start(target, soon())
    expect(await run('sql', 'select _id from seg')).toBe('[[1]]')
  })

  it('refuses a second table of a name, and drops one', async () => {
    await expect(run('sql', 'create table seg (_id id, a int)')).rejects.toThrow(/already exists/)
    await run('sql', 'drop table seg')
    expect(await run('sql', 'show tables')).toBe('[]')
  })
})
