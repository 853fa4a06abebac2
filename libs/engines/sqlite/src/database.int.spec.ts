import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { EngineRefusal } from '@tenantry/engines-contract'
import type { Answer, EmbeddedDatabase, EmbeddedAsk } from '@tenantry/engines-contract'
import { sqliteDriver } from './driver.js'

const root = mkdtempSync(path.join(os.tmpdir(), 'sqlite-'))
afterAll(() => rmSync(root, { recursive: true, force: true }))

let count = 0
const fresh = (): { readonly folder: string; readonly open: () => EmbeddedDatabase } => {
  count += 1
  const folder = path.join(root, `d${count}`)
  sqliteDriver.makeTemplate(folder)
  return { folder, open: () => sqliteDriver.open(folder, storage) }
}
const storage = { storageBytes: 8_000_000 }
const limits = { seconds: 1, answerBytes: 1_000_000, answerRows: 10_000 }
const run = (database: EmbeddedDatabase, text: string, more: Partial<EmbeddedAsk> = {}, bytes = storage.storageBytes): Answer =>
  database.run({ text, access: 'write', language: 'sql', limits, ...more }, { storageBytes: bytes })
const text = (answer: Answer): string => answer.data.toString()
const code = (work: () => unknown): string | undefined => {
  try {
    work()
    return undefined
  } catch (error) {
    return error instanceof EngineRefusal ? error.code : String(error)
  }
}

describe('a database', () => {
  it('is empty, in WAL mode and durable from the first moment', () => {
    const database = fresh().open()
    expect(text(run(database, 'pragma journal_mode'))).toBe('[["wal"]]')
    expect(text(run(database, 'pragma synchronous'))).toBe('[[2]]')
    expect(text(run(database, 'pragma synchronous', { access: 'read' }))).toBe('[[2]]')
    expect(text(run(database, 'select * from sqlite_master'))).toBe('[]')
    database.close()
  })

  it('can be read before anybody has written', () => {
    const database = fresh().open()
    expect(text(run(database, 'select 1', { access: 'read' }))).toBe('[[1]]')
    database.close()
  })

  it('is one file again when it is closed, and opens again by itself', () => {
    const { folder, open } = fresh()
    const database = open()
    run(database, 'create table t(a)')
    run(database, 'select 1', { access: 'read' })
    database.close()
    expect(readdirSync(folder)).toEqual(['main.db'])
    expect(text(run(database, 'select count(*) from t'))).toBe('[[0]]')
    database.close()
  })

  it('answers a writer with what it wrote and a reader with the same', () => {
    const database = fresh().open()
    run(database, 'create table t(a)')
    expect(run(database, 'insert into t values (1),(2),(3)')).toMatchObject({ rows: 3 })
    expect(run(database, 'update t set a = a + 1 where a > 1')).toMatchObject({ rows: 2 })
    expect(run(database, 'delete from t where a = 99')).toMatchObject({ rows: 0 })
    const dropped = run(database, 'create table u(a)')
    expect([text(dropped), dropped.fields.toString(), dropped.rows]).toEqual(['[]', '[]', 0])
    expect(text(run(database, 'select a from t', { access: 'read' }))).toBe('[[1],[3],[4]]')
    database.close()
  })

  it('keeps 64-bit integers, reals, bytes, nulls, unicode and duplicate names', () => {
    const database = fresh().open()
    run(database, 'create table t(a int, b real, c blob, d text, e bool, f datetime, g numeric)')
    run(database, 'insert into t values (9223372036854775807, 0.1, x\'00ff\', \'ü€😀"\\\', 1, \'2026-01-01\', 1.5), (-9223372036854775808, 9e999, null, null, null, null, null)')
    const answer = run(database, 'select *, a as a from t')
    expect(text(answer)).toBe('[[9223372036854775807,0.1,"AP8=","ü€😀\\"\\\\",1,"2026-01-01",1.5,9223372036854775807],[-9223372036854775808,9.0e+999,null,null,null,null,null,-9223372036854775808]]')
    expect((JSON.parse(answer.fields.toString()) as { name: string; type: string }[]).map(({ name, type }) => `${name} ${type}`))
      .toEqual(['a int', 'b decimal', 'c string', 'd string', 'e bool', 'f timestamp', 'g decimal', 'a int'])
    database.close()
  })

  it('answers a statement that it refused before, once there is nothing against it', () => {
    const database = fresh().open()
    run(database, 'create table t (a integer primary key)')
    run(database, 'insert into t values (1)')
    const again = 'insert into t values (1) returning a'
    expect(code(() => run(database, again))).toBe('EngineRejectedQuery')
    run(database, 'delete from t')
    expect(text(run(database, again))).toBe('[[1]]')
    database.close()
  })

  it('sees a changed schema in statements it has run before', () => {
    const database = fresh().open()
    run(database, 'create table t(a)')
    run(database, 'insert into t values (1)')
    for (const access of ['read', 'write'] as const) run(database, 'select * from t', { access })
    run(database, 'alter table t add column b default 7')
    for (const access of ['read', 'write'] as const) {
      const answer = run(database, 'select * from t', { access })
      expect(text(answer)).toBe('[[1,7]]')
      expect(JSON.parse(answer.fields.toString())).toHaveLength(2)
    }
    run(database, 'drop table t')
    expect(code(() => run(database, 'select * from t', { access: 'read' }))).toBe('EngineRejectedQuery')
    database.close()
  })

  it('whose file is damaged is out of order, and says nothing of where it lies', () => {
    const { folder, open } = fresh()
    const made = open()
    run(made, 'create table t(a)')
    made.close()
    writeFileSync(path.join(folder, 'main.db'), 'not a database at all, but long enough to be looked at as one'.repeat(100))
    const database = open()
    for (const access of ['read', 'write'] as const) {
      expect(code(() => run(database, 'select * from t', { access }))).toBe('EngineUnavailable')
      expect(() => run(database, 'select * from t', { access })).not.toThrow(folder)
    }
    database.close()
  })

  it('that is not there is out of order, and is not made by the way', () => {
    const folder = path.join(root, 'nowhere')
    const database = sqliteDriver.open(folder, storage)
    expect(code(() => run(database, 'select 1'))).toBe('EngineUnavailable')
    expect(readdirSync(root)).not.toContain('nowhere')
  })

  it('tells its plan beside the answer', () => {
    const database = fresh().open()
    run(database, 'create table t(a integer primary key)')
    const answer = run(database, 'select * from t where a = ?', { plan: true, params: [1] })
    expect(JSON.parse(String(answer.plan))).toEqual([{ id: expect.any(Number), parent: 0, detail: 'SEARCH t USING INTEGER PRIMARY KEY (rowid=?)' }])
    expect(text(answer)).toBe('[]')
    database.close()
  })

  it('takes no more storage than its limit, keeps answering, and goes on when the limit is raised', () => {
    const database = fresh().open()
    run(database, 'create table t(a)')
    const fill = 'insert into t select randomblob(100000) from (values (1),(2),(3),(4),(5))'
    const filling = () => {
      for (let round = 0; round < 100; round += 1) run(database, fill, {}, 2_000_000)
    }
    expect(code(filling)).toBe('StorageFull')
    expect(text(run(database, 'select count(*) > 5 from t', { access: 'read' }, 2_000_000))).toBe('[[1]]')
    expect(code(() => run(database, fill, {}, 2_000_000))).toBe('StorageFull')
    expect(run(database, fill, {}, 4_000_000).rows).toBe(5)
    database.close()
  })
})

describe('an answer past its limits', () => {
  const endless = 'with recursive n(x) as (select 1 union all select x + 1 from n) select x from n'

  it('is refused with its rows unseen', () => {
    const database = fresh().open()
    expect(code(() => run(database, endless))).toBe('AnswerTooLarge')
    expect(code(() => run(database, 'select zeroblob(900000)'))).toBe('AnswerTooLarge')
    expect(code(() => run(database, `${endless} limit 10001`))).toBe('AnswerTooLarge')
    expect(run(database, `${endless} limit 10000`).rows).toBe(10_000)
    database.close()
  })

  it('takes the changes of its statement with it', () => {
    const database = fresh().open()
    run(database, 'create table t(a)')
    expect(code(() => run(database, `insert into t ${endless} limit 10001 returning a`))).toBe('AnswerTooLarge')
    expect(text(run(database, 'select count(*) from t'))).toBe('[[0]]')
    expect(run(database, `insert into t ${endless} limit 10000 returning a`).rows).toBe(10_000)
    expect(text(run(database, 'select count(*) from t'))).toBe('[[10000]]')
    database.close()
  })

  it.each(['zeroblob(800000)', 'hex(zeroblob(400000))'])('is made in flat memory: %s', (value) => {
    const database = fresh().open()
    const before = process.memoryUsage().rss
    expect(code(() => run(database, `with recursive n(x) as (select 1 union all select x + 1 from n limit 3000) select ${value} from n`, { limits: { ...limits, answerBytes: 10_000_000 } }))).toBe('AnswerTooLarge')
    expect(process.memoryUsage().rss - before).toBeLessThan(200_000_000)
    database.close()
  })
})
