import { EngineRefusal } from '@tenantry/engines-contract'
import { Asked, makeRoot } from '../../testing/database.js'
import { SqlAsked } from '../../testing/sql.js'
import { readTime } from '@tenantry/featurebase-sql'

const root = makeRoot()
const asked = new SqlAsked(root.fresh())
afterAll(() => {
  asked.close()
  root.remove()
})

const time = (text: string): bigint => readTime(text) ?? 0n
const rows = (text: string): unknown => asked.rows(text)

beforeAll(() => {
  asked.table('people', { _id: 'id', name: 'string', age: 'int', pay: 'decimal(2)', boss: 'id', seen: 'timestamp', tags: 'stringset', marks: 'idset', ok: 'bool' }, [
    [1n, 'Ann', 30n, 1_050n, 2n, time('2020-01-01T00:00:00Z'), ['b', 'a'], [3n, 1n], true],
    [2n, 'bob', 40n, -250n, null, time('2021-06-01T12:00:00Z'), ['a'], [1n], false],
    [3n, null, null, null, 1n, null, null, null, null],
    [4n, 'Ann', 25n, 0n, 2n, time('1969-12-31T23:59:59Z'), ['c'], [2n, 3n], true],
  ], { seen: { timeUnit: 's' } })
  asked.table('places', { _id: 'string', who: 'int', town: 'string', at: 'timestamp' }, [
    ['x', 1n, 'Ann', time('2020-01-01T00:00:00.5Z')], ['y', 1n, 'zoo', time('2020-01-01T00:00:00Z')], ['z', 9n, 'bob', null],
  ], { at: { timeUnit: 'ms' } })
  asked.table('keyed', { _id: 'string', place: 'string' }, [['k1', 'x'], ['k2', 'nowhere'], ['k3', null]])
  asked.table('numbers', { _id: 'id', big: 'int', small: 'int', exact: 'decimal(18)', money: 'decimal(2)' }, [[1n, 9_223_372_036_854_775_807n, 2n, 1_500_000_000_000_000_000n, 100n], [2n, -9_223_372_036_854_775_808n, 0n, -1n, -3n]], { small: { min: 0, max: 10 } })
})

describe('what a query answers', () => {
  it.each([
    // Unknown is neither true nor false, and is not there where a condition has to hold.
    ["select _id from people where name = 'Ann'", [[1], [4]]],
    ["select _id from people where name != 'Ann'", [[2]]],
    ["select _id from people where not (name = 'nobody')", [[1], [2], [4]]],
    ["select _id, name = 'nobody' from people", [[1, false], [2, false], [3, null], [4, false]]],
    ["select _id from people where name in ('Ann', 'nobody')", [[1], [4]]],
    ["select _id from people where name not in ('Ann', 'nobody')", [[2]]],
    ["select _id, name not in ('nobody') from people", [[1, true], [2, true], [3, null], [4, true]]],
    ["select _id, age not in (0.5, 0.25) from people", [[1, true], [2, true], [3, null], [4, true]]],
    ["select _id from people where name like 'a%'", [[1], [4]]],
    ["select _id, name like 'nobody%' from people", [[1, false], [2, false], [3, null], [4, false]]],
    ["select _id from people where name not like 'A%'", [[2]]],
    ['select _id from people where name is null', [[3]]],
    ['select _id from people where age is not null and age > 25', [[1], [2]]],
    ['select _id from people where age between 25 and 30', [[1], [4]]],
    ['select _id from people where age in (25, 40, 99)', [[2], [4]]],
    ['select _id from people where pay in (10.5, 0, 0.001)', [[1], [4]]],
    ['select _id from people where pay > 0.001', [[1]]],
    ['select _id from people where pay < 1', [[2], [4]]],
    ['select _id from people where boss = 2 or ok = false', [[1], [2], [4]]],
    ["select _id from people where seen >= '2020-01-01'", [[1], [2]]],
    ["select _id from people where seen > '2019-12-31T23:59:59.9999999Z'", [[1], [2]]],
    ["select _id from people where seen = '2020-01-01T00:00:00Z'", [[1]]],
    ["select _id from people where tags = ['a']", [[1], [2]]],
    ["select _id from people where tags != ['a']", [[4]]],
    ["select _id from people where setcontains(tags, 'a')", [[1], [2]]],
    ["select _id from people where not setcontains(tags, 'a')", [[4]]],
    ["select _id from people where setcontainsany(tags, ['c', 'b'])", [[1], [4]]],
    ["select _id from people where setcontainsall(marks, [1, 3])", [[1]]],
    ['select _id, setcontains(marks, 3) from people', [[1, true], [2, false], [3, null], [4, true]]],
    ['select _id from people where tags is null', [[3]]],
    // Values are written as FeatureBase writes them.
    ['select * from people where _id = 1', [[1, 'Ann', 30, 10.5, 2, '2020-01-01T00:00:00Z', ['a', 'b'], [1, 3], true]]],
    ['select * from people where _id = 3', [[3, null, null, null, 1, null, null, null, null]]],
    ['select at from places', [['2020-01-01T00:00:00.5Z'], ['2020-01-01T00:00:00Z'], [null]]],
    // Orders: nothing first, ids as numbers, keys by their text.
    ['select _id from people order by age', [[3], [4], [1], [2]]],
    ['select _id from people order by age desc', [[2], [1], [4], [3]]],
    ['select _id from people order by name, _id desc', [[3], [4], [1], [2]]],
    ['select _id from people order by pay desc limit 2', [[1], [4]]],
    ['select _id, tags from people order by age desc limit 2 offset 1', [[1, ['a', 'b']], [4, ['c']]]],
    ['select _id from places order by _id desc', [['z'], ['y'], ['x']]],
    ['select _id from people limit 2 offset 1', [[2], [3]]],
    ['select top(1) _id from people', [[1]]],
    // Groups and aggregates.
    ['select name, count(*) from people group by name', [[null, 1], ['Ann', 2], ['bob', 1]]],
    ["select name, count(*) as n from people group by name having count(*) > 1", [['Ann', 2]]],
    ['select name, sum(pay) from people group by name', [['Ann', 10.5], ['bob', -2.5]]],
    ['select count(name), count(distinct name), count(tags), count(*) from people', [[3, 2, 3, 4]]],
    ['select sum(age), avg(age), min(name), max(seen) from people', [[95, 31.6666, 'Ann', '2021-06-01T12:00:00Z']]],
    ['select sum(age), avg(pay), count(*) from people where age > 1000', [[null, null, 0]]],
    ['select tags, count(*) from people with (flatten(tags)) group by tags', [[['b'], 1], [['a'], 2], [['c'], 1]]],
    ['select marks, count(*) from people group by marks', [[[1, 3], 1], [[1], 1], [null, 1], [[2, 3], 1]]],
    ['select distinct marks from people with (flatten(marks))', [[[1]], [[3]], [[2]]]],
    ['with w as (select tags as t, age, marks from people where age > 0) select t, count(*), sum(age) from w with (flatten(t)) where setcontains(t, \'a\') group by t', [[['a'], 2, 70], [['b'], 1, 30]]],
    ['with w as (select marks as m from people) select distinct m from w with (flatten(m))', [[[1]], [[3]], [[2]]]],
    ['with w as (select marks as m from people) select m from w with (flatten(m)) where m is not null', [[[1, 3]], [[1]], [[2, 3]]]],
    ['select distinct name from people', [['Ann'], ['bob'], [null]]],
    ['select sum(age) + count(*) * 2 from people', [[103]]],
    // Joins.
    ['select p.name, q.town from people p inner join places q on q.who = p._id', [['Ann', 'Ann'], ['Ann', 'zoo']]],
    ['select p._id, q._id from people p left join places q on q.who = p._id', [[1, 'x'], [1, 'y'], [2, null], [3, null], [4, null]]],
    ['select p._id, q._id from people p inner join places q on q.town = p.name', [[1, 'x'], [2, 'z'], [4, 'x']]],
    ['select k._id, q.who from keyed k inner join places q on k.place = q._id', [['k1', 1]]],
    ['select k._id, q.who from keyed k left join places q on k.place = q._id', [['k1', 1], ['k2', null], ['k3', null]]],
    ['select k._id from keyed k inner join places q on k.place != q._id', [['k1'], ['k1'], ['k2'], ['k2'], ['k2']]],
    ['select p._id from people p inner join places q on p.seen = q.at', [[1]]],
    ['select p._id, q._id from people p, places q where p._id = q.who', [[1, 'x'], [1, 'y']]],
    ['select p._id, b.name from people p inner join people b on p.boss = b._id', [[1, 'bob'], [3, 'Ann'], [4, 'bob']]],
    ['select p.tags from people p left join places q on q.who = p._id where q._id is null', [[['a']], [null], [['c']]]],
    ['select p.tags, count(*) from places q inner join people p with (flatten(tags)) on q.who = p._id group by p.tags', [[['b'], 2], [['a'], 2]]],
    ['select p.tags, count(*) from places q left join people p with (flatten(tags)) on q.who = p._id group by p.tags', [[['b'], 2], [['a'], 2], [null, 1]]],
    ['with w as (select _id as i, tags from people) select w.tags, q.who, count(*) from places q left join w with (flatten(tags)) on q.who = w.i group by w.tags, q.who', [[['a'], 1, 2], [['b'], 1, 2], [null, 9, 1]]],
    ['select p.tags, o.marks, count(*) from people p with (flatten(tags)) inner join people o with (flatten(marks)) on p._id = o._id group by p.tags, o.marks', [[['b'], [1], 1], [['b'], [3], 1], [['a'], [1], 2], [['a'], [3], 1], [['c'], [2], 1], [['c'], [3], 1]]],
    ['select p.tags, q._id from places q inner join people p with (flatten(tags)) on q.who = p._id where setcontains(p.tags, \'b\')', [[['a', 'b'], 'x'], [['a', 'b'], 'y']]],
    // What is the same for all rows is no number of a column.
    ['select n from (select age is null and false as n from people order by n) x', [[false], [false], [false], [false]]],
    ["select count(*) from people where ['a', 'b'] = tags", [[2]]],
    // Queries in queries.
    ['select _id from people where _id in (select who from places)', [[1]]],
    ['select _id from people where name in (select town from places)', [[1], [2], [4]]],
    ['select n.name, n.c from (select name, count(*) as c from people group by name) n where n.c = 2', [['Ann', 2]]],
    ['select m from (select max(seen) as m from people) x', [['2021-06-01T12:00:00Z']]],
    ['select _id from people p where exists (select 1 from places q where q.who = p._id)', [[1]]],
    ['select _id from people where age > (select avg(age) from people)', [[2]]],
    ['select s from (select tags as s from people) x where setcontains(s, \'b\')', [[['a', 'b']]]],
    // Several queries in one.
    ['select name from people union select town from places order by name', [[null], ['Ann'], ['bob'], ['zoo']]],
    ['select seen from people where _id = 1 union all select at from places where _id = \'x\'', [['2020-01-01T00:00:00Z'], ['2020-01-01T00:00:00.5Z']]],
    ['with old as (select _id, age from people where age > 26) select count(*) from old', [[2]]],
    // Expressions.
    ["select case when age > 28 then 'old' else 'young' end from people where age is not null", [['old'], ['old'], ['young']]],
    ["select case name when 'Ann' then 1 else 0 end from people where _id < 3", [[1], [0]]],
    ['select coalesce(age, 0) from people', [[30], [40], [0], [25]]],
    ["select upper(name) || '!' from people where _id = 2", [['BOB!']]],
    ["select cast(pay as string), cast(_id as string), cast(ok as string) from people where _id = 1", [['10.50', '1', 'true']]],
    ["select cast(seen as string), cast(seen as int) from people where _id = 4", [['1969-12-31T23:59:59Z', -1]]],
    ["select datetimeadd('ms', 5, seen), datetimeadd('yy', 1, seen) from people where _id = 1", [['2020-01-01T00:00:00.005Z', '2021-01-01T00:00:00Z']]],
    ["select totimestamp(age, 's') from people where _id = 1", [['1970-01-01T00:00:30Z']]],
    ['select current_timestamp, current_date from people where _id = 1', [['2024-05-06T07:08:09.123Z', '2024-05-06T00:00:00Z']]],
    ['select age + pay, age * pay, age / pay, pay - 1 from people where _id = 1', [[40.5, 315, 2.85, 9.5]]],
    ['select age / 7, age % 7, -age, -pay from people where _id = 2', [[5, 5, -40, 2.5]]],
    ["select format('%s is %d', name, age) from people where _id = 1", [['Ann is 30']]],
    ['select setcontainsany(tags, tags) from people', [[true], [true], [null], [true]]],
  ] as const)('%s', (text, expected) => {
    expect(rows(text)).toEqual(expected)
  })

  it('pads decimals, and keeps every digit of 64 bits', () => {
    expect(asked.data('select big, money, exact from numbers')).toBe('[[9223372036854775807,1.00,1.500000000000000000],[-9223372036854775808,-0.03,-0.000000000000000001]]')
  })

  it('has columns with the names and types of FeatureBase', () => {
    const answered = asked.ask('select count(*), avg(pay) as mean, tags from people group by tags')
    expect(typeof answered === 'string' ? answered : answered.fields).toEqual([
      { name: '', type: 'int', 'base-type': 'int', 'type-info': null }, { name: 'mean', type: 'decimal(4)', 'base-type': 'decimal', 'type-info': { scale: 4 } },
      { name: 'tags', type: 'stringset', 'base-type': 'stringset', 'type-info': null },
    ])
  })
})

describe('arithmetic', () => {
  it.each([
    ['select big + 1 from numbers', /^\[0:0\] value '9223372036854775808' out of range$/],
    ['select big - 1 from numbers where small = 0', /^\[0:0\] value '-9223372036854775809' out of range$/],
    ['select -big from numbers where small = 0', /^\[0:0\] value '9223372036854775808' out of range$/],
    ['select big * 2 from numbers', /out of range$/],
    ['select sum(big) from numbers where big > 0 or small = 2', [[9_223_372_036_854_775_807n]]],
    ['select big / small from numbers where small = 0', /^\[0:0\] divisor is equal to zero$/],
    ['select big % small from numbers where small = 0', /^\[0:0\] divisor is equal to zero$/],
    ['select money / (small * 1) from numbers where small = 0', /^\[0:0\] divisor is equal to zero$/],
    ['select (((big + small) + (big + small)) * ((big + small) + (big + small))) from numbers where small = 0', /out of range$/],
    ['select exact * exact from numbers where small = 2', [[2.25]]],
    ['select exact * money from numbers where small = 2', [[1.5]]],
    ['select exact / exact from numbers where small = 2', [[1]]],
    ['select exact * 10 from numbers where small = 2', /out of range$/],
    ['select 1 << (0 - small) from numbers where small = 2', /out of range$/],
  ] as const)('%s', (text, expected) => {
    if (Array.isArray(expected)) expect(asked.ask(text)).toMatchObject({ rows: expected.map((row) => row.map(Number)) })
    else expect(asked.ask(text)).toMatch(expected as RegExp)
  })

  it('refuses a sum that has no room', () => {
    expect(asked.ask('select sum(big) from numbers n where big > 0')).toMatchObject({ rows: [[Number(9_223_372_036_854_775_807n)]] })
    expect(asked.ask('select sum(n.big) from numbers n, people p where n.big > 0')).toMatch(/out of range$/)
  })

  it('says the same of a query that is refused again, and answers it once its rows are other ones', () => {
    asked.table('shares', { _id: 'id', many: 'int', parts: 'int' }, [[1n, 6n, 2n], [2n, 6n, 0n]])
    const query = 'select many / parts from shares'
    for (let again = 0; again < 3; again += 1) expect(asked.ask(query)).toBe('[0:0] divisor is equal to zero')
    asked.fill('shares', ['_id', 'parts'], [[2n, 3n]])
    expect(rows(query)).toEqual([[3], [2]])
  })

  it('refuses a subquery of two rows that stands for one value', () => {
    expect(asked.ask('select (select who from places where who = 1) from people')).toBe('[0:0] single row expected')
    expect(rows('select (select who from places where who = 77) from people where _id = 1')).toEqual([[null]])
  })
})

describe('a text that is cast to a time', () => {
  it.each([
    ['0001-01-01T00:00:00Z', '0001-01-01T00:00:00Z', -62_135_596_800], ['9999-12-31T23:59:59.5Z', '9999-12-31T23:59:59.5Z', 253_402_300_799], ['2020-02-29', '2020-02-29T00:00:00Z', 1_582_934_400],
  ])('may be of any year: %s', (text, time, seconds) => {
    expect(rows(`select cast('${text}' as timestamp), cast(cast('${text}' as timestamp) as int)`)).toEqual([[time, seconds]])
  })

  it('is refused where it is none', () => {
    expect(asked.ask('select cast(\'soon\' as timestamp)')).toBe('[0:0] \'soon\' cannot be cast to \'timestamp\'')
  })
})

describe('ids of the upper half', () => {
  const huge = 2n ** 63n + 5n

  it('are written, compared and ordered as the numbers that they are, also where they come after a query was prepared', () => {
    asked.table('ids', { _id: 'id', other: 'id', many: 'idset' }, [[7n, 9n, [8n]]])
    const prepared = asked.prepared('select _id, other, many from ids where _id > 5 and other > 8 order by _id desc')
    expect(asked.run(prepared).rows).toEqual([[7, 9, [8]]])
    asked.fill('ids', ['_id', 'other', 'many'], [[huge, huge + 1n, [huge + 2n, 1n]]])
    expect(asked.data('select _id, other, many from ids where _id > 5 and other > 8 order by _id desc')).toBe(`[[${huge},${huge + 1n},[1,${huge + 2n}]],[7,9,[8]]]`)
    expect(asked.run(prepared).rows.map(([id]) => BigInt(Number(id)))).toEqual([BigInt(Number(huge)), 7n])
    expect(asked.data('select _id from ids where _id < 100')).toBe('[[7]]')
    expect(asked.data('select _id from ids where other between 1 and 100')).toBe('[[7]]')
    expect(asked.data('select other from ids order by other')).toBe(`[[9],[${huge + 1n}]]`)
  })
})

describe('time quanta', () => {
  beforeAll(() => {
    asked.table('segments', { _id: 'id', segment: 'stringsetq', ids: 'idsetq' }, [
      [1n, { at: time('2022-01-01'), members: ['green', 'yellow'] }, null], [2n, { at: time('2022-03-05'), members: ['green'] }, { at: time('2022-03-05'), members: [4n] }], [3n, ['red'], [9n]],
    ])
  })

  it.each([
    ["select _id, segment from segments where rangeq(segment, '2022-03-01', '2023-01-01')", [[1, null], [2, ['green']], [3, null]]],
    ["select _id, segment from segments where rangeq(segment, null, '2022-03-05')", [[1, ['green', 'yellow']], [2, null], [3, null]]],
    ["select _id, segment from segments where rangeq(segment, '2022-03-05', null)", [[1, null], [2, ['green']], [3, null]]],
    ["select _id, ids from segments where rangeq(ids, '2022-03-05T23:00:00Z', '2022-03-05T23:30:00Z')", [[1, null], [2, [4]], [3, null]]],
    ["select _id from segments where rangeq(segment, '2022-01-01', '2022-02-01') and setcontains(segment, 'green')", [[1]]],
    ["select segment, count(*) from segments with (flatten(segment)) where rangeq(segment, '2021-01-01', '2023-01-01') group by segment", [[['green'], 2], [['yellow'], 1]]],
    ['select _id, segment from segments', [[1, ['green', 'yellow']], [2, ['green']], [3, ['red']]]],
  ] as const)('%s', (text, expected) => {
    expect(rows(text)).toEqual(expected)
  })

  it.each(["select rangeq(segment, '2022-01-01', null) from segments", "select _id from segments where not rangeq(segment, '2022-01-01', null)"])('refuses %s', (text) => {
    expect(asked.ask(text)).toMatch(/calling ranqeq\(\) usage invalid$/)
  })
})

describe('what is given when a query is run', () => {
  it('answers of the records that were chosen, as far as its own condition holds', () => {
    const query = asked.checked('select _id, name from people where age > 26')
    const only = query.kind === 'select' && query.from?.kind === 'table' ? query.from.id : undefined
    const prepared = asked.prepared('select _id, name from people where age > 26', { only })
    expect(asked.run(prepared, { records: [4, 2] }).rows).toEqual([[2, 'bob']])
    expect(asked.run(prepared, { records: [1, 2, 77] }).rows).toEqual([[1, 'Ann'], [2, 'bob']])
    expect(asked.run(prepared, { records: [] }).rows).toEqual([])
  })

  it('takes values of parameters as values', () => {
    expect(asked.rows("select _id from people where name = ? and age > ?", { parameters: ["Ann", 26n] })).toEqual([[1]])
    expect(asked.rows('select _id from people where name = ?', { parameters: ["' or 1 = 1 --"] })).toEqual([])
    expect(asked.rows('select _id from people where seen > ?', { parameters: [time('2020-06-01')] })).toEqual([[2]])
    expect(asked.rows('select _id from people where pay = ?', { parameters: [null] })).toEqual([])
  })
})

describe('what is too much', () => {
  it('looks for 10,000 values in a list', () => {
    const list = Array.from({ length: 10_000 }, (_one, at) => at + 2)
    expect(asked.rows(`select _id from people where _id in (${list.join()})`)).toEqual([[2], [3], [4]])
    expect(asked.rows(`select _id from people where name in (${list.map((one) => `'n${one}'`).join()}, 'bob')`)).toEqual([[2]])
    expect(asked.rows(`select _id from people where setcontainsany(marks, [${list.join()}])`)).toEqual([[1], [4]])
  })

  it('joins hundreds of conditions', () => {
    const many = Array.from({ length: 400 }, (_one, at) => `age = ${at + 31}`).join(' or ')
    expect(asked.rows(`select _id from people where ${many}`)).toEqual([[2]])
  })

  it('ends a join that looks at too many pairs of rows, and says so', () => {
    asked.table('wide', { _id: 'id', one: 'int' }, Array.from({ length: 450 }, (_one, at) => [BigInt(at), 1n]))
    expect(asked.ask('select count(*) from wide a, wide b where a.one = b.one')).toMatch(/^\[0:0\] joins of the statement look at more than 200000 pairs of rows/)
    expect(asked.rows('select count(*) from wide a inner join wide b on a._id = b._id')).toEqual([[450]])
  })

  it.each<[string, (count: number) => string]>([
    ['operators', (count) => `select _id${' + 1'.repeat(count)} from people where _id = 1`], ['unions', (count) => `select 1${' union all select 1'.repeat(count)}`],
    ['parentheses', (count) => `select ${'('.repeat(count)}1${')'.repeat(count)}`], ['queries', (count) => `select ${'(select '.repeat(count)}1${')'.repeat(count)}`],
    ['names of queries', (count) => `with a0 as (select 1 as n)${Array.from({ length: count }, (_one, at) => `, a${at + 1} as (select n from a${at})`).join('')} select n from a${count}`],
    ['tests of existence', (count) => `select 1 where ${'exists (select 1 where '.repeat(count)}1 = 1${')'.repeat(count)}`],
  ])('is answered or refused by a sentence, however deep %s are nested', (_name, text) => {
    expect(asked.ask(text(40))).toHaveProperty('rows')
    for (const depth of [150, 250, 490, 1_000]) {
      const answered = asked.ask(text(depth))
      if (typeof answered === 'string') expect(answered).toMatch(/nested more than|nest it less deeply|may read at most/)
    }
  })

  it('refuses an answer of too many rows or bytes', () => {
    const prepared = asked.prepared('select _id, name from people')
    const code = (limits: { answerRows: number; answerBytes: number }): unknown => {
      try {
        return asked.run(prepared, {}, { seconds: 0, ...limits })
      } catch (error) {
        return error instanceof EngineRefusal ? error.code : error
      }
    }
    expect([code({ answerRows: 3, answerBytes: 1e6 }), code({ answerRows: 100, answerBytes: 20 })]).toEqual(['AnswerTooLarge', 'AnswerTooLarge'])
  })

  it('makes no value that fills the memory', () => {
    const whole = new Asked(root.fresh())
    const parts = Array.from({ length: 100 }, () => "replicate('x', 1000000)")
    expect(whole.sql(`select len(${parts.join(' || ')})`)).toEqual({ code: 'EngineRejectedQuery', message: '[0:0] a value that the statement makes is too long' })
    expect(whole.sql(`select [${parts.map((part, at) => `upper('${at}') || ${part}`).join()}]`)).toMatchObject({ message: expect.stringMatching(/too long$/) })
    expect(whole.sql(`select len(${parts.slice(0, 50).join(' || ')})`)).toMatchObject({ data: [[50_000_000]] })
    whole.close()
  })

  it('never puts a text of the statement into the statement that is run', () => {
    const { sql } = asked.prepared("select upper('evil\"; drop table x'), name as \"a\"\"b\" from people where name = 'evil' and name like 'e%' and tags = ['evil'] order by name limit 5")
    expect(sql).not.toMatch(/evil|drop|a"b|people/)
  })
})

describe('tables of the system', () => {
  it('are asked like any other', () => {
    expect(rows("select name, ddl from fb_table_ddl where name = 'keyed'")).toEqual([['keyed', 'create table keyed (_id string, place string);']])
    expect(rows('select count(*), max(node_count) from fb_cluster_info')).toEqual([[1, 1]])
    expect(rows('select is_primary from fb_cluster_nodes')).toEqual([[true]])
    const before = Date.now()
    asked.space.change(() => asked.space.catalogue.putView('seen', 'select 1'))
    const [[name, createdAt] = []] = asked.rows('select name, created_at from fb_views order by name') as readonly (readonly unknown[])[]
    expect([name, Math.abs(Date.parse(String(createdAt)) - before) < 60_000]).toEqual(['seen', true])
  })
})

describe('sets on both sides', () => {
  it('are told apart by bitmaps as by SQLite', () => {
    const whole = new Asked(root.fresh())
    whole.sql("create table t (_id id, tags stringset)")
    whole.sql("insert into t values (1, ['a']), (2, ['a', 'b']), (3, ['c']), (4, null)")
    expect(whole.sql("select _id from t where tags = ['a']")).toMatchObject({ data: [[1], [2]] })
    expect(whole.sql("select _id from t where ['a'] = tags")).toMatchObject({ data: [[1]] })
    expect(whole.sql("select _id from t where ['a'] != tags")).toMatchObject({ data: [[2], [3]] })
    whole.close()
  })
})

describe('statistics', () => {
  beforeAll(() => asked.table('measures', { _id: 'id', x: 'int', y: 'decimal(2)', g: 'string' }, Array.from({ length: 101 }, (_one, at) => [BigInt(at), BigInt(at), BigInt(at * -200), at % 2 ? 'odd' : 'even'])))

  it.each([
    ['select percentile(x, 50) from measures', [[50]]],
    ['select percentile(x, 0), percentile(x, 100) from measures', [[0, 100]]],
    ['select var(x) from measures', [[850]]],
    ['select corr(x, y) from measures', [[-1]]],
    ['select corr(x, x) from measures where x = 1', [[null]]],
    ['select var(x) from measures where x > 1000', [[null]]],
  ] as const)('%s', (text, expected) => {
    expect(rows(text)).toEqual(expected)
  })
})
