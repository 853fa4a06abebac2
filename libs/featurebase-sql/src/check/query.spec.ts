import { simple } from '../index.js'
import { checkedQuery, checkedSelect, fieldsOf, refusalOf, whereOf } from '../testing/sample-database.js'

describe('groups', () => {
  it('show what is grouped or aggregated, and nothing else', () => {
    expect(fieldsOf('select i, count(*), sum(d), avg(i) from t group by i having count(*) > 1')).toEqual(['i int', ' int', ' decimal(2)', ' decimal(4)'])
    expect(refusalOf('select i, count(*) from t')).toBe("[0:0] column 'i' invalid in select list because it is not aggregated or grouped")
    expect(refusalOf('select i, s, count(*) from t group by i')).toBe("[0:0] column 's' invalid in select list because it is not aggregated or grouped")
    expect(refusalOf('select count(*) from t group by i having s = \'a\'')).toBe("[0:0] column 's' invalid in the having clause because it is not contained in an aggregate or the GROUP BY clause")
    expect(refusalOf('select i, count(*) from t group by i order by s')).toBe("[0:0] column 's' invalid in select list because it is not aggregated or grouped")
  })

  it('may be made by expressions, which are known again', () => {
    expect(fieldsOf('select i + 1, upper(s), count(*) from t group by i + 1, s')).toEqual([' int', ' string', ' int'])
    expect(refusalOf('select i + 2, count(*) from t group by i + 1')).toContain("column 'i' invalid")
    expect(refusalOf('select count(*) from t group by 1')).toBe('[1:33] column reference expected')
  })

  it('do not mind columns of the query around', () => {
    expect(fieldsOf('select i from t where exists (select count(*), i from u)')).toEqual(['i int'])
  })

  it('are not what an aggregate is asked of in WHERE, ON, GROUP BY or an aggregate', () => {
    expect(refusalOf('select i from t where count(*) > 1')).toBe("[1:23] aggregate 'COUNT()' not allowed in WHERE")
    expect(refusalOf('select t.i from t join u on sum(n) = i')).toBe("[1:29] aggregate 'SUM()' not allowed in ON")
    expect(refusalOf('select sum(max(i)) from t')).toBe("[1:12] aggregate 'MAX()' not allowed in an aggregate")
  })

  it('have no MIN, MAX and PERCENTILE where bitmaps make them, and have MIN and MAX elsewhere', () => {
    expect(refusalOf('select i, max(d) from t group by i')).toBe("[0:0] aggregate 'MAX()' not allowed in GROUP BY")
    expect(fieldsOf('select n, max(d) from t join u on t_id = t._id group by n')).toEqual(['n int', ' decimal(2)'])
    expect(refusalOf('select percentile(i, 50) from t join u on t_id = t._id')).toBe("[1:8] Percentile call that can't be pushed down to PQL is not supported")
  })
})

describe('ORDER, TOP and LIMIT', () => {
  it('go by a column, an alias, a place or a column that is not shown', () => {
    expect(checkedSelect('select i as k, s from t order by k desc, 2, d, t.x').orderBy.map(({ expression, descending }) => [expression.kind === 'column' && expression.column, descending]))
      .toEqual([['i', true], ['s', false], ['d', false], ['x', false]])
    expect(checkedSelect('select i from t order by ids').orderBy).toHaveLength(1)
  })

  it.each([
    ['order by i + 1', '[1:26] column reference, alias reference or column position expected'],
    ['order by 2', '[0:0] column reference, alias reference or column position expected'],
    ['order by y', "[1:26] column 'y' not found"],
    ['limit i', "[1:23] column 'i' not found"],
    ['limit 1.5', '[1:23] integer literal expected'],
    ['limit -1', "[1:23] value '-1' out of range"],
  ])('are refused as %s', (text, message) => {
    expect(refusalOf(`select i from t ${text}`)).toBe(message)
  })

  it('count what is shown and what is left out before it', () => {
    expect(checkedSelect('select top(3) i from t')).toEqual(expect.objectContaining({ limit: 3n, offset: undefined }))
    expect(checkedSelect('select i from t limit 2 + 3 offset 7')).toEqual(expect.objectContaining({ limit: 5n, offset: 7n }))
  })
})

describe('a source', () => {
  it('may be a view, read anew in its place', () => {
    expect(fieldsOf('select v.c, k + 1 as next from v')).toEqual(['c int', 'next int'])
    expect(refusalOf('select * from wrong')).toBe("[1:8] column 'missing' not found")
    expect(refusalOf('select * from round')).toMatch(/views may stand in views 16 deep$/)
  })

  it('may be a WITH, which sees those before it and hides a table', () => {
    expect(fieldsOf('with a (n) as (select i from t), b as (select n + 1 as n, s from a, t) select * from b')).toEqual(['n int', 's string'])
    expect(fieldsOf('with t as (select 1 as one) select * from t')).toEqual(['one int'])
    expect(fieldsOf('with t as (select i from t) select * from t')).toEqual(['i int'])
    expect(refusalOf('with a (n, m) as (select i from t) select * from a')).toBe('[1:6] mismatch in the count of expressions and target columns')
  })

  it('gives each of its columns a name of its own, also where the answer has them twice or without', () => {
    const { columns, expressions } = checkedSelect('select * from (select i, i, count(*) from t group by i) as o')
    expect(columns.map(({ name }) => name)).toEqual(['i', 'i', ''])
    expect(expressions.map((each) => each.kind === 'column' && each.column)).toEqual(['i', '#2', '#3'])
  })

  it('is warned of where it is joined, and where nothing says how', () => {
    expect(checkedQuery('select 1 from t join u on t_id = t._id, fb_views where n in (select 1)').warnings).toEqual([
      '🦖 here there be dragons! JOINS are experimental.', '⚠️  cartesian products are never a good idea - are you missing a join constraint?',
      '🦖 here there be dragons! JOINS are experimental.', '🦖 here there be dragons! JOINS are experimental.',
    ])
  })

  it('is refused joined in a way that there is none, but after all that is wrong beside it', () => {
    expect(refusalOf('select 1 from t full join u on t_id = t._id')).toBe('[1:17] FULL join types are not supported')
    expect(refusalOf('select y from t full join u on t_id = t._id')).toBe("[1:8] column 'y' not found")
  })

  it('is flattened by a column that it has', () => {
    expect(checkedSelect('select i from t with (flatten(ss))').from).toEqual(expect.objectContaining({ flatten: 'ss' }))
    expect(refusalOf('select i from t with (flatten(y))')).toBe("[1:31] column 'y' not found")
    expect(checkedSelect('with w as (select i, ss as k from t) select k from w with (flatten(K))').from).toEqual(expect.objectContaining({ kind: 'query', flatten: 'k' }))
    expect(refusalOf('with w as (select i, ss as k from t) select k from w with (flatten(ss))')).toBe("[1:68] column 'ss' not found")
    expect(refusalOf('with w as (select i from t) select i from w with (fold(i))')).toBe("[1:51] unknown query hint 'fold'")
  })
})

describe('queries that stand in others', () => {
  it('are one value, or what a value is looked for in', () => {
    expect(fieldsOf('select (select max(n) from u) + 1 from t')).toEqual([' int'])
    expect(refusalOf('select (select n, t_id from u) from t')).toBe('[1:9] subquery must return only one column')
    expect(refusalOf('select i from t where s in (select n from u)')).toBe("[1:23] types 'string' and 'int' are not equatable")
    expect(refusalOf('select i from t where i in (select n, t_id from u)')).toBe('[1:23] select used as part of IN expression should only return one column')
  })

  it('unite in the types that both can be brought to, under the names of the first', () => {
    expect(fieldsOf('select i as a, null from t union all select d, s from t union select 1, null order by a')).toEqual(['a decimal(2)', ' string'])
    expect(refusalOf('select i from t union select s from t')).toBe("[1:23] types 'int' and 'string' do not match")
    expect(refusalOf('select i from t union select i, s from t')).toMatch(/same count of columns, and have 1 and 2$/)
    expect(refusalOf('select i from t union select i from t order by s')).toBe("[1:48] column 's' not found")
  })
})

describe('a statement', () => {
  it('reads at most so many sources, parts and columns, views and WITH unfolded', () => {
    const doubled = Array.from({ length: 20 }, (_, at) => `a${at + 1} as (select 1 as n from a${at} as x, a${at} as y)`)
    expect(refusalOf(`with a0 as (select i from t), ${doubled.join()} select * from a20`)).toMatch(/may read at most 1000 tables, views and subqueries$/)
    expect(refusalOf(`select ${'*, '.repeat(300)} i from t`)).toMatch(/may have at most 2000 columns$/)
    expect(refusalOf(`select 1 from ${Array.from({ length: 65 }, () => 't').join()}`)).toMatch(/may join at most 64 sources$/)
    const wide = `with a as (select i in (${Array.from({ length: 20_000 }, (_, at) => at).join()}) as n from t)`
    expect(refusalOf(`${wide} select 1 from ${Array.from({ length: 51 }, (_, at) => `a as a${at}`).join()}`)).toMatch(/may have at most 1000000 parts/)
  })

  it.each([
    ['members', `select i from t where i in (${'1, '.repeat(300_000)}2)`], ['orders', `select i, s as k from t order by ${'k, i, '.repeat(150_000)}1`],
    ['groups', `select count(*) from t group by ${'i, s, '.repeat(150_000)}d`], ['branches', `select case ${'when b then 1 '.repeat(70_000)}end from t`],
  ])('of a megabyte of %s is understood in a moment', (_name, text) => {
    expect(checkedSelect(text).from).toEqual(expect.objectContaining({ table: 't' }))
  })

  it('of ten thousand members of a set and ten thousand names is understood at once', () => {
    const members = Array.from({ length: 10_000 }, (_, at) => at)
    expect(whereOf(`setcontainsany(ids, [${members.join()}]) and i in (${members.join()})`)?.type).toEqual(simple('bool'))
    expect(checkedQuery(`select ${Array.from({ length: 1_900 }, () => 'i').join()} from t`).query.columns).toHaveLength(1_900)
  })
})
