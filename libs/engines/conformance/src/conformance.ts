import { randomBytes } from 'node:crypto'
import { Problem } from '@tenantry/contracts'
import type { ProblemCode } from '@tenantry/contracts'
import type { Answer, Engine, QueryLimits, QueryAsk, Target } from '@tenantry/engines-contract'

/** An engine that a suite may use as it likes. */
export interface Opened {
  readonly engine: Engine
  /** Names a database that nothing knows of yet. */
  newTarget(): Target
  close(): Promise<void>
  /** Tells the seconds that are promised, if not the clock on the wall: one that stands still while the machine has no time. */
  readonly clock?: { now(): number }
}

/** What differs between engines that speak SQL, beside their way of being opened. */
export interface Subject {
  readonly name: string
  open(): Promise<Opened>
  /** A query that would run for hours. */
  readonly endless: string
  /** A query of `rows` rows, each a whole number. */
  readonly manyRows: (rows: number) => string
  /** Column types for a whole number of 64 bits, a decimal number, text and bytes. */
  readonly types: { readonly integer: string; readonly real: string; readonly text: string; readonly bytes: string }
  /** The literal of these bytes. */
  readonly bytes: (bytes: Buffer) => string
  /** How the parameter at a place, from 1, is written; `?` unless told. */
  readonly parameter?: (place: number) => string
  /** Whether text may hold the character NUL; kept unless told. */
  readonly nul?: 'kept' | 'refused'
}

const limits: QueryLimits = { seconds: 10, answerBytes: 4_000_000, answerRows: 200_000 }
const withinASecond = 1_000

/** The promises that every driver keeps, as a suite. A driver without its line here is not a driver. */
export const conformance = (subject: Subject): void => {
  describe(`the ${subject.name} engine`, () => {
    let opened: Opened
    beforeAll(async () => {
      opened = await subject.open()
    })
    afterAll(() => opened.close())

    const soon = () => AbortSignal.timeout(30_000)
    const now = (): number => (opened.clock ?? performance).now()
    const run = (target: Target, text: string, more: Partial<QueryAsk> = {}, signal = soon()): Promise<Answer> => {
      const { sql } = opened.engine
      if (sql === undefined) throw new Error('The engine does not speak SQL.')
      return sql.run(target, { text, access: 'write', limits, ...more }, signal)
    }
    const rows = async (target: Target, text: string, more: Partial<QueryAsk> = {}): Promise<string> => (await run(target, text, more)).data.toString()
    const made = async (...texts: readonly string[]): Promise<Target> => {
      const target = opened.newTarget()
      await opened.engine.lifecycle.ensure(target, soon())
      for (const text of texts) await run(target, text)
      return target
    }
    const refused = async (work: Promise<unknown>): Promise<ProblemCode> => {
      const error: unknown = await work.then(() => undefined, (reason: unknown) => reason)
      if (!(error instanceof Problem)) throw new Error('Nothing but a Problem may be thrown.', { cause: error })
      return error.code
    }

    it('makes a database once, however often it is asked', async () => {
      const target = opened.newTarget()
      const { lifecycle } = opened.engine
      expect(await lifecycle.observe(target, soon())).toBe('absent')
      await Promise.all([1, 2, 3, 4].map(() => lifecycle.ensure(target, soon())))
      await run(target, `create table t(a ${subject.types.integer})`)
      await lifecycle.ensure(target, soon())
      expect(await lifecycle.observe(target, soon())).toBe('running')
      expect(await rows(target, 'select * from t')).toBe('[]')
    })

    it('knows no database that was never made', async () => {
      expect(await refused(run(opened.newTarget(), 'select 1'))).toBe('DatabaseNotFound')
    })

    it('stops, refuses statements, and starts with its data', async () => {
      const target = await made(`create table t(a ${subject.types.integer})`, 'insert into t values (7)')
      const { lifecycle } = opened.engine
      for (let twice = 0; twice < 2; twice += 1) await lifecycle.stop(target, soon())
      expect(await lifecycle.observe(target, soon())).toBe('stopped')
      expect(['DatabaseInWrongState', 'DatabaseNotReady']).toContain(await refused(run(target, 'select * from t')))
      for (let twice = 0; twice < 2; twice += 1) await lifecycle.start(target, soon())
      expect(await rows(target, 'select * from t')).toBe('[[7]]')
    })

    it('removes data so that it can be brought back, and ends it so that it cannot', async () => {
      const target = await made(`create table t(a ${subject.types.integer})`, 'insert into t values (7)')
      const { lifecycle } = opened.engine
      expect(await refused(lifecycle.purge(target, soon()))).toBe('DatabaseInWrongState')
      for (let twice = 0; twice < 2; twice += 1) await lifecycle.remove(target, soon())
      expect(await lifecycle.observe(target, soon())).toBe('removed')
      expect(await refused(run(target, 'select * from t'))).toBe('DatabaseNotFound')
      expect(await refused(lifecycle.ensure(target, soon()))).toBe('DatabaseInWrongState')
      for (let twice = 0; twice < 2; twice += 1) await lifecycle.restore(target, soon())
      expect(await rows(target, 'select * from t')).toBe('[[7]]')
      await lifecycle.remove(target, soon())
      for (let twice = 0; twice < 2; twice += 1) await lifecycle.purge(target, soon())
      expect(await lifecycle.observe(target, soon())).toBe('purged')
      for (const late of [lifecycle.ensure(target, soon()), lifecycle.restore(target, soon()), lifecycle.start(target, soon())]) {
        expect(await refused(late)).toBe('DatabaseInWrongState')
      }
      await lifecycle.remove(target, soon())
      expect(await lifecycle.observe(target, soon())).toBe('purged')
    })

    it('tells what its data takes, running or stopped, and of nothing that is not there', async () => {
      const { lifecycle, metrics } = opened.engine
      if (metrics === undefined) throw new Error('The engine does not measure its databases.')
      const target = await made(`create table t(a ${subject.types.text})`)
      const empty = await metrics.sizeBytes(target, soon())
      await run(target, `insert into t values ('${randomBytes(90_000).toString('base64')}')`)
      const grown = await metrics.sizeBytes(target, soon())
      expect(grown - empty).toBeGreaterThanOrEqual(100_000)
      await lifecycle.stop(target, soon())
      expect(await metrics.sizeBytes(target, soon())).toBeGreaterThanOrEqual(100_000)
      await lifecycle.remove(target, soon())
      for (const missing of [target, opened.newTarget()]) expect(await refused(metrics.sizeBytes(missing, soon()))).toBe('DatabaseNotFound')
    })

    it('never makes a generation that was removed before it was made', async () => {
      const target = opened.newTarget()
      await opened.engine.lifecycle.remove(target, soon())
      expect(await refused(opened.engine.lifecycle.ensure(target, soon()))).toBe('DatabaseInWrongState')
    })

    it('keeps the generations of a database apart', async () => {
      const first = await made(`create table t(a ${subject.types.integer})`)
      const second = { ...first, generation: first.generation + 1 }
      expect(await refused(run(second, 'select * from t'))).toBe('DatabaseNotFound')
      await opened.engine.lifecycle.ensure(second, soon())
      expect(await refused(run(second, 'select * from t'))).toBe('EngineRejectedQuery')
      await opened.engine.lifecycle.remove(first, soon())
      await run(second, `create table t(a ${subject.types.integer})`)
    })

    it('blames a bad statement and nothing else, in its own words', async () => {
      const target = await made()
      for (const text of ['selec 1', 'select * from nowhere', 'select nothing', '', 'select 1; select 2']) {
        expect(await refused(run(target, text))).toBe('EngineRejectedQuery')
      }
      await expect(run(target, 'select * from nowhere')).rejects.toThrow(/nowhere/)
      expect(await rows(target, 'select 1')).toBe('[[1]]')
    })

    it('keeps null, 64-bit integers, decimals, text and bytes', async () => {
      const { integer, real, text, bytes } = subject.types
      const target = await made(`create table t(i ${integer}, r ${real}, s ${text}, b ${bytes})`)
      await run(target, `insert into t values (9223372036854775807, 0.1, 'ü€😀 ''"\\', ${subject.bytes(Buffer.from([0, 255, 16]))})`)
      await run(target, 'insert into t values (-9223372036854775808, 1.7976931348623157e308, \'\', null)')
      await run(target, 'insert into t values (null, null, null, null)')
      const data = await rows(target, 'select i, r, s, b from t')
      expect(data).toContain('[9223372036854775807,')
      expect(data).toContain('[-9223372036854775808,')
      expect((JSON.parse(data) as unknown[][]).map((row) => row.slice(1))).toEqual([
        [0.1, 'ü€😀 \'"\\', 'AP8Q'], [1.7976931348623157e308, '', null], [null, null, null],
      ])
    })

    it('names each column and its type, keeping double names', async () => {
      const target = await made(`create table t(a ${subject.types.integer}, b ${subject.types.text})`)
      const answer = await run(target, 'select a, b, a as b from t')
      expect((JSON.parse(answer.fields.toString()) as { name: string; type: string }[]).map(({ name, type }) => [name, type]))
        .toEqual([['a', 'int'], ['b', 'string'], ['b', 'int']])
    })

    it('lets a reader read and not write', async () => {
      const target = await made(`create table t(a ${subject.types.integer})`, 'insert into t values (1)')
      expect(await rows(target, 'select * from t', { access: 'read' })).toBe('[[1]]')
      for (const text of ['insert into t values (2)', 'update t set a = 2', 'delete from t', `create table u(a ${subject.types.integer})`, 'drop table t']) {
        expect(await refused(run(target, text, { access: 'read' }))).toBe('EngineRejectedQuery')
      }
      expect(await rows(target, 'select * from t')).toBe('[[1]]')
    })

    it('ends a statement at its deadline and goes on', async () => {
      const target = await made()
      const began = now()
      expect(await refused(run(target, subject.endless, { limits: { ...limits, seconds: 1 } }))).toBe('QueryTimeout')
      expect(now() - began).toBeLessThan(1_000 + withinASecond)
      expect(await rows(target, 'select 1')).toBe('[[1]]')
    })

    it('is free again within a second of a cancel', async () => {
      const target = await made()
      const cancel = new AbortController()
      const running = refused(run(target, subject.endless, {}, cancel.signal))
      setTimeout(() => cancel.abort(), 300)
      expect(await running).toBe('QueryCancelled')
      const began = now()
      expect(await rows(target, 'select 1')).toBe('[[1]]')
      expect(now() - began).toBeLessThan(withinASecond)
      expect(await refused(run(target, 'select 1', {}, AbortSignal.abort()))).toBe('QueryCancelled')
    })

    it('refuses an answer with too many rows or bytes', async () => {
      const target = await made()
      expect(await refused(run(target, subject.manyRows(101), { limits: { ...limits, answerRows: 100 } }))).toBe('AnswerTooLarge')
      expect((await run(target, subject.manyRows(100), { limits: { ...limits, answerRows: 100 } })).rows).toBe(100)
      expect(await refused(run(target, subject.manyRows(1_000), { limits: { ...limits, answerBytes: 500 } }))).toBe('AnswerTooLarge')
      expect((await run(target, subject.manyRows(150_000))).rows).toBe(150_000)
    })

    it('binds parameters by position', async () => {
      const target = await made(`create table t(a ${subject.types.integer}, b ${subject.types.text})`)
      const { parameter = () => '?', nul = 'kept' } = subject
      const insert = `insert into t values (${parameter(1)}, ${parameter(2)})`
      await run(target, insert, { params: [5, 'x\'; drop table t --'] })
      await run(target, insert, { params: [null, null] })
      await run(target, insert, { params: [9_223_372_036_854_775_807n, nul === 'kept' ? '\u0000' : '\u0001'] })
      const odd = nul === 'kept' ? '\\u0000' : '\\u0001'
      expect(await rows(target, 'select a, b from t')).toBe(`[[5,"x'; drop table t --"],[null,null],[9223372036854775807,"${odd}"]]`)
      if (nul === 'refused') expect(await refused(run(target, insert, { params: [1, '\u0000'] }))).toBe('EngineRejectedQuery')
      expect(await refused(run(target, `select ${parameter(1)}`, { params: [1, 2] }))).toBe('EngineRejectedQuery')
    })

    it('never shows one tenant the rows of another', async () => {
      const [one, other] = [await made(`create table t(a ${subject.types.text})`), await made(`create table t(a ${subject.types.text})`)]
      await Promise.all([run(one, 'insert into t values (\'one\')'), run(other, 'insert into t values (\'other\')')])
      const answers = await Promise.all(Array.from({ length: 16 }, (_, turn) => rows(turn % 2 === 0 ? one : other, 'select a from t')))
      expect(answers).toEqual(Array.from({ length: 16 }, (_, turn) => (turn % 2 === 0 ? '[["one"]]' : '[["other"]]')))
      expect(await refused(run(one, `select * from "${other.databaseId}".t`))).toBe('EngineRejectedQuery')
    })

    it('refuses more statements at a time than a database may have', async () => {
      const target = await made()
      const all = await Promise.allSettled(Array.from({ length: 200 }, () => run(target, subject.manyRows(1_000))))
      const codes = all.filter((one) => one.status === 'rejected').map((one) => (one.reason as Problem).code)
      expect(new Set(codes)).toEqual(new Set(['TooManyQueries']))
      expect(all.some((one) => one.status === 'fulfilled')).toBe(true)
      expect(await rows(target, 'select 1')).toBe('[[1]]')
    })

    it('tells how a statement was run when it is asked to', async () => {
      const target = await made()
      const answer = await run(target, 'select 1', { plan: true })
      expect(answer.data.toString()).toBe('[[1]]')
      expect(() => JSON.parse(String(answer.plan))).not.toThrow()
    })
  })
}
