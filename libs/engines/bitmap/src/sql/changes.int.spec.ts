import fc from 'fast-check'
import { Asked, makeRoot } from '../testing/database.js'

const root = makeRoot()
afterAll(() => root.remove())

const id = fc.integer({ min: 0, max: 40 })
const number = fc.oneof(fc.constant('null'), fc.integer({ min: -20, max: 20 }).map(String))
const word = fc.constantFrom('null', '\'a\'', '\'b\'', '\'c\'')
const set = fc.constantFrom('null', '[\'p\']', '[\'p\', \'q\']', '[\'r\']')
const truth = fc.constantFrom('null', 'true', 'false')
const timed = fc.constantFrom('null', '[\'e\']', '{\'2021-01-05T00:00:00Z\', [\'e\', \'f\']}', '{\'2022-03-01T00:00:00Z\', [\'f\']}')

const row = fc.tuple(id, number, word, set, truth, timed).map((values) => `(${values.join(', ')})`)
/** Nothing is taken away by these, so that many of them are gathered. */
const fullRow = fc.tuple(id, number, word, set, fc.constantFrom('true', 'false'), timed).map((values) => `(${values.join(', ')})`)

const condition = fc.constantFrom('n > 3', 'w = \'a\'', 'setcontains(s, \'p\')', 'b', '_id < 9', 'n * 2 = 6', 'w is null', 'len(w) = 1 and n < 0', 'not (b = true)')

const bulkOf = (rows: readonly (readonly [number, string])[]): string =>
  `bulk insert into t (_id, w) map (0 id, 1 string) from x'${rows.map(([one, text]) => `${one},${text}`).join('\n')}' with format 'CSV' input 'STREAM'`

/** Statements that may be run one after the other; some of them are refused. */
const statement = fc.oneof(
  { weight: 5, arbitrary: fc.array(row, { minLength: 1, maxLength: 6 }).map((rows) => `insert into t values ${rows.join(', ')}`) },
  { weight: 1, arbitrary: fc.array(fullRow, { minLength: 300, maxLength: 320 }).map((rows) => `insert into t values ${rows.join(', ')}`) },
  { weight: 1, arbitrary: fc.array(fc.tuple(id, fc.constantFrom('', 'a', 'd'.repeat(90))), { minLength: 1, maxLength: 900 }).map(bulkOf) },
  { weight: 2, arbitrary: fc.tuple(fc.constantFrom('n = n + 1', 'n = null', 'w = \'d\'', 's = [\'z\'], w = null', 'b = not b', 's = null', 'n = 15, b = true'), condition).map(([change, where]) => `update t set ${change} where ${where}`) },
  { weight: 2, arbitrary: condition.map((where) => `delete from t where ${where}`) },
  { weight: 1, arbitrary: fc.constantFrom('insert into t (_id, n) select _id + 1, n from t where n > 0', 'insert into t (_id, s, w) select _id, s, w from u', 'delete from u; copy t to v; drop table u; copy v to u; drop table v', 'alter table t drop column w; alter table t add column w string', 'insert into t (_id, n) values (1, 1); insert into t (_id, n) values (2, 999)', 'delete from t; select nope from t', 'insert into t (_id, n) values (3, 500)') },
)

const tell = (asked: Asked): unknown => ['t', 'u'].map((table) => asked.sql(`select * from ${table}`)).concat(asked.sql('select w, count(*), sum(n) from t group by w'), asked.sql('select count(*) from t where setcontains(s, \'p\') and n > 0'))

describe('rows and bitmaps', () => {
  it('agree after any statements, also for whoever finds the files of a process that was killed', () => {
    fc.assert(fc.property(fc.array(statement, { minLength: 1, maxLength: 12 }), fc.nat(3), (statements, every) => {
      const asked = new Asked(root.fresh(), { mostWaiting: every === 0 ? 5 : 1e9 })
      asked.sql('create table t (_id id, n int min -50 max 50, w string, s stringset, b bool, e stringsetq timequantum \'YM\'); create table u (_id id, n int, w string, s stringset)')
      for (const [at, text] of statements.entries()) {
        const before = tell(asked)
        const said = asked.sql(text)
        if ('code' in (said as object)) expect([text, tell(asked)]).toEqual([text, before])
        if (at % (every + 1) !== 0 && at < statements.length - 1) continue
        const found = new Asked(asked.copy(root.fresh()))
        expect([text, found.differences(), tell(found)]).toEqual([text, [], tell(asked)])
        found.close()
      }
      expect(asked.differences()).toEqual([])
      asked.close()
    }), { seed: 41, numRuns: process.env['TEST_LONG'] === '1' ? 400 : 25 })
  })
})
