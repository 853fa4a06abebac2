import { type Column, decimalOf, parseSql, printType, simple, type SqlCatalogue, SqlError, type TableEntry, type TypedExpression, type TypedQuery, type ViewEntry } from '../index.js'
import { checkSql } from './check.js'

const column = (name: string, type: Column['type']): Column => ({ name, type })
const table = (name: string, ...columns: readonly Column[]): TableEntry => ({ kind: 'table', name, columns })
const view = (name: string, text: string): ViewEntry => ({ kind: 'view', name, text })

const entries: readonly (TableEntry | ViewEntry)[] = [
  table('t', column('_id', simple('id')), column('i', simple('int')), column('d', decimalOf(2)), column('s', simple('string')), column('b', simple('bool')),
    column('ts', simple('timestamp')), column('x', simple('id')), column('ids', simple('idset')), column('ss', simple('stringset')),
    column('q', simple('stringsetq'))),
  table('u', column('_id', simple('string')), column('n', simple('int')), column('t_id', simple('id'))),
  { kind: 'system table', name: 'fb_views', columns: [column('_id', simple('string')), column('statement', simple('string'))] },
  view('v', 'select i as k, count(*) as c from t group by i'), view('round', 'select * from round'), view('wrong', 'select missing from t'),
]
const catalogue: SqlCatalogue = { find: (name) => entries.find((entry) => entry.name === name) }

const check = (text: string): { readonly query: TypedQuery; readonly warnings: readonly string[] } => {
  const [statement] = parseSql(text)
  if (!statement) throw new Error(`${text} is no statement`)
  const typed = checkSql(statement, catalogue)
  if (typed.kind !== 'query') throw new Error(`${text} is no query`)
  return typed
}
const fields = (text: string): readonly string[] => check(text).query.columns.map(({ name, type }) => `${name} ${printType(type)}`)
const refusal = (text: string): string => {
  try {
    return `no refusal: ${fields(text).join()}`
  } catch (error) {
    if (error instanceof SqlError) return error.message
    throw error
  }
}
const selectOf = (text: string): Extract<TypedQuery, { readonly kind: 'select' }> => {
  const { query } = check(text)
  if (query.kind !== 'select') throw new Error(`${text} is a union`)
  return query
}
const first = (text: string): TypedExpression | undefined => selectOf(text).expressions[0]
const whereOf = (text: string): TypedExpression | undefined => selectOf(`select _id from t where ${text}`).where

describe('a name', () => {
  it('is found without regard to case, and is answered as its table has it', () => {
    expect(fields('SELECT I, T.S, a.D AS Total FROM T AS A')).toEqual(['i int', 's string', 'Total decimal(2)'])
  })

  it('means the first source that has it', () => {
    expect(first('select _id from u, t')?.type).toEqual(simple('string'))
    expect(first('select t._id from u, t')?.type).toEqual(simple('id'))
  })

  it('goes by its table even beside an alias', () => {
    expect(fields('select t.i from t as a')).toEqual(['i int'])
  })

  it('means a column of the query around where its own has none', () => {
    expect(selectOf('select i from t where exists (select 1 from u where n = i)').from).toEqual(expect.objectContaining({ id: 1 }))
    expect(refusal('select i from t where exists (select 1 from u where n = z)')).toBe("[1:57] column 'z' not found")
  })

  it('of a subquery in FROM sees nothing beside it', () => {
    expect(refusal('select 1 from t, (select n from u where n = i) as o')).toBe("[1:45] column 'i' not found")
  })

  it('is refused where there is none', () => {
    expect(refusal('select y from t')).toBe("[1:8] column 'y' not found")
    expect(refusal('select t.y from t')).toBe("[1:10] column 'y' not found")
    expect(refusal('select i')).toBe("[1:8] column 'i' not found")
    expect(refusal('select w.* from t')).toBe("[1:8] table 'w' not found")
    expect(refusal('select 1 from w')).toBe("[1:15] table or view 'w' not found")
    expect(refusal('select f(i) from t')).toBe("[1:8] unknown function 'f'")
  })
})

describe('a literal', () => {
  it('is exact, a sign in one piece with it', () => {
    expect(first('select -9223372036854775808')).toEqual(expect.objectContaining({ kind: 'constant', value: -(2n ** 63n), type: simple('int') }))
    expect(first('select -1.50')).toEqual(expect.objectContaining({ value: -150n, type: decimalOf(2) }))
    expect(first('select 1.5e3')).toEqual(expect.objectContaining({ value: 1500n, type: decimalOf(0) }))
    expect(refusal('select 9223372036854775808')).toBe("[1:8] value '9223372036854775808' out of range")
    expect(refusal('select 0.1234567890123456789')).toBe("[1:8] value '0.1234567890123456789' out of range")
  })

  it('is of the type of what it stands beside', () => {
    expect(whereOf("ts > '2020-01-01'")).toEqual(expect.objectContaining({ right: expect.objectContaining({ value: 1_577_836_800_000_000_000n, type: simple('timestamp') }) as unknown }))
    expect(whereOf('d = 1')).toEqual(expect.objectContaining({ right: expect.objectContaining({ value: 100n, type: decimalOf(2) }) as unknown }))
    expect(whereOf('d = 1.234')).toEqual(expect.objectContaining({ right: expect.objectContaining({ value: 1234n, type: decimalOf(3) }) as unknown }))
    expect(whereOf('x in (1, 2)')).toEqual(expect.objectContaining({ among: [expect.objectContaining({ type: simple('id') }), expect.objectContaining({ type: simple('id') })] }))
    expect(whereOf('x = -1')).toEqual(expect.objectContaining({ right: expect.objectContaining({ type: simple('int') }) as unknown }))
    expect(first("select datetimepart('yy', 0)")).toEqual(expect.objectContaining({ arguments: [expect.anything(), expect.objectContaining({ value: 0n, type: simple('timestamp') })] }))
  })

  it('is no time where it only stands beside one on its right', () => {
    expect(refusal("select i from t where '2020-01-01' < ts")).toBe("[1:23] operator '<' incompatible with type 'string'")
    expect(refusal("select i from t where '2020-01-01' = ts")).toBe("[1:23] types 'string' and 'timestamp' are not equatable")
    expect(refusal("select i from t where ts = 'soon'")).toBe("[1:23] types 'timestamp' and 'string' are not equatable")
  })

  it('of a set has its members once, ids in order, and is refused where they are of two kinds', () => {
    expect(first('select [3, 1, 3]')).toEqual(expect.objectContaining({ value: [1n, 3n], type: simple('idset') }))
    expect(first("select ['b', 'a', 'b']")).toEqual(expect.objectContaining({ value: ['b', 'a'], type: simple('stringset') }))
    expect(first('select [1, x] from t')).toEqual(expect.objectContaining({ kind: 'set', type: simple('idset') }))
    expect(refusal("select [1, 'a']")).toBe('[1:12] integer expression expected')
    expect(refusal("select ['a', 1]")).toBe('[1:14] string expression expected')
    expect(refusal('select [true]')).toBe('[1:9] set literal must contain ints or strings')
    expect(refusal('select []')).toBe('[1:8] set literal must contain at least one member')
  })

  it('of whole numbers is reckoned at once, but not where it overflows or divides', () => {
    expect(first('select 1 + 2 * 3')).toEqual(expect.objectContaining({ kind: 'constant', value: 7n }))
    expect(first('select 9223372036854775807 + 1')).toEqual(expect.objectContaining({ kind: 'binary' }))
    expect(first('select 1 / 0')).toEqual(expect.objectContaining({ kind: 'binary' }))
  })
})

describe('an operator', () => {
  it.each([
    ['i + d', 'decimal(2)'], ['d * 1.234', 'decimal(3)'], ['x + i', 'int'], ['x + x', 'id'], ['i + x', 'int'], ['i & x', 'int'], ['x & i', 'int'], ['-x', 'int'],
    ['!x', 'id'], ["s || 'a'", 'string'], ['i between 1 and 2', 'bool'], ['i between 1.5 and 2', 'bool'], ['s is null', 'bool'], ['not b', 'bool'], ['i and x', 'bool'],
  ])('gives %s as a %s', (text, type) => {
    expect(fields(`select ${text} from t`)).toEqual([` ${type}`])
  })

  it.each([
    ['x + d', "[1:8] types 'id' and 'decimal(2)' do not match"],
    ['s not like 1', "[1:19] operator 'NOTLIKE' incompatible with type 'int'"],
    ['i not like s', "[1:8] operator 'NOTLIKE' incompatible with type 'int'"],
    ['b and s', "[1:14] operator 'AND' incompatible with type 'string'"],
    ['q = s', "[1:8] operator '=' incompatible with type 'stringsetq'"],
    ['null = i', "[1:8] operator '=' incompatible with type 'void'"],
    ['s not between 1 and 2', "[1:8] operator 'NOTBETWEEN' incompatible with type 'string'"],
    ["ts between 1 and '2020-01-01'", "[1:19] incompatible types 'int' and 'timestamp' used as range subscripts"],
    ['not i', '[1:12] boolean expression expected'],
    ['(i) + true', "[1:14] operator '+' incompatible with type 'bool'"],
    ['(b) + 1', "[1:8] operator '+' incompatible with type 'bool'"],
    ['i is true', '[1:13] NULL expected'],
    ["i in (1, 'a')", "[1:8] types 'int' and 'string' are not equatable"],
  ])('refuses %s', (text, message) => {
    expect(refusal(`select ${text} from t`)).toBe(message)
  })
})

describe('CASE and CAST', () => {
  it('are of the type of the first result, and of the type that they name', () => {
    expect(fields('select case when b then d else 1 end, case i when 1 then s end, cast(s as timestamp), cast(x as string) from t'))
      .toEqual([' decimal(2)', ' string', ' timestamp', ' string'])
  })

  it.each([
    ["case when b then 1 else 'a' end", "[1:32] an expression of type 'int' cannot be assigned to type 'string'"],
    ['case when i then 1 end', '[1:18] boolean expression expected'],
    ["case i when 'a' then 1 end", "[1:20] types 'int' and 'string' are not equatable"],
    ['cast(d as int)', "[1:13] 'decimal(2)' cannot be cast to 'int'"],
    ['cast(d as decimal(1))', "[1:13] 'decimal(2)' cannot be cast to 'decimal(1)'"],
    ['cast(i as stringsetq)', "[1:18] unknown type 'stringsetq'"],
    ['cast(i as decimal)', '[1:18] decimal scale expected'],
  ])('refuse %s', (text, message) => {
    expect(refusal(`select ${text} from t`)).toBe(message)
  })
})

describe('a function', () => {
  it('takes the first of its arguments that is something, all brought to one type', () => {
    expect(fields('select coalesce(i, d, 1), coalesce(null, s) from t')).toEqual([' decimal(2)', ' string'])
    expect(refusal('select coalesce(i, s) from t')).toBe("[1:20] an expression of type 'string' cannot be passed to a parameter of type 'int'")
  })

  it('says whether a set contains', () => {
    expect(refusal("select setcontains(ids, 'a') from t")).toBe("[1:25] types 'idset' and 'string' are not equatable")
    expect(refusal('select setcontainsany(ids, ss) from t')).toBe("[1:28] types 'id' and 'string' are not equatable")
    expect(refusal('select setcontainsall(i, ss) from t')).toBe('[1:23] set expression expected')
    expect(fields("select setcontains(q, 'a') from t")).toEqual([' bool'])
  })

  it('chooses a span of a time quantum, and only beside other conditions', () => {
    expect(whereOf("rangeq(q, '2020-01-01', null) and i = 1")).toEqual(expect.objectContaining({ operator: 'and' }))
    expect(refusal('select i from t where rangeq(q, null, null)')).toBe("[1:43] calling ranqeq() 'from' and 'to' parameters cannot both be null")
    expect(refusal("select i from t where rangeq(ss, '2020-01-01', null)")).toBe('[1:30] time quantum expression expected')
    expect(refusal("select rangeq(q, '2020-01-01', null) from t")).toBe('[0:0] calling ranqeq() usage invalid')
  })
})

describe('groups', () => {
  it('show what is grouped or aggregated, and nothing else', () => {
    expect(fields('select i, count(*), sum(d), avg(i) from t group by i having count(*) > 1')).toEqual(['i int', ' int', ' decimal(2)', ' decimal(4)'])
    expect(refusal('select i, count(*) from t')).toBe("[0:0] column 'i' invalid in select list because it is not aggregated or grouped")
    expect(refusal('select i, s, count(*) from t group by i')).toBe("[0:0] column 's' invalid in select list because it is not aggregated or grouped")
    expect(refusal('select count(*) from t group by i having s = \'a\'')).toBe("[0:0] column 's' invalid in the having clause because it is not contained in an aggregate or the GROUP BY clause")
    expect(refusal('select i, count(*) from t group by i order by s')).toBe("[0:0] column 's' invalid in select list because it is not aggregated or grouped")
  })

  it('may be made by expressions, which are known again', () => {
    expect(fields('select i + 1, upper(s), count(*) from t group by i + 1, s')).toEqual([' int', ' string', ' int'])
    expect(refusal('select i + 2, count(*) from t group by i + 1')).toContain("column 'i' invalid")
    expect(refusal('select count(*) from t group by 1')).toBe('[1:33] column reference expected')
  })

  it('do not mind columns of the query around', () => {
    expect(fields('select i from t where exists (select count(*), i from u)')).toEqual(['i int'])
  })

  it('are not what an aggregate is asked of in WHERE, ON, GROUP BY or an aggregate', () => {
    expect(refusal('select i from t where count(*) > 1')).toBe("[1:23] aggregate 'COUNT()' not allowed in WHERE")
    expect(refusal('select t.i from t join u on sum(n) = i')).toBe("[1:29] aggregate 'SUM()' not allowed in ON")
    expect(refusal('select sum(max(i)) from t')).toBe("[1:12] aggregate 'MAX()' not allowed in an aggregate")
  })

  it('have no MIN, MAX and PERCENTILE where bitmaps make them, and have MIN and MAX elsewhere', () => {
    expect(refusal('select i, max(d) from t group by i')).toBe("[0:0] aggregate 'MAX()' not allowed in GROUP BY")
    expect(fields('select n, max(d) from t join u on t_id = t._id group by n')).toEqual(['n int', ' decimal(2)'])
    expect(refusal('select percentile(i, 50) from t join u on t_id = t._id')).toBe("[1:8] Percentile call that can't be pushed down to PQL is not supported")
  })
})

describe('ORDER, TOP and LIMIT', () => {
  it('go by a column, an alias, a place or a column that is not shown', () => {
    expect(selectOf('select i as k, s from t order by k desc, 2, d, t.x').orderBy.map(({ expression, descending }) => [expression.kind === 'column' && expression.column, descending]))
      .toEqual([['i', true], ['s', false], ['d', false], ['x', false]])
  })

  it.each([
    ['order by i + 1', '[1:26] column reference, alias reference or column position expected'],
    ['order by 2', '[0:0] column reference, alias reference or column position expected'],
    ['order by ids', "[0:0] unable to sort a column of type 'idset'"],
    ['order by y', "[1:26] column 'y' not found"],
    ['limit i', "[1:23] column 'i' not found"],
    ['limit 1.5', '[1:23] integer literal expected'],
    ['limit -1', "[1:23] value '-1' out of range"],
  ])('are refused as %s', (text, message) => {
    expect(refusal(`select i from t ${text}`)).toBe(message)
  })

  it('count what is shown and what is left out before it', () => {
    expect(selectOf('select top(3) i from t')).toEqual(expect.objectContaining({ limit: 3n, offset: undefined }))
    expect(selectOf('select i from t limit 2 + 3 offset 7')).toEqual(expect.objectContaining({ limit: 5n, offset: 7n }))
  })
})

describe('a source', () => {
  it('may be a view, read anew in its place', () => {
    expect(fields('select v.c, k + 1 as next from v')).toEqual(['c int', 'next int'])
    expect(refusal('select * from wrong')).toBe("[1:8] column 'missing' not found")
    expect(refusal('select * from round')).toMatch(/views may stand in views 16 deep$/)
  })

  it('may be a WITH, which sees those before it and hides a table', () => {
    expect(fields('with a (n) as (select i from t), b as (select n + 1 as n, s from a, t) select * from b')).toEqual(['n int', 's string'])
    expect(fields('with t as (select 1 as one) select * from t')).toEqual(['one int'])
    expect(fields('with t as (select i from t) select * from t')).toEqual(['i int'])
    expect(refusal('with a (n, m) as (select i from t) select * from a')).toBe('[1:6] mismatch in the count of expressions and target columns')
  })

  it('gives each of its columns a name of its own, also where the answer has them twice or without', () => {
    const { columns, expressions } = selectOf('select * from (select i, i, count(*) from t group by i) as o')
    expect(columns.map(({ name }) => name)).toEqual(['i', 'i', ''])
    expect(expressions.map((each) => each.kind === 'column' && each.column)).toEqual(['i', '#2', '#3'])
  })

  it('is warned of where it is joined, and where nothing says how', () => {
    expect(check('select 1 from t join u on t_id = t._id, fb_views where n in (select 1)').warnings).toEqual([
      '🦖 here there be dragons! JOINS are experimental.', '⚠️  cartesian products are never a good idea - are you missing a join constraint?',
      '🦖 here there be dragons! JOINS are experimental.', '🦖 here there be dragons! JOINS are experimental.',
    ])
  })

  it('is refused joined in a way that there is none, but after all that is wrong beside it', () => {
    expect(refusal('select 1 from t full join u on t_id = t._id')).toBe('[1:17] FULL join types are not supported')
    expect(refusal('select y from t full join u on t_id = t._id')).toBe("[1:8] column 'y' not found")
  })

  it('is flattened by a column that it has', () => {
    expect(selectOf('select i from t with (flatten(ss))').from).toEqual(expect.objectContaining({ flatten: 'ss' }))
    expect(refusal('select i from t with (flatten(y))')).toBe("[1:31] column 'y' not found")
    expect(refusal('select k from v with (flatten(k))')).toBe("[1:23] query hint 'flatten' can only be given to a table")
  })
})

describe('queries that stand in others', () => {
  it('are one value, or what a value is looked for in', () => {
    expect(fields('select (select max(n) from u) + 1 from t')).toEqual([' int'])
    expect(refusal('select (select n, t_id from u) from t')).toBe('[1:9] subquery must return only one column')
    expect(refusal('select i from t where s in (select n from u)')).toBe("[1:23] types 'string' and 'int' are not equatable")
    expect(refusal('select i from t where i in (select n, t_id from u)')).toBe('[1:23] select used as part of IN expression should only return one column')
  })

  it('unite in the types that both can be brought to, under the names of the first', () => {
    expect(fields('select i as a, null from t union all select d, s from t union select 1, null order by a')).toEqual(['a decimal(2)', ' string'])
    expect(refusal('select i from t union select s from t')).toBe("[1:23] types 'int' and 'string' do not match")
    expect(refusal('select i from t union select i, s from t')).toMatch(/same count of columns, and have 1 and 2$/)
    expect(refusal('select i from t union select i from t order by s')).toBe("[1:48] column 's' not found")
  })
})

describe('a parameter', () => {
  const typeOf = (text: string): unknown => {
    const { where } = selectOf(`select i from t where ${text}`)
    return where && 'right' in where && where.right.kind === 'parameter' ? printType(where.right.type) : undefined
  }

  it('is of the type that its place asks for', () => {
    expect([typeOf('i = ?'), typeOf('d > ?'), typeOf('ts < ?'), typeOf('s like ?'), typeOf('ids = ?'), typeOf('b and ?')])
      .toEqual(['int', 'decimal(2)', 'timestamp', 'string', 'idset', 'bool'])
    expect(whereOf('setcontains(ss, ?)')).toEqual(expect.objectContaining({ arguments: [expect.anything(), expect.objectContaining({ type: simple('string') })] }))
    expect(whereOf('x in (?, ?2)')).toEqual(expect.objectContaining({ among: [expect.objectContaining({ type: simple('id') }), expect.objectContaining({ type: simple('id') })] }))
    expect(fields('select cast(? as decimal(2)), upper(?), coalesce(?, 1), case when b then ? else 1 end from t')).toEqual([' decimal(2)', ' string', ' int', ' int'])
  })

  it.each(['select ?', 'select ? = ?', 'select ? is null', 'select coalesce(?, ?)', 'select i from t group by ?', 'select i from t where ? in (?)', 'select ? between ? and ?'])(
    'is refused where nothing tells its type: %s', (text) => { expect(refusal(text)).toMatch(/^\[1:\d+\] the type of parameter 1 cannot be told from its place/) })
})

describe('a statement', () => {
  it('reads at most so many sources, parts and columns, views and WITH unfolded', () => {
    const doubled = Array.from({ length: 20 }, (_, at) => `a${at + 1} as (select 1 as n from a${at} as x, a${at} as y)`)
    expect(refusal(`with a0 as (select i from t), ${doubled.join()} select * from a20`)).toMatch(/may read at most 1000 tables, views and subqueries$/)
    expect(refusal(`select ${'*, '.repeat(300)} i from t`)).toMatch(/may have at most 2000 columns$/)
    expect(refusal(`select 1 from ${Array.from({ length: 65 }, () => 't').join()}`)).toMatch(/may join at most 64 sources$/)
    const wide = `with a as (select i in (${Array.from({ length: 20_000 }, (_, at) => at).join()}) as n from t)`
    expect(refusal(`${wide} select 1 from ${Array.from({ length: 51 }, (_, at) => `a as a${at}`).join()}`)).toMatch(/may have at most 1000000 parts/)
  })

  it('of ten thousand members of a set and ten thousand names is understood at once', () => {
    const members = Array.from({ length: 10_000 }, (_, at) => at)
    expect(whereOf(`setcontainsany(ids, [${members.join()}]) and i in (${members.join()})`)?.type).toEqual(simple('bool'))
    expect(check(`select ${Array.from({ length: 1_900 }, () => 'i').join()} from t`).query.columns).toHaveLength(1_900)
  })
})
