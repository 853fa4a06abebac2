import { parsePql, PqlError } from './index.js'

const refusalOf = (text: string): PqlError => {
  try {
    parsePql(text)
  } catch (error) {
    if (error instanceof PqlError) return error
    throw error
  }
  throw new Error(`${text} was taken.`)
}

const near = (rule: string, from: string, to: string, piece: string): string =>
  `parsing: \nparse error near ${rule} (line ${from.replace(':', ' symbol ')} - line ${to.replace(':', ' symbol ')}):\n${piece}\n`

describe('a text that is no PQL', () => {
  it.each([
    ['nonsense', near('IDENT', '1:1', '1:9', '"nonsense"')],
    ['?', near('Unknown', '1:1', '1:1', '""')],
    ['Row (a=1)', near('IDENT', '1:1', '1:4', '"Row"')],
    ['Row(a=1', near('digits', '1:7', '1:8', '"1"')],
    ['Row(a=1))', near('close', '1:8', '1:9', '")"')],
    ['Row(a=)', near('eq', '1:6', '1:7', '"="')],
    ['Row(a ~ 1)', near('sp', '1:6', '1:7', '" "')],
    ['Row(a=b c)', near('sp', '1:8', '1:9', '" "')],
    ['Row(a >= )', near('sp', '1:9', '1:10', '" "')],
    ['Row(a=1 b=2)', near('sp', '1:8', '1:9', '" "')],
    ['Row(a=[])', near('lbrack', '1:7', '1:8', '"["')],
    ['Row(a=[1,])', near('comma', '1:9', '1:10', '","')],
    ['Row(a=[[1]])', near('lbrack', '1:7', '1:8', '"["')],
    ['Row(a="b)', near('doublequotedstring', '1:8', '1:10', '"b)"')],
    ['Row(a="b\\x")', near('doublequotedstring', '1:8', '1:9', '"b"')],
    ['Row(a=$)', near('eq', '1:6', '1:7', '"="')],
    ['Row(a=2021-01-02)', near('digits', '1:7', '1:11', '"2021"')],
    ['Row(1 < a)', near('fieldExpr', '1:9', '1:10', '"a"')],
    ['Row(1 < a < b)', near('sp', '1:12', '1:13', '" "')],
    ['Set(-4, a=1)', near('digits', '1:6', '1:7', '"4"')],
    ['Set(4)', near('digits', '1:5', '1:6', '"4"')],
    ['Set(4,)', near('comma', '1:6', '1:7', '","')],
    ['Set(4, a=1,)', near('comma', '1:11', '1:12', '","')],
    ['Clear(4, a=1, 2019-01-01T00:00)', near('digits', '1:15', '1:19', '"2019"')],
    ['TopN(f, n=1,)', near('comma', '1:12', '1:13', '","')],
    ['TopN("f")', near('open', '1:5', '1:6', '"("')],
    ['GroupBy(Rows(f), aggregate=Sum(x))', near('IDENT', '1:32', '1:33', '"x"')],
    ['Union(, All())', near('sp', '1:8', '1:9', '" "')],
    ['Union(,,)', near('comma', '1:7', '1:8', '","')],
    ['TopN(f,,)', near('comma', '1:7', '1:8', '","')],
    ['ClearRow(f', near('fieldExpr', '1:10', '1:11', '"f"')],
    ['Range(f', near('fieldExpr', '1:7', '1:8', '"f"')],
    ['Store(All(), f', near('fieldExpr', '1:14', '1:15', '"f"')],
    ['Union(All(), f', near('IDENT', '1:14', '1:15', '"f"')],
    ['Row(f', near('IDENT', '1:5', '1:6', '"f"')],
    ['All()\n\n  +', near('sp', '2:0', '3:3', '"\\n\\n  "')],
    ['Row(ä=1)', near('open', '1:4', '1:5', '"("')],
    ['All() // all', near('sp', '1:6', '1:7', '" "')],
    ['# all', near('Unknown', '1:1', '1:1', '""')],
  ])('is refused where it stops making sense: %j', (text, message) => {
    const error = refusalOf(text)
    expect([error.kind, error.message]).toEqual(['syntax', message])
  })

  it('tells line and column for people, counted from 1', () => {
    expect(refusalOf('All()\nRow(a=1 b)').position).toEqual({ offset: 14, line: 2, column: 9 })
  })

  it('counts symbols as characters, not as halves of them', () => {
    expect(refusalOf('Row(a="👋" b)').message).toBe(near('sp', '1:10', '1:11', '" "'))
  })
})

describe('a text that is PQL', () => {
  it.each([
    ['Foo(a=1)', 'no arg validation for \'Foo\''],
    ['Count(foo())', 'no arg validation for \'foo\''],
    ['Row(a=Foo())', 'no arg validation for \'Foo\''],
    ['Row(a=[Foo()])', 'no arg validation for \'Foo\''],
    ['constructor()', 'no arg validation for \'constructor\''],
    ['Union(All(), a=1)', '\'Union(All(), a=1)\': unknown arg \'a\''],
    ['All(limit=1, page=2)', '\'All(limit=1, page=2)\': unknown arg \'page\''],
    ['All(limit="1")', '\'All(limit="1")\': arg \'limit\' wrong type (got string, expected int64)'],
    ['All(limit=1.0)', '\'All(limit=1)\': arg \'limit\' wrong type (got pql.Decimal, expected int64)'],
    ['All(limit > 1)', '\'All(limit>1)\': arg \'limit\' wrong type (got *pql.Condition, expected int64)'],
    ['Rows(f, like=3)', '\'Rows(_field="f", like=3)\': arg \'like\' wrong type (got int64, expected string)'],
    ['Rows(f, toString=3)', '\'Rows(_field="f", toString=3)\': unknown arg \'toString\''],
    ['IncludesColumn(All(), column=true)', '\'IncludesColumn(All(), column=true)\': arg \'column\' needed a string or integer value, got bool'],
    ['ConstRow(columns=3)', '\'ConstRow(columns=3)\': arg \'columns\' needed a []interface{} or variable value, got int64'],
    ['ConstRow(columns=null)', '\'ConstRow(columns=null)\': arg \'columns\' needed a []interface{} or variable value, got <nil>'],
    ['Set(_col=1.5, a=1)', '\'Set(_col=1.5, a=1)\': arg \'_col\' needed a string or integer value, got pql.Decimal'],
    ['Row(_col=1)', '\'Row(_col=1)\': unknown reserved arg \'_col\''],
    ['Row(b=1, a=[1, "x", null], _c=1)', '\'Row(_c=1, a=[1,"x","null"], b=1)\': unknown reserved arg \'_c\''],
    ['Union(Row(1<=a<2.50), b=$v)', '\'Union(Row(1<=a<2.5), b=$v)\': unknown arg \'b\''],
    ['Union(a="\\"\\n")', '\'Union(a="\\"\\n")\': unknown arg \'a\''],
    ['Row(a=1, b=2, a=3)', 'duplicate argument provided: a'],
    ['Row(a=1, 1 < a < 3)', 'duplicate argument provided: a'],
    ['Row(a=9223372036854775808)', 'integer is not in signed 64-bit range: strconv.ParseInt: parsing "9223372036854775808": value out of range'],
    ['Set(99999999999999999999, a=1)', 'integer is not in signed 64-bit range: strconv.ParseInt: parsing "99999999999999999999": value out of range'],
    ['Row(a=99999999999999999999.5)', 'integer is not in signed 64-bit range: value out of range'],
    ['Set(99999999999999999999.5 < a < 3)', 'integer is not in signed 64-bit range: value out of range'],
    ['Row(a="2021-13-01T00:00:00Z")', 'string is not a valid timestamp: parsing time "2021-13-01T00:00:00Z": month out of range'],
    ['Row(a="2021-02-29T00:00:00Z")', 'string is not a valid timestamp: parsing time "2021-02-29T00:00:00Z": day out of range'],
    ['Row(a="2021-02-28T24:00:00Z")', 'string is not a valid timestamp: parsing time "2021-02-28T24:00:00Z": hour out of range'],
    ['Row("2021-02-28T20:00:00Z" < a < 3)', 'string is not a valid timestamp: parsing time ""2021-02-28T20:00:00Z"" as "2006-01-02T15:04:05Z": cannot parse ""2021-02-28T20:00:00Z"" as "2006"'],
    ['Row(a="one\nline")', 'unexpected parser error of type *errors.errorString: invalid syntax'],
    ['Row(a >< ["x", "y"])', 'the list of a comparison holds numbers and timestamps only'],
  ])('is refused for what it asks: %j', (text, message) => {
    const error = refusalOf(text)
    expect([error.kind, error.message]).toEqual(['argument', message])
  })

  it('is told of a syntax error before anything else, and of a value before an argument', () => {
    expect(refusalOf('Foo(a=1, a=2) Row(').kind).toBe('syntax')
    expect(refusalOf('Foo(a=1, a=2)').message).toBe('duplicate argument provided: a')
    expect(refusalOf('All(x=1) Foo()').message).toBe('\'All(x=1)\': unknown arg \'x\'')
  })

  it('is refused without repeating a megabyte of it', () => {
    const long = 'x'.repeat(1_000_000)
    for (const text of [`Row(a="${long}`, `Union(a="${long}")`, `Row(a=${'9'.repeat(1_000_000)})`, `${long}()`, `All(${long}=1)`, `Row(_${long}=1)`, `Row(${long}=1, ${long}=1)`, `Union(${'Row(a=1), '.repeat(100_000)}a=1)`]) {
      expect(refusalOf(text).message.length).toBeLessThan(2_200)
    }
  })
})
