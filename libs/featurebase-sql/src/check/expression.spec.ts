import { decimalOf, printType, simple } from '../index.js'
import { checkedSelect, fieldsOf, firstOf, refusalOf, whereOf } from '../testing/sample-database.js'

describe('a name', () => {
  it('is found without regard to case, and is answered as its table has it', () => {
    expect(fieldsOf('SELECT I, T.S, a.D AS Total FROM T AS A')).toEqual(['i int', 's string', 'Total decimal(2)'])
  })

  it('means the first source that has it', () => {
    expect(firstOf('select _id from u, t')?.type).toEqual(simple('string'))
    expect(firstOf('select t._id from u, t')?.type).toEqual(simple('id'))
  })

  it('goes by its table even beside an alias', () => {
    expect(fieldsOf('select t.i from t as a')).toEqual(['i int'])
  })

  it('means a column of the query around where its own has none', () => {
    expect(checkedSelect('select i from t where exists (select 1 from u where n = i)').from).toEqual(expect.objectContaining({ id: 1 }))
    expect(refusalOf('select i from t where exists (select 1 from u where n = z)')).toBe("[1:57] column 'z' not found")
  })

  it('of a subquery in FROM sees nothing beside it', () => {
    expect(refusalOf('select 1 from t, (select n from u where n = i) as o')).toBe("[1:45] column 'i' not found")
  })

  it('is refused where there is none', () => {
    expect(refusalOf('select y from t')).toBe("[1:8] column 'y' not found")
    expect(refusalOf('select t.y from t')).toBe("[1:10] column 'y' not found")
    expect(refusalOf('select i')).toBe("[1:8] column 'i' not found")
    expect(refusalOf('select w.* from t')).toBe("[1:8] table 'w' not found")
    expect(refusalOf('select 1 from w')).toBe("[1:15] table or view 'w' not found")
    expect(refusalOf('select f(i) from t')).toBe("[1:8] unknown function 'f'")
  })
})

describe('a literal', () => {
  it('is exact, a sign in one piece with it', () => {
    expect(firstOf('select -9223372036854775808')).toEqual(expect.objectContaining({ kind: 'constant', value: -(2n ** 63n), type: simple('int') }))
    expect(firstOf('select -1.50')).toEqual(expect.objectContaining({ value: -150n, type: decimalOf(2) }))
    expect(firstOf('select 1.5e3')).toEqual(expect.objectContaining({ value: 1500n, type: decimalOf(0) }))
    expect(refusalOf('select 9223372036854775808')).toBe("[1:8] value '9223372036854775808' out of range")
    expect(refusalOf('select 0.1234567890123456789')).toBe("[1:8] value '0.1234567890123456789' out of range")
  })

  it('is of the type of what it stands beside', () => {
    expect(whereOf("ts > '2020-01-01'")).toEqual(expect.objectContaining({ right: expect.objectContaining({ value: 1_577_836_800_000_000_000n, type: simple('timestamp') }) as unknown }))
    expect(whereOf('d = 1')).toEqual(expect.objectContaining({ right: expect.objectContaining({ value: 100n, type: decimalOf(2) }) as unknown }))
    expect(whereOf('d = 1.234')).toEqual(expect.objectContaining({ right: expect.objectContaining({ value: 1234n, type: decimalOf(3) }) as unknown }))
    expect(whereOf('x in (1, 2)')).toEqual(expect.objectContaining({ among: [expect.objectContaining({ type: simple('id') }), expect.objectContaining({ type: simple('id') })] }))
    expect(whereOf('x = -1')).toEqual(expect.objectContaining({ right: expect.objectContaining({ type: simple('int') }) as unknown }))
    expect(firstOf("select datetimepart('yy', 0)")).toEqual(expect.objectContaining({ arguments: [expect.anything(), expect.objectContaining({ value: 0n, type: simple('timestamp') })] }))
  })

  it('is no time where it only stands beside one on its right', () => {
    expect(refusalOf("select i from t where '2020-01-01' < ts")).toBe("[1:23] operator '<' incompatible with type 'string'")
    expect(refusalOf("select i from t where '2020-01-01' = ts")).toBe("[1:23] types 'string' and 'timestamp' are not equatable")
    expect(refusalOf("select i from t where ts = 'soon'")).toBe("[1:23] types 'timestamp' and 'string' are not equatable")
  })

  it('of a set has its members once, ids in order, and is refused where they are of two kinds', () => {
    expect(firstOf('select [3, 1, 3]')).toEqual(expect.objectContaining({ value: [1n, 3n], type: simple('idset') }))
    expect(firstOf("select ['b', 'a', 'b']")).toEqual(expect.objectContaining({ value: ['b', 'a'], type: simple('stringset') }))
    expect(firstOf('select [1, x] from t')).toEqual(expect.objectContaining({ kind: 'set', type: simple('idset') }))
    expect(refusalOf("select [1, 'a']")).toBe('[1:12] integer expression expected')
    expect(refusalOf("select ['a', 1]")).toBe('[1:14] string expression expected')
    expect(refusalOf('select [true]')).toBe('[1:9] set literal must contain ints or strings')
    expect(refusalOf('select []')).toBe('[1:8] set literal must contain at least one member')
  })

  it('of whole numbers is reckoned at once, but not where it overflows or divides', () => {
    expect(firstOf('select 1 + 2 * 3')).toEqual(expect.objectContaining({ kind: 'constant', value: 7n }))
    expect(firstOf('select 9223372036854775807 + 1')).toEqual(expect.objectContaining({ kind: 'binary' }))
    expect(firstOf('select 1 / 0')).toEqual(expect.objectContaining({ kind: 'binary' }))
  })
})

describe('an operator', () => {
  it.each([
    ['i + d', 'decimal(2)'], ['d * 1.234', 'decimal(3)'], ['x + i', 'int'], ['x + x', 'id'], ['i + x', 'int'], ['i & x', 'int'], ['x & i', 'int'], ['-x', 'int'],
    ['!x', 'id'], ["s || 'a'", 'string'], ['i between 1 and 2', 'bool'], ['i between 1.5 and 2', 'bool'], ['s is null', 'bool'], ['not b', 'bool'], ['i and x', 'bool'],
  ])('gives %s as a %s', (text, type) => {
    expect(fieldsOf(`select ${text} from t`)).toEqual([` ${type}`])
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
    expect(refusalOf(`select ${text} from t`)).toBe(message)
  })
})

describe('CASE and CAST', () => {
  it('are of the type of the first result, and of the type that they name', () => {
    expect(fieldsOf('select case when b then d else 1 end, case i when 1 then s end, cast(s as timestamp), cast(x as string) from t'))
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
    expect(refusalOf(`select ${text} from t`)).toBe(message)
  })
})

describe('a function', () => {
  it('takes the first of its arguments that is something, all brought to one type', () => {
    expect(fieldsOf('select coalesce(i, d, 1), coalesce(null, s) from t')).toEqual([' decimal(2)', ' string'])
    expect(refusalOf('select coalesce(i, s) from t')).toBe("[1:20] an expression of type 'string' cannot be passed to a parameter of type 'int'")
  })

  it('says whether a set contains', () => {
    expect(refusalOf("select setcontains(ids, 'a') from t")).toBe("[1:25] types 'idset' and 'string' are not equatable")
    expect(refusalOf('select setcontainsany(ids, ss) from t')).toBe("[1:28] types 'id' and 'string' are not equatable")
    expect(refusalOf('select setcontainsall(i, ss) from t')).toBe('[1:23] set expression expected')
    expect(fieldsOf("select setcontains(q, 'a') from t")).toEqual([' bool'])
  })

  it('chooses a span of a time quantum, and only beside other conditions', () => {
    expect(whereOf("rangeq(q, '2020-01-01', null) and i = 1")).toEqual(expect.objectContaining({ operator: 'and' }))
    expect(refusalOf('select i from t where rangeq(q, null, null)')).toBe("[1:43] calling ranqeq() 'from' and 'to' parameters cannot both be null")
    expect(refusalOf("select i from t where rangeq(ss, '2020-01-01', null)")).toBe('[1:30] time quantum expression expected')
    expect(refusalOf("select rangeq(q, '2020-01-01', null) from t")).toBe('[0:0] calling ranqeq() usage invalid')
  })
})

describe('a parameter', () => {
  const typeOf = (text: string): unknown => {
    const { where } = checkedSelect(`select i from t where ${text}`)
    return where && 'right' in where && where.right.kind === 'parameter' ? printType(where.right.type) : undefined
  }

  it('is of the type that its place asks for', () => {
    expect([typeOf('i = ?'), typeOf('d > ?'), typeOf('ts < ?'), typeOf('s like ?'), typeOf('ids = ?'), typeOf('b and ?')])
      .toEqual(['int', 'decimal(2)', 'timestamp', 'string', 'idset', 'bool'])
    expect(whereOf('setcontains(ss, ?)')).toEqual(expect.objectContaining({ arguments: [expect.anything(), expect.objectContaining({ type: simple('string') })] }))
    expect(whereOf('x in (?, ?2)')).toEqual(expect.objectContaining({ among: [expect.objectContaining({ type: simple('id') }), expect.objectContaining({ type: simple('id') })] }))
    expect(fieldsOf('select cast(? as decimal(2)), upper(?), coalesce(?, 1), case when b then ? else 1 end from t')).toEqual([' decimal(2)', ' string', ' int', ' int'])
  })

  it.each(['select ?', 'select ? = ?', 'select ? is null', 'select coalesce(?, ?)', 'select i from t group by ?', 'select i from t where ? in (?)', 'select ? between ? and ?'])(
    'is refused where nothing tells its type: %s', (text) => { expect(refusalOf(text)).toMatch(/^\[1:\d+\] the type of parameter 1 cannot be told from its place/) })
})
