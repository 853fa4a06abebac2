import { Asked, makeRoot } from '../testing/database.js'

const root = makeRoot()
afterAll(() => root.remove())

const fresh = (...before: readonly string[]): Asked => {
  const asked = new Asked(root.fresh())
  for (const text of before) expect(asked.sql(text)).toHaveProperty('fields')
  return asked
}

const rows = (asked: Asked, text: string): unknown => {
  const said = asked.sql(text) as { readonly data?: unknown }
  return said.data ?? said
}

const refusal = (asked: Asked, text: string): unknown => (asked.sql(text) as { readonly message?: unknown }).message

const wide = `create table seg (_id id, hobbies stringset, age int min 0 max 120, price decimal(2) min -1, name string cachetype lru size 100, at timestamp timeunit 'ms', ev stringsetq timequantum 'YMD' ttl '24h', ok bool, tag idset) comment 'it''s'`

describe('a table that a statement makes', () => {
  it('is told again by SHOW CREATE TABLE, and made alike by what that says', () => {
    const asked = fresh(wide)
    const [[ddl]] = rows(asked, 'show create table seg') as [[string]]
    expect(ddl).toBe('create table seg (_id id, hobbies stringset, age int min 0 max 120, price decimal(2) min -1, name string cachetype lru size 100, at timestamp timeunit \'ms\', ev stringsetq timequantum \'YMD\' ttl \'24h0m0s\', ok bool, tag idset) comment \'it\'\'s\';')
    const other = fresh(ddl)
    expect(rows(other, 'show create table SEG')).toEqual([[ddl]])
    expect((rows(asked, 'show columns from seg') as unknown[][]).map(([, name, type]) => [name, type])).toEqual([
      ['_id', 'id'], ['hobbies', 'stringset'], ['age', 'int'], ['price', 'decimal(2)'], ['name', 'string'], ['at', 'timestamp'], ['ev', 'stringsetq'], ['ok', 'bool'], ['tag', 'idset'],
    ])
    asked.close()
    other.close()
  })

  it('is the same table in PQL, and so is what is written by either', () => {
    const asked = fresh('create table t (_id id, tag stringset, n int)', 'insert into t (_id, tag, n) values (1, [\'a\'], 5)')
    expect(asked.pql('t', 'Set(2, tag="a") Count(Row(tag="a")) Sum(field=n)')).toEqual([true, 2, expect.objectContaining({ value: 5, count: 1 })])
    expect(rows(asked, 'select _id, tag, n from t where setcontains(tag, \'a\')')).toEqual([[1, ['a'], 5], [2, ['a'], null]])
    asked.close()
  })

  it('is there after the database was closed, with its columns in their order, views and all', () => {
    const asked = fresh('create table t (_id string, z int, a int)', 'insert into t values (\'x\', 1, 2)', 'create view v as select a, z from t')
    asked.close()
    const again = new Asked(asked.folder)
    expect([rows(again, 'select * from t'), rows(again, 'select * from v')]).toEqual([[['x', 1, 2]], [[2, 1]]])
    again.close()
  })

  it('loses a column or all of itself, and another of its name begins empty', () => {
    const asked = fresh('create table t (_id id, n int, s stringset, w string)', 'insert into t values (1, 2, [\'a\'], \'b\')', 'alter table t drop column s', 'alter table t add column s stringset')
    expect(rows(asked, 'select * from t')).toEqual([[1, 2, 'b', null]])
    expect(rows(asked, 'select count(*) from t where setcontains(s, \'a\')')).toEqual([[0]])
    for (const text of ['drop table t', 'create table t (_id id, n int)']) expect(asked.sql(text)).toHaveProperty('fields')
    expect([rows(asked, 'select * from t'), rows(asked, 'select sum(n) from t'), asked.differences()]).toEqual([[], [[null]], []])
    asked.close()
  })

  it('is refused where it cannot be, and nothing is left of it', () => {
    const asked = fresh('create table t (_id id, n int)')
    for (const text of ['create table t (_id id, n int)', 'create table u (_id id, n int min 5 max 4)', 'alter table t add column n int', 'alter table nope add column n int', 'drop table nope', 'create view t as select n from t']) {
      expect(asked.sql(text)).toMatchObject({ code: 'EngineRejectedQuery' })
    }
    for (const text of ['create table if not exists t (_id id, x int)', 'drop table if exists nope', 'drop view if exists nope']) expect(asked.sql(text)).toHaveProperty('fields')
    expect((rows(asked, 'show tables') as unknown[][]).map(([name]) => name)).toEqual(['t'])
    asked.close()
  })
})

describe('INSERT', () => {
  it('replaces scalars, adds to sets and changes nothing for NULL but what is true or false', () => {
    const asked = fresh(wide, `insert into seg (_id, age, hobbies, price, name, at, ev, ok, tag) values (1, 20, ['a','b'], 1.25, 'x', '2020-01-02T03:04:05.678Z', {'2021-01-01T00:00:00Z', ['e1','e2']}, true, [3])`)
    expect(asked.sql('insert into seg (_id, age, hobbies, ok, name) values (1, null, [\'c\'], null, \'y\'), (2, 30, [\'a\'], false, null)')).toHaveProperty('fields')
    expect(rows(asked, 'select * from seg')).toEqual([
      [1, ['a', 'b', 'c'], 20, 1.25, 'y', '2020-01-02T03:04:05.678Z', ['e1', 'e2'], null, [3]], [2, ['a'], 30, null, null, null, null, false, null],
    ])
    expect(rows(asked, 'select _id from seg where rangeq(ev, \'2020-12-31T00:00:00Z\', \'2021-02-01T00:00:00Z\') and ev is not null')).toEqual([[1]])
    expect(asked.differences()).toEqual([])
    asked.close()
  })

  it.each([[40], [700]])('keeps all of %i rows, and of one id the last', (many) => {
    const asked = fresh('create table t (_id id, n int, w string, s idset, b bool)')
    const values = Array.from({ length: many }, (_, at) => `(${at}, ${at * 2}, 'w${at % 7}', [${at % 5}], ${at % 3 === 0 ? 'null' : at % 2 === 0})`).join(', ')
    expect(asked.sql(`insert into t values ${values}, (0, 9, 'last', [8], true)`)).toHaveProperty('fields')
    expect(rows(asked, 'select count(*), sum(n), count(distinct w) from t')).toEqual([[many, many * (many - 1) + 9, 8]])
    expect(rows(asked, 'select * from t where _id = 0')).toEqual([[0, 9, 'last', [0, 8], true]])
    expect(rows(asked, 'select count(*) from t where b is null')).toEqual([[Math.ceil(many / 3) - 1]])
    expect(asked.differences()).toEqual([])
    asked.close()
  })

  it('of what is out of a column’s range changes nothing, of none of its rows', () => {
    const asked = fresh('create table t (_id id, n int min 0 max 10, w string)', 'insert into t values (1, 1, \'a\')')
    expect(refusal(asked, 'insert into t values (1, 2, \'new\'), (2, 500, \'b\')')).toBe('[0:0] inserting value into column \'n\', row 2, value \'500\' out of range')
    expect(refusal(asked, 'insert into t (_id, n) values (-3, 5)')).toBe('[0:0] inserting value into column \'_id\', row 1, value \'-3\' out of range')
    expect(rows(asked, 'select * from t')).toEqual([[1, 1, 'a']])
    expect(asked.differences()).toEqual([])
    asked.close()
  })

  it('takes what a query gives, also of the table itself', () => {
    const asked = fresh('create table t (_id id, n int, s stringset)', 'insert into t values (1, 5, [\'a\',\'b\']), (2, 6, null)', 'insert into t (_id, n, s) select _id + 10, n * 2, s from t')
    expect(rows(asked, 'select * from t')).toEqual([[1, 5, ['a', 'b']], [2, 6, null], [11, 10, ['a', 'b']], [12, 12, null]])
    asked.close()
  })
})

describe('ORDER BY', () => {
  it('puts sets in the order of their members, nothing before all, and ids in that of numbers', () => {
    const asked = fresh('create table t (_id id, s stringset, i idset, k id)', 'insert into t values (1, [\'b\'], [10], 10), (2, [\'a\', \'c\'], [9, 11], 9), (3, null, [9, 10], 200), (4, [\'a\', \'b\'], null, null), (10, [\'a\'], [100], 1)')
    expect(rows(asked, 'select _id, s from t order by s')).toEqual([[3, null], [10, ['a']], [4, ['a', 'b']], [2, ['a', 'c']], [1, ['b']]])
    expect(rows(asked, 'select _id, i from t order by i desc')).toEqual([[10, [100]], [1, [10]], [2, [9, 11]], [3, [9, 10]], [4, null]])
    expect(rows(asked, 'select _id from t order by k, _id')).toEqual([[4], [10], [2], [1], [3]])
    expect(rows(asked, 'select _id from t order by _id desc limit 2')).toEqual([[10], [4]])
    asked.close()
  })
})

describe('UPDATE and DELETE', () => {
  it('change the rows that a condition names, which may need rows or only bitmaps', () => {
    const asked = fresh('create table t (_id string, n int, w string, s stringset)', 'insert into t values (\'a\', 1, \'x\', [\'p\',\'q\']), (\'b\', 2, \'y\', [\'p\']), (\'c\', 3, null, null)')
    for (const text of ['update t set n = n + 10, s = [\'z\'] where setcontains(s, \'q\')', 'update t set w = upper(w) where len(w) = 1', 'update t set w = null where _id = \'b\'', 'delete from t where n = 3']) expect(asked.sql(text)).toHaveProperty('fields')
    expect(rows(asked, 'select * from t')).toEqual([['a', 11, 'X', ['z']], ['b', 2, null, ['p']]])
    expect(asked.sql('delete from t where n + 0 = 11')).toHaveProperty('fields')
    expect([rows(asked, 'select count(*) from t'), asked.differences()]).toEqual([[[1]], []])
    expect(asked.sql('delete from t')).toHaveProperty('fields')
    expect([rows(asked, 'select * from t'), asked.differences()]).toEqual([[], []])
    asked.close()
  })
})

describe('COPY', () => {
  it('makes a table with all rows or some, which is its own from then on', () => {
    const asked = fresh('create table t (_id string, n int, e stringsetq timequantum \'YMD\', w string)', 'insert into t values (\'a\', 1, {\'2021-01-01T00:00:00Z\', [\'p\']}, \'x\'), (\'b\', 2, [\'q\'], \'y\')', 'copy t to whole', 'copy t to half where n > 1', 'insert into t (_id, n) values (\'a\', 7)')
    expect([rows(asked, 'select * from whole'), rows(asked, 'select * from half')]).toEqual([[['a', 1, ['p'], 'x'], ['b', 2, ['q'], 'y']], [['b', 2, ['q'], 'y']]])
    expect(rows(asked, 'select w, count(*) from whole group by w')).toEqual([['x', 1], ['y', 1]])
    expect(asked.differences()).toEqual([])
    asked.close()
  })
})

describe('BULK INSERT', () => {
  const table = 'create table t (_id id, n int, w string, s stringset, d decimal(2), at timestamp, b bool)'

  it('reads CSV that stands in the statement: quoted cells, empty ones, a header, as many rows as are asked for', () => {
    const asked = fresh(table, 'bulk insert into t (_id, w, n, d, at, b, s) map (0 id, 1 string, 2 int, 3 decimal(2), 4 timestamp, 5 bool, 6 stringset) from x\'id,w,n,d,at,b,s\n1,"a, b",5,1.5,2020-01-02,1,p\n2,,,,,,\n3,c,7,2,2020-01-02T03:04:05Z,false,q\n4,d,8,2,,,\' with format \'CSV\' input \'STREAM\' header_row rowslimit 3')
    expect(rows(asked, 'select _id, n, w, s, d, at, b from t')).toEqual([
      [1, 5, 'a, b', ['p'], 1.5, '2020-01-02T00:00:00Z', true], [2, null, null, null, null, null, null], [3, 7, 'c', ['q'], 2, '2020-01-02T03:04:05Z', false],
    ])
    expect(asked.differences()).toEqual([])
    asked.close()
  })

  it('reads NDJSON by paths, and lets TRANSFORM make values of what it reads', () => {
    const asked = fresh(table, 'bulk insert into t (_id, n, w, s) map (\'$.id\' id, \'$.in.n\' int, \'$.in["w"]\' string, \'$.s\' stringset) transform (@0, @1 + 1, upper(@2), @3) from x\'{"id": 9007199254740993, "in": {"n": 4, "w": "a"}, "s": ["p", "q"]}\n{"id": 2, "in": {}}\' with format \'NDJSON\' input \'STREAM\' allow_missing_values')
    expect(asked.sql('select _id, n, w, s from t order by n desc')).toMatchObject({ data: [[9007199254740993, 5, 'A', ['p', 'q']], [2, null, null, null]] })
    asked.close()
  })

  it('reads NDJSON by names alone, and numbers that are written as text', () => {
    const asked = fresh('create table t (_id string, i id, n int, d decimal(2), b bool, at timestamp, s stringset, x idset)', `bulk insert into t (_id, i, n, d, b, at, s, x)
      map ('word' string, 'i' id, 'in.n' int, 'd' decimal(2), 'b' bool, 'at' timestamp, 's' stringset, 'x' idset)
      from x'{"word": "one", "i": "3", "in": {"n": "-123"}, "d": "1.12", "b": false, "at": "2013-07-15T01:18:46Z", "s": "p", "x": "1"}
        {"word": "two", "i": 4, "in": {"n": null}, "d": 5, "b": 1, "at": null, "s": ["p", "q"], "x": ["1", 2]}' with format 'NDJSON' input 'STREAM'`)
    expect(asked.sql('select * from t order by n desc')).toMatchObject({ data: [
      ['one', 3, -123, 1.12, false, '2013-07-15T01:18:46Z', ['p'], [1]],
      ['two', 4, null, 5, true, null, ['p', 'q'], [1, 2]],
    ] })
    asked.close()
  })

  it.each([
    ['1,x,', 'value \'x\' cannot be converted to type \'int\''], ['1', 'map index 1 out of range'], ['1,99999999999999999999,', 'cannot be converted'], ['-5,1,', 'out of range'], ['1,"a', 'row 2: A quote is never closed.'],
  ])('keeps nothing of %j', (bad, words) => {
    const asked = fresh(table)
    expect(refusal(asked, `bulk insert into t (_id, n, w) map (0 id, 1 int, 2 string) from x'7,7,seven\n${bad}' with format 'CSV' input 'STREAM'`)).toContain(words)
    expect(rows(asked, 'select * from t')).toEqual([])
    asked.close()
  })

  it.each(['constructor', '__proto__', 'yes', '2'])('takes %j for neither yes nor no', (cell) => {
    const asked = fresh(table)
    expect(refusal(asked, `bulk insert into t (_id, b) map (0 id, 1 bool) from x'1,${cell}' with format 'CSV' input 'STREAM'`)).toBe(`[1:1] value '${cell}' cannot be converted to type 'bool'`)
    expect(rows(asked, 'select * from t')).toEqual([])
    asked.close()
  })

  it('keeps many rows as it keeps few, also those that are written in another way', () => {
    const times = ['2020-01-02', '1577934245', '2020-01-02T03:04:05Z']
    const rowsOf = (from: number, many: number): string =>
      Array.from({ length: many }, (_, at) => from + at).map((id) => `${id},${id % 50},w${id % 7},t${id % 3},${id % 2 === 0 ? '2.5' : ' 1.25'},${times[id % 3]}`).join('\n')
    const bulk = (cells: string): string => `bulk insert into t (_id, n, w, s, d, at) map (0 id, 1 int, 2 string, 3 stringset, 4 decimal(2), 5 timestamp) from x'${cells}' with format 'CSV' input 'STREAM'`
    const [many, few] = [fresh(table), fresh(table)]
    expect(many.sql(bulk(`${rowsOf(0, 900)}\n${rowsOf(0, 300).replaceAll('w1', 'other')}`))).toHaveProperty('fields')
    for (let from = 0; from < 900; from += 100) few.sql(bulk(rowsOf(from, 100)))
    few.sql('update t set w = \'other\' where w = \'w1\' and _id < 300')
    expect(rows(many, 'select * from t')).toEqual(rows(few, 'select * from t'))
    expect([many.differences(), few.differences()]).toEqual([[], []])
    expect(refusal(many, bulk(`${rowsOf(5_000, 900)}\n9000,x,w,t,1,2020-01-02`))).toContain('value \'x\' cannot be converted to type \'int\'')
    expect([rows(many, 'select count(*) from t where _id > 4000'), many.differences()]).toEqual([[[0]], []])
    many.close()
    few.close()
  })

  it('never reads a file or an address', () => {
    const asked = fresh(table)
    for (const [from, input] of [['/etc/passwd', 'FILE'], ['http://127.0.0.1:1/', 'URL']]) {
      expect(refusal(asked, `bulk insert into t (_id, w) map (0 id, 1 string) from '${from}' with format 'CSV' input '${input}'`)).toContain(`INPUT '${input}' is not supported`)
    }
    asked.close()
  })
})

describe('several statements in one request', () => {
  it('are answered with what the last one says, and see what those before them did', () => {
    const asked = fresh()
    expect(rows(asked, 'create table t (_id id, n int); insert into t values (1, 2), (2, 3); select sum(n) from t;')).toEqual([[5]])
    expect(rows(asked, 'insert into t values (3, 4); drop table t; create table t (_id id, w string); insert into t values (1, \'a\'); select * from t')).toEqual([[1, 'a']])
    expect(asked.differences()).toEqual([])
    asked.close()
  })

  it('happen wholly or not at all', () => {
    const asked = fresh('create table t (_id id, n int)', 'insert into t values (1, 2)')
    for (const text of ['insert into t values (2, 3); insert into t values (3, \'x\')', 'create table u (_id id, n int); select nope from u', 'drop table t; select * from t', 'alter table t drop column n; insert into t (_id, n) values (1, 2)']) expect(asked.sql(text)).toMatchObject({ code: 'EngineRejectedQuery' })
    expect([rows(asked, 'select * from t'), (rows(asked, 'show tables') as unknown[]).length, asked.differences()]).toEqual([[[1, 2]], 1, []])
    asked.close()
  })
})

describe('parameters', () => {
  it('stand where literals may, with the types that these would have', () => {
    const asked = fresh('create table t (_id id, n int, d decimal(2), w string, at timestamp, s stringset)')
    expect(asked.sql('insert into t values (?, ?, ?, ?, ?, [?, ?])', { params: [1, -5n, 1.25, 'it\'s', '2020-01-01T00:00:00Z', 'p', 'q'] })).toHaveProperty('fields')
    expect(asked.sql('select * from t where at >= ?2 and w = ?1 and setcontains(s, ?3)', { params: ['it\'s', '2020-01-01T00:00:00Z', 'q'] })).toMatchObject({ data: [[1, -5, 1.25, 'it\'s', '2020-01-01T00:00:00Z', ['p', 'q']]] })
    expect(asked.sql('select * from t where n = ?', { params: [9223372036854775807n] })).toMatchObject({ data: [] })
    asked.close()
  })

  it('are refused where one has no value, a value no place, or it does not fit', () => {
    const asked = fresh('create table t (_id id, n int)')
    for (const [text, params] of [['select ? from t where n = ?', [1]], ['select n from t', [1]], ['select n from t where n = ?', ['x']], ['select n from t where n = ?', undefined]] as const) {
      expect(asked.sql(text, params ? { params } : {})).toMatchObject({ code: 'EngineRejectedQuery' })
    }
    asked.close()
  })
})

describe('a query that would take more memory than there is', () => {
  const many = Array.from({ length: 1_600 }, (_, at) => `(${at * 64}, ${at % 5}, 'w${at}')`).join(',')

  it('is refused by what it asks, before it has it, and the next one is answered', () => {
    const asked = fresh('create table t (_id id, n int, w string)', `insert into t values ${many}`)
    const before = process.memoryUsage.rss()
    expect(refusal(asked, 'select count(*) from t a, t b where len(reverse(a.w)) < len(reverse(b.w))')).toMatch(/calls functions more than \d+ times/)
    expect(refusal(asked, 'select count(*) from t a, t b, t c where a.n <= b.n and b.n <= c.n')).toMatch(/more than 20000000 pairs of rows/)
    expect(process.memoryUsage.rss() - before).toBeLessThan(400 * 1024 * 1024)
    expect(rows(asked, 'select count(*) from t a, t b where a.n <= b.n')).toEqual([[1_536_000]])
    asked.close()
  }, 60_000)

  it('may call functions for as many rows as it answers', () => {
    const asked = fresh('create table t (_id id, n int, w string)', `insert into t values ${many}`)
    const answered = asked.sql('select reverse(a.w) from t a, t b where b.n = 1', { limits: { seconds: 0, answerBytes: 100e6, answerRows: 1_000_000 } }) as { readonly data: readonly unknown[] }
    expect(answered.data).toHaveLength(512_000)
    asked.close()
  }, 60_000)
})

describe('a reader', () => {
  it('may ask, and change nothing', () => {
    const asked = fresh('create table t (_id id, n int)')
    for (const text of ['insert into t values (1, 2)', 'drop table t', 'select 1; delete from t', 'create view v as select n from t', 'copy t to u']) expect(asked.sql(text, { access: 'read' })).toMatchObject({ code: 'Forbidden' })
    for (const text of ['select * from t', 'show tables', 'explain delete from t', 'select 1; select 2']) expect(asked.sql(text, { access: 'read' })).toHaveProperty('fields')
    asked.close()
  })
})

describe('the plan', () => {
  it('tells what bitmaps answer and what SQLite does', () => {
    const asked = fresh('create table t (_id id, n int, w string, s stringset)', 'insert into t values (1, 2, \'a\', [\'p\']), (2, 3, \'b\', [\'q\'])')
    const plan = (text: string): unknown => (asked.sql(text, { plan: true }) as { readonly plan?: unknown }).plan
    expect(plan('select count(*) from t where setcontains(s, \'p\')')).toEqual({ _op: 'Bitmaps', answers: 'aggregates' })
    expect(plan('select w, count(*) from t group by w')).toEqual({ _op: 'Bitmaps', answers: 'groups', groups: 2 })
    expect(plan('select w from t where n > 2')).toMatchObject({ _op: 'SQLite', over: { _op: 'Bitmaps', answers: 'records', records: 1 } })
    expect(plan('select upper(w) from t')).toMatchObject({ _op: 'SQLite', sql: expect.any(String) as unknown })
    expect(rows(asked, 'explain select count(*) from t')).toEqual([['{"_op":"Bitmaps","answers":"aggregates"}']])
    asked.close()
  })
})
