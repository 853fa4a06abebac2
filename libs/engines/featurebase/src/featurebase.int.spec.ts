import { DatabaseIdSchema, Problem, type ProblemCode, newId } from '@tenantry/contracts'
import type { QueryAsk, QueryLimits, Target } from '@tenantry/engines-contract'
import { type FakeFeaturebase, type ServerFault, fakeFeaturebase, originalCases, until } from '@tenantry/testing'
import { type FeaturebaseEngine, featurebaseEngine } from './index.js'
import { markName } from './marks.js'

const limits: QueryLimits = { seconds: 20, answerBytes: 4_000_000, answerRows: 100_000 }
const soon = (): AbortSignal => AbortSignal.timeout(30_000)
const targetOn = (node: string, generation = 1): Target =>
  ({ databaseId: DatabaseIdSchema.parse(newId<string>()), generation, engine: 'featurebase', node, limits: { storageBytes: 1 } })

const refused = async (work: Promise<unknown>): Promise<ProblemCode> => (await problemOf(work)).code
const problemOf = async (work: Promise<unknown>): Promise<Problem> => {
  const error: unknown = await work.then(() => undefined, (reason: unknown) => reason)
  if (error instanceof Problem) return error
  throw new Error('Nothing but a Problem may be thrown.', { cause: error })
}

describe('a database on a FeatureBase server', () => {
  let server: FakeFeaturebase
  let engine: FeaturebaseEngine
  beforeEach(async () => {
    server = await fakeFeaturebase()
    engine = featurebaseEngine(new Map([['one', new URL(server.url)]]))
  })
  afterEach(async () => {
    engine.close()
    await server.close()
  })

  const ask = (language: 'sql' | 'pql' | 'schema') => async (target: Target, text: string, more: Partial<QueryAsk> = {}, gone: AbortSignal = soon()) => {
    const port = engine[language]
    if (!port) throw new Error(`The engine does not speak ${language}.`)
    return await port.run(target, { text, access: 'write', limits, ...more }, gone)
  }
  const [sql, pql, schema] = [ask('sql'), ask('pql'), ask('schema')]
  const rows = async (target: Target, text: string, more: Partial<QueryAsk> = {}): Promise<string> => (await sql(target, text, more)).data.toString()
  const made = async (): Promise<Target> => {
    const target = targetOn('one')
    await engine.lifecycle.ensure(target, soon())
    return target
  }
  const filled = async (): Promise<Target> => {
    const target = await made()
    await sql(target, 'create table t (_id id, a int)')
    await sql(target, 'insert into t (_id, a) values (1, 7)')
    return target
  }

  describe('in its life', () => {
    it('is made once, however often it is asked, and is not there before', async () => {
      const target = targetOn('one')
      expect(await engine.lifecycle.observe(target, soon())).toBe('absent')
      expect(await refused(sql(target, 'select a from t'))).toBe('DatabaseNotFound')
      await Promise.all([1, 2, 3, 4].map(() => engine.lifecycle.ensure(target, soon())))
      await sql(target, 'create table t (_id id, a int)')
      await engine.lifecycle.ensure(target, soon())
      expect(await engine.lifecycle.observe(target, soon())).toBe('running')
      expect(await rows(target, 'select a from t')).toBe('[]')
    })

    it('stops, refuses statements, and starts with its data', async () => {
      const target = await filled()
      for (let twice = 0; twice < 2; twice += 1) await engine.lifecycle.stop(target, soon())
      expect(await engine.lifecycle.observe(target, soon())).toBe('stopped')
      expect(await refused(sql(target, 'select a from t'))).toBe('DatabaseInWrongState')
      for (let twice = 0; twice < 2; twice += 1) await engine.lifecycle.start(target, soon())
      expect(await rows(target, 'select a from t')).toBe('[[7]]')
    })

    it('is removed so that it can be brought back, and ended so that it cannot, and leaves nothing behind', async () => {
      const target = await filled()
      expect(await refused(engine.lifecycle.purge(target, soon()))).toBe('DatabaseInWrongState')
      for (let twice = 0; twice < 2; twice += 1) await engine.lifecycle.remove(target, soon())
      expect(await engine.lifecycle.observe(target, soon())).toBe('removed')
      expect(await refused(sql(target, 'select a from t'))).toBe('DatabaseNotFound')
      expect(await refused(engine.lifecycle.ensure(target, soon()))).toBe('DatabaseInWrongState')
      for (let twice = 0; twice < 2; twice += 1) await engine.lifecycle.restore(target, soon())
      expect(await rows(target, 'select a from t')).toBe('[[7]]')
      await engine.lifecycle.remove(target, soon())
      for (let twice = 0; twice < 2; twice += 1) await engine.lifecycle.purge(target, soon())
      expect(await engine.lifecycle.observe(target, soon())).toBe('purged')
      for (const late of ['ensure', 'restore', 'start'] as const) expect(await refused(engine.lifecycle[late](target, soon()))).toBe('DatabaseInWrongState')
      await engine.lifecycle.remove(target, soon())
      expect(await engine.lifecycle.observe(target, soon())).toBe('purged')
      expect([...server.indexes.keys()]).toEqual([markName])
      expect(JSON.stringify([...server.indexes.values()].map((fields) => [...fields.keys()]))).not.toContain(target.databaseId)
    })

    it('never begins when it was removed before, and that takes nothing from the one that is there', async () => {
      const first = await filled()
      const late = targetOn('one')
      await engine.lifecycle.remove(late, soon())
      expect(await refused(engine.lifecycle.ensure(late, soon()))).toBe('DatabaseInWrongState')
      await engine.lifecycle.purge(late, soon())
      expect(await rows(first, 'select a from t')).toBe('[[7]]')
    })

    it('has its server for itself until its data is purged', async () => {
      const first = await filled()
      const second = targetOn('one')
      expect((await problemOf(engine.lifecycle.ensure(second, soon()))).message).toContain('keeps the data of another database')
      expect(await refused(sql(second, 'select a from t'))).toBe('DatabaseNotFound')
      await engine.lifecycle.remove(first, soon())
      expect(await refused(engine.lifecycle.ensure(second, soon()))).toBe('EngineUnavailable')
      await engine.lifecycle.purge(first, soon())
      await engine.lifecycle.ensure(second, soon())
      expect(await refused(sql(second, 'select a from t'))).toBe('EngineRejectedQuery')
      expect(await refused(sql(first, 'select a from t'))).toBe('DatabaseNotFound')
    })

    it('is given to one of two that come at the same time, or to neither', async () => {
      const [one, other] = [targetOn('one'), targetOn('one')]
      await Promise.allSettled([one, other].map((target) => engine.lifecycle.ensure(target, soon())))
      const seen = await Promise.all([one, other].map((target) => engine.lifecycle.observe(target, soon())))
      expect(seen.filter((observed) => observed === 'running').length).toBeLessThanOrEqual(1)
      await until('one of them has it', async () => {
        await Promise.allSettled([engine.lifecycle.ensure(one, soon())])
        return (await Promise.all([one, other].map((target) => engine.lifecycle.observe(target, soon())))).includes('running')
      })
    })

    it('is not made on a server that holds tables of nobody here', async () => {
      server.indexes.set('old-sales', new Map())
      expect((await problemOf(engine.lifecycle.ensure(targetOn('one'), soon()))).message).toContain('empty it first')
      server.indexes.delete('old-sales')
      server.indexes.set('fb_views', new Map())
      await made()
      expect([...server.indexes.keys()]).toEqual([markName])
    })

    it.each(['reset', 'reset in the middle'] as const)('comes to the same end wherever each step of it is cut off: %s', async (kind) => {
      const deeds = ['ensure', 'stop', 'start', 'remove', 'restore', 'remove', 'purge'] as const
      const ends = { ensure: 'running', stop: 'stopped', start: 'running', remove: 'removed', restore: 'running', purge: 'purged' } as const
      let cuts = 0
      for (let after = 0, wasCut = true; wasCut; after += 1) {
        const target = targetOn('one')
        wasCut = false
        for (const deed of deeds) {
          server.fault = { path: '', kind, after }
          const isCut = await engine.lifecycle[deed](target, soon()).then(() => false, () => true)
          server.fault = undefined
          if (isCut) await engine.lifecycle[deed](target, soon())
          expect(await engine.lifecycle.observe(target, soon())).toBe(ends[deed])
          if (deed === 'ensure') await sql(target, 'create table t (_id id, a int)')
          cuts += isCut ? 1 : 0
          wasCut ||= isCut
        }
        expect([...server.indexes.keys()]).toEqual([markName])
        expect([...server.indexes.get(markName)?.keys() ?? []].filter((name) => !name.startsWith('over-'))).toEqual([])
      }
      expect(cuts).toBeGreaterThanOrEqual(25)
    }, 60_000)

    it('says that its server is not configured', async () => {
      expect((await problemOf(sql(targetOn('lost'), 'select 1'))).message).toContain('lost')
    })
  })

  describe('when it answers', () => {
    it('passes on what the server wrote, byte by byte', async () => {
      const target = await made()
      const data = '[[9223372036854775807,-9223372036854775808,3.00,"ü😀 \\"x\\"",null],[1,2,0.10,"",["b","a"]]]'
      const fields = '[{"name":"_id","type":"id","base-type":"id","type-info":null},{"name":"amt","type":"decimal(2)","base-type":"decimal","type-info":{"scale":2}}]'
      server.sql.set('select * from big', `{"schema":{"fields":${fields}},"data":${data},"warnings":["🐉 here be dragons"],"query-plan":{"_op":"*planner.PlanOpQuery"},"execution-time":4711}`)
      const answer = await sql(target, 'select * from big', { plan: true })
      expect([answer.data.toString(), answer.fields.toString(), answer.rows, answer.micros]).toEqual([data, fields, 2, 4711])
      expect([String(answer.plan), String(answer.warnings)]).toEqual(['{"_op":"*planner.PlanOpQuery"}', '["🐉 here be dragons"]'])
      expect(server.asked.at(-1)).toEqual({ method: 'POST', path: '/sql?plan=true', body: 'select * from big' })
    })

    it('blames the statement in the server\'s words, without its sources', async () => {
      const target = await made()
      server.sql.set('select 1', '{"error":"[1:8] internal error (/root/src/planner/expr.go:77) unexpected type","execution-time":5}')
      server.sql.set('select 2', '{"schema":{"fields":[]},"data":[[1]],"error":"[0:0] divisor is equal to zero","execution-time":5}')
      server.sql.set('select 3', JSON.stringify({ error: 'panic: runtime error: index out of range\n\tgoroutine 7' }))
      server.sql.set('select 4', JSON.stringify({ error: 'Post "http://10.0.0.7:10101/internal": dial tcp 10.0.0.7:10101: connect: connection refused' }))
      expect((await problemOf(sql(target, 'select 1'))).message).toBe('[1:8] internal error unexpected type')
      expect((await problemOf(sql(target, 'select 2'))).message).toBe('[0:0] divisor is equal to zero')
      for (const text of ['select 3', 'select 4']) expect(await problemOf(sql(target, text))).toMatchObject({ code: 'EngineRejectedQuery', message: expect.not.stringMatching(/goroutine|10\.0\.0/) })
    })

    it('runs PQL on the index that is named, and tells what was wrong with it', async () => {
      const target = await made()
      server.pql.set('t Count(All())', { status: 200, text: '{"results":[9223372036854775807]}\n' })
      server.pql.set('t Row(b=1)', { status: 400, text: '{"error":"executing: translating call: invalid value 1 for bool field \\"b\\""}\n' })
      expect((await pql(target, '[t] Count( All() )')).data.toString()).toBe('[9223372036854775807]')
      expect(await problemOf(pql(target, '[t]Row(b=1)'))).toMatchObject({ code: 'EngineRejectedQuery', message: expect.stringContaining('bool field') })
      expect(await refused(pql(target, '[nope]All()'))).toBe('TableNotFound')
    })

    it('shows the tables of the tenant and not what keeps the server', async () => {
      const target = await filled()
      expect(await rows(target, 'show tables')).toBe('[["t","t",1000]]')
      const told = await schema(target, '')
      expect(JSON.parse(told.data.toString())).toMatchObject({ indexes: [{ name: 't', fields: [{ name: 'a' }] }] })
      expect(told.data.toString()).toContain('"createdAt":1674247263913498345,')
      expect(told.data.toString()).not.toContain(markName)
      await schema(target, '{"indexes":[{"name":"skills"}]}')
      expect([...server.indexes.keys()]).toEqual(expect.arrayContaining(['skills']))
      for (const name of [markName, 'fb_views']) expect(await refused(schema(target, JSON.stringify({ indexes: [{ name }] })))).toBe('EngineRejectedQuery')
      expect(await refused(schema(target, '{"indexes":[]}', { access: 'read' }))).toBe('Forbidden')
      expect(await engine.metrics?.sizeBytes(target, soon())).toBe(2_000)
    })

    it('sends nothing of what is refused', async () => {
      const target = await made()
      const before = server.asked.length
      const hostile = ['copy t to u with url \'http://a\'', 'bulk insert into t (_id, a) map (0 id, 1 int) from \'/etc/passwd\' with format \'CSV\' input \'FILE\'', 'select * from fb_exec_requests', 'nonsense', '', 'select 1; select 2']
      for (const text of hostile) expect(await refused(sql(target, text))).toBe('EngineRejectedQuery')
      expect(await refused(pql(target, '[t]ExternalLookup(query="x")'))).toBe('LanguageNotSupported')
      expect(await refused(pql(target, '[../debug/pprof]All()'))).toBe('TableNotFound')
      expect(server.asked.slice(before).filter(({ path }) => path !== `/index/${markName}`)).toEqual([])
    })

    it('measures its server, each sample with its node', async () => {
      const target = await made()
      expect(await engine.metrics?.families?.(target, soon())).toContain('pilosa_set{fb_node_id="node-7",index="t"} 3\n')
    })
  })

  describe('when the server does not do as it should', () => {
    const faults: readonly (readonly [ServerFault['kind'], ProblemCode])[] = [['reset', 'EngineUnavailable'], ['reset in the middle', 'EngineUnavailable'], ['stack', 'EngineUnavailable'], ['page', 'EngineUnavailable'], ['half', 'EngineUnavailable'], ['huge', 'AnswerTooLarge']]

    it.each(faults)('answers a statement, PQL and a schema with a refusal in our words: %s', async (kind, code) => {
      const target = await filled()
      const work = [['/sql', () => sql(target, 'select a from t')], ['/index/t/query', () => pql(target, '[t]All()')], ['/schema', () => schema(target, '')], ['/sql', () => sql(target, 'insert into t (_id, a) values (2, 8)')]] as const
      for (const [path, run] of work) {
        server.fault = { path, kind }
        const problem = await problemOf(run())
        expect([problem.code, problem.message]).toEqual([code, expect.not.stringMatching(/goroutine|html|10\.0\.0|handler\.go/)])
        server.fault = undefined
        expect(await rows(target, 'select a from t')).toMatch(/^\[\[7\]/)
      }
      await until('nothing is left waiting at the server', () => server.waiting() === 0)
    })

    it('says that a write may have been done when its answer was lost, and never that of a read', async () => {
      const target = await filled()
      server.fault = { path: '/sql', kind: 'reset in the middle' }
      expect((await problemOf(sql(target, 'insert into t (_id, a) values (2, 8)'))).message).toContain('look whether it took effect')
      expect((await problemOf(sql(target, 'select a from t'))).message).not.toContain('took effect')
    })

    it('sends a read anew, and no write, when a kept connection turns out to be closed', async () => {
      const target = await filled()
      server.fault = { path: '/sql', kind: 'reset' }
      const before = server.asked.length
      expect(await refused(sql(target, 'insert into t (_id, a) values (2, 8)'))).toBe('EngineUnavailable')
      expect(server.asked.slice(before).filter(({ path }) => path === '/sql')).toHaveLength(1)
      expect(await refused(sql(target, 'select a from t'))).toBe('EngineUnavailable')
      expect(server.asked.slice(before).filter(({ path }) => path === '/sql')).toHaveLength(3)
    })

    it('ends a statement at its deadline, and one that nobody waits for, and the server hears of it', async () => {
      const target = await filled()
      server.fault = { path: '/sql', kind: 'silence' }
      expect(await refused(sql(target, 'select a from t', { limits: { ...limits, seconds: 0.3 } }))).toBe('QueryTimeout')
      const gone = new AbortController()
      const running = refused(sql(target, 'select a from t', {}, gone.signal))
      await until('it is at the server', () => server.waiting() > 0)
      gone.abort()
      expect(await running).toBe('QueryCancelled')
      await until('the server has nobody waiting', () => server.waiting() === 0)
      expect(await refused(sql(target, 'select a from t', {}, AbortSignal.abort()))).toBe('QueryCancelled')
    })

    it('refuses more statements at a time than a database may have, and rows beyond the limit', async () => {
      const target = await filled()
      server.fault = { path: '/sql', kind: 'silence' }
      const gone = new AbortController()
      const all = Array.from({ length: 120 }, () => refused(sql(target, 'select a from t', {}, gone.signal)))
      await until('some are at the server', () => server.waiting() > 10)
      gone.abort()
      expect((await Promise.all(all)).filter((code) => code === 'TooManyQueries')).toHaveLength(20)
      server.fault = undefined
      await sql(target, 'insert into t (_id, a) values (2, 8)')
      expect(await refused(sql(target, 'select a from t', { limits: { ...limits, answerRows: 1 } }))).toBe('AnswerTooLarge')
      expect(await refused(sql(target, 'select a from t', { limits: { ...limits, answerBytes: 3 } }))).toBe('AnswerTooLarge')
    })

    it('is away while the server is, and there again with it', async () => {
      const target = await filled()
      await server.close()
      for (const work of [() => sql(target, 'select a from t'), () => engine.lifecycle.observe(target, soon()), () => engine.lifecycle.ensure(target, soon())]) {
        expect(await refused(work())).toBe('EngineUnavailable')
      }
      await server.open()
      expect(await rows(target, 'select a from t')).toBe('[[7]]')
    })
  })

  const sqlCases = originalCases<{ readonly sql: readonly string[] | null; readonly wire: readonly (Readonly<Record<string, unknown>> | null)[] | null }>('featurebase-sql.json')
  const pqlCases = originalCases<{ readonly index: string; readonly query: string; readonly status: number; readonly expect: unknown }>('pql.json')

  ;(sqlCases.isThere ? it : it.skip)(`answers SQL as recorded, or refuses it before it is sent${sqlCases.unless}`, async () => {
    const target = await made()
    const seen = { answered: 0, rejected: 0, unsent: 0 }
    for (const { sql: texts, wire } of sqlCases.cases) {
      for (const [at, text] of (texts ?? []).entries()) {
        const recorded = wire?.[at]
        if (!recorded) continue
        server.sql.set(text.replace(/^\s+/, ''), JSON.stringify({ ...recorded, 'execution-time': 1 }))
        const before = server.asked.length
        const outcome = await sql(target, text).then((answer) => answer, (error: unknown) => error)
        const wasSent = server.asked.slice(before).some(({ path }) => path === '/sql')
        if (outcome instanceof Problem) {
          if (!('error' in recorded)) throw new Error(`${text} was refused: ${outcome.message}`)
          if (wasSent) expect(outcome.message).toBe(String(recorded['error']).replace(/ \([^)]*\.go:\d+\)/, ''))
          seen[wasSent ? 'rejected' : 'unsent'] += 1
        } else {
          if (outcome instanceof Error) throw outcome
          const answer = outcome as Awaited<ReturnType<typeof sql>>
          expect([JSON.parse(answer.data.toString()), JSON.parse(answer.fields.toString())]).toEqual([recorded['data'], (recorded['schema'] as { fields: unknown }).fields])
          seen.answered += 1
        }
      }
    }
    expect(seen.answered).toBeGreaterThan(400)
    expect(seen.rejected).toBeGreaterThan(700)
  })

  ;(pqlCases.isThere ? it : it.skip)(`answers PQL as recorded, or refuses it before it is sent${pqlCases.unless}`, async () => {
    const target = await made()
    let answered = 0
    for (const { index, query, status, expect: expected } of pqlCases.cases) {
      const before = server.asked.length
      await pql(target, `[${index}]${query}`).catch(() => undefined)
      const sent = server.asked.slice(before).find(({ path }) => path.endsWith('/query'))
      if (!sent) {
        expect([query, status]).toEqual([query, 400])
        continue
      }
      server.pql.set(`${index} ${sent.body}`, { status, text: `${JSON.stringify(expected)}\n` })
      if (status === 200) {
        expect({ results: JSON.parse((await pql(target, `[${index}]${query}`)).data.toString()) as unknown }).toEqual(expected)
        answered += 1
      } else expect((await problemOf(pql(target, `[${index}]${query}`))).message).toBe((expected as { error: string }).error)
    }
    expect(answered).toBeGreaterThan(180)
  })
})
